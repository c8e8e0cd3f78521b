import Autodiff
import TextDisplay

/// A policy for a ``FiniteWorld``: states and actions are numbered from 0, and every state offers the same actions.
public protocol FinitePolicy: Policy where State == Int {
    /// The number of states of the worlds that this policy is for.
    var stateCount: Int { get }
    /// The number of actions of the worlds that this policy is for.
    var actionCount: Int { get }
    /// The logits of the given states, a row for each: shape `[states.count, actions]`.
    ///
    /// - Precondition: `self.problem(inStates: states)` is nil.
    func logits(in states: [Int]) -> Tensor<Double>
}

extension FinitePolicy {
    /// log softmax of the state's logits.
    public func logProbabilities(in state: Int) -> Tensor<Double> {
        logSoftmax(logits(in: [state])).reshaped([actionCount])
    }

    /// log softmax of the states' logits, at the actions.
    public func logProbabilities(of actions: [Int], in states: [Int]) -> Tensor<Double> {
        // Each state's logits once, however often it was visited.
        let visited = Array(Set(states)).sorted()
        let row = Dictionary(uniqueKeysWithValues: visited.enumerated().map { ($1, $0) })
        let table = logSoftmax(logits(in: visited))
        return table.reshaped([table.count]).rows(zip(states, actions).map { row[$0]! * actionCount + $1 })
    }

    /// The state is one of those that are numbered.
    public func problem(in state: Int) -> InvalidArgument? {
        0..<stateCount ~= state
            ? nil : InvalidArgument("there is no state \(state): the states are 0 to \(stateCount - 1)")
    }

    /// The action is one of those that are numbered.
    public func problem(of action: Int, in state: Int) -> InvalidArgument? {
        if let problem = problem(in: state) { return problem }
        return 0..<actionCount ~= action
            ? nil : InvalidArgument("there is no action \(action): \(actionsInWords(actionCount))")
    }

    /// Why some numbers are not all states, or nil where they are.
    package func problem(inStates states: [Int]) -> InvalidArgument? {
        for state in states { if let problem = problem(in: state) { return problem } }
        return problem(ofSteps: Double(states.count))
    }

    /// The world has as many states and actions as the policy.
    public func problem(for world: some World<Int>) -> InvalidArgument? {
        guard let world = world as? any FiniteWorld else {
            return InvalidArgument("the policy is for worlds whose states are numbered")
        }
        if stateCount == world.stateCount && actionCount == world.actionCount { return nil }
        return InvalidArgument(
            "the policy is for \(stateCount) states and \(actionCount) actions, the world has \(world.stateCount) "
                + "and \(world.actionCount)")
    }

    /// Every step has a row of logits.
    public func problem(ofSteps count: Double) -> InvalidArgument? {
        count * Double(actionCount) <= 5e7
            ? nil : InvalidArgument("the log-probabilities of \(formatted(count)) steps do not fit into one graph")
    }
}
