import Autodiff
import Notebook
import PolicyGradient
import TextDisplay

/// `StepWeights` of either kind of state: `.rewardToGo` says nothing about states, so that it must do for both.
struct AnyWeights: ForeignBridged, CustomStringConvertible {
    var states: StepWeights<Int>?
    var tokens: StepWeights<[Int]>?
    static var notebookName: String { "StepWeights" }
    var description: String { states.map { "\($0)" } ?? tokens.map { "\($0)" } ?? "" }
    /// What a closure of the notebook threw while it was asked for weights.
    var failure: NotedError?
    /// The worlds that the weights are for: those of a value function or of policies that they hold.
    var stateCount: Int?
    var actionCount: Int?
    /// How many weights and baselines were put together.
    var depth = 1

    init(_ states: StepWeights<Int>?, _ tokens: StepWeights<[Int]>?, failure: NotedError? = nil) {
        (self.states, self.tokens, self.failure) = (states, tokens, failure)
    }

    /// These weights, changed.
    func combined(_ states: StepWeights<Int>?, _ tokens: StepWeights<[Int]>?) throws -> AnyWeights {
        guard depth < 100 else { throw InvalidArgument("weights are put together from at most 100 parts") }
        var result = self
        result.depth += 1
        (result.states, result.tokens) = (states, tokens)
        return result
    }

    /// Weights from a closure of the notebook, which gives one number for each step.
    init(_ name: String, _ f: Callback) {
        let failure = NotedError()
        @Sendable func weights<State>(_ τ: Trajectory<State>) -> [Double] {
            failure.value(or: τ.steps.map { _ in 0 }) {
                let weights = try f(τ.bridged, returning: [Double].self)
                guard weights.count == τ.count else {
                    throw InvalidArgument(
                        "'\(name)' has to give a weight for each of the \(τ.count) steps; it gave \(weights.count)")
                }
                return weights
            }
        }
        self.init(StepWeights(name) { weights($0) }, StepWeights(name) { weights($0) }, failure: failure)
    }
}

/// A `Baseline` of either kind of state.
struct AnyBaseline: ForeignBridged, CustomStringConvertible {
    let states: Baseline<Int>?
    let tokens: Baseline<[Int]>?
    static var notebookName: String { "Baseline" }
    var description: String { "Baseline: \(states?.name ?? tokens?.name ?? "")" }
    var failure: NotedError?
    /// The states that a value function knows.
    var stateCount: Int?

    init(states: Baseline<Int>?, tokens: Baseline<[Int]>?) { (self.states, self.tokens) = (states, tokens) }

    /// A baseline from a closure of the notebook, a number for each state.
    init(_ name: String, _ f: Callback) {
        let failure = NotedError()
        @Sendable func value(_ state: some Bridged) -> Double {
            failure.value(or: 0) { try f(state.bridged, returning: Double.self) }
        }
        self.init(states: Baseline(name) { value($0) }, tokens: Baseline(name) { value($0) })
        self.failure = failure
    }
}
