import Autodiff

/// A policy for a ``FiniteWorld``: states and actions are numbered from 0, and every state offers the same actions.
public protocol FinitePolicy: Policy where State == Int {
    /// The number of states of the worlds that this policy is for.
    var stateCount: Int { get }
    /// The number of actions of the worlds that this policy is for.
    var actionCount: Int { get }
    /// The logits of the given states, a row for each: shape `[states.count, actions]`.
    func logits(in states: [Int]) -> Tensor<Double>
}

extension FinitePolicy {
    public func logProbabilities(in state: Int) -> Tensor<Double> {
        logSoftmax(logits(in: [state])).reshaped([actionCount])
    }

    public func logProbabilities(of actions: [Int], in states: [Int]) -> Tensor<Double> {
        // Each state's logits once, however often it was visited.
        let visited = Array(Set(states)).sorted()
        let row = Dictionary(uniqueKeysWithValues: visited.enumerated().map { ($1, $0) })
        let table = logSoftmax(logits(in: visited))
        return table.reshaped([table.count]).rows(zip(states, actions).map { row[$0]! * actionCount + $1 })
    }
}
