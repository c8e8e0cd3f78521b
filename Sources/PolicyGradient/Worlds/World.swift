import Autodiff
import Foundation
import TextDisplay

/// A Markov decision process with finitely many outcomes: p(s₀), p(s′|s, a), and the reward of each transition.
///
/// Actions are numbered from 0. An episode starts in one of the ``initialStates`` and ends after ``horizon`` actions or
/// in a terminal state, whichever comes first.
public protocol World<State>: Sendable {
    /// What the policy sees before it acts.
    associatedtype State: Hashable & Sendable
    /// The largest number of actions in an episode.
    var horizon: Int { get }
    /// The states that an episode may start in, with their probabilities p(s₀).
    var initialStates: [(state: State, probability: Double)] { get }
    /// The number of actions that can be chosen in a state.
    ///
    /// - Precondition: `self.problem(in: state)` is nil.
    func actionCount(in state: State) -> Int
    /// What may follow an action, with p(s′|s, a) and the reward; the probabilities add up to 1.
    ///
    /// - Precondition: `self.problem(of: action, in: state)` is nil.
    func outcomes(of action: Int, in state: State) -> [Outcome<State>]
    /// Whether the episode is over in this state.
    ///
    /// - Precondition: `self.problem(in: state)` is nil.
    func isTerminal(_ state: State) -> Bool
    /// Why there is no such state in this world, or nil where there is.
    func problem(in state: State) -> InvalidArgument?
    /// Why an action can't be taken in a state, or nil where it can.
    func problem(of action: Int, in state: State) -> InvalidArgument?
}

extension World {
    /// Nothing is wrong with any state: worlds that number their states or build them up say more.
    public func problem(in state: State) -> InvalidArgument? { nil }

    /// The action is one of those that the state offers.
    public func problem(of action: Int, in state: State) -> InvalidArgument? {
        if let problem = problem(in: state) { return problem }
        let count = actionCount(in: state)
        return 0..<max(count, 0) ~= action
            ? nil : InvalidArgument("there is no action \(action) in state \(state): \(actionsInWords(count))")
    }
}

/// `the actions are 0 to 3`
func actionsInWords(_ count: Int) -> String {
    count < 1 ? "it offers none" : count == 1 ? "there is only the action 0" : "the actions are 0 to \(count - 1)"
}

/// One thing that may follow an action: the next state, how likely it is, and the reward that comes with it.
public struct Outcome<State: Hashable & Sendable>: Sendable, Equatable {
    /// The next state s′.
    public let state: State
    /// p(s′|s, a)
    public let probability: Double
    /// The reward r(s, a, s′).
    public let reward: Double

    /// An outcome of an action.
    public init(state: State, probability: Double, reward: Double) {
        self.state = state
        self.probability = probability
        self.reward = reward
    }
}

extension Outcome: CustomStringConvertible {
    /// The state, its probability and the reward: `→ 1 with p = 0.8, r = -0.04`.
    public var description: String { "→ \(state) with p = \(formatted(probability)), r = \(formatted(reward))" }
}

/// A world whose states are numbered from 0 and which offers the same actions in each, so that a table can hold a policy.
public protocol FiniteWorld: World where State == Int {
    /// The number of states.
    var stateCount: Int { get }
    /// The names of the actions, in order.
    var actionNames: [String] { get }
    /// A state in numbers, φ(s), for policies and value functions that generalize from one state to another.
    ///
    /// - Precondition: `self.problem(in: state)` is nil.
    func features(of state: Int) -> [Double]
}

extension FiniteWorld {
    /// The number of actions, the same in every state.
    public var actionCount: Int { actionNames.count }
    /// The number of actions, the same in every state.
    public func actionCount(in state: Int) -> Int { actionCount }
    /// The state is one of those that are numbered.
    public func problem(in state: Int) -> InvalidArgument? {
        0..<stateCount ~= state
            ? nil : InvalidArgument("there is no state \(state): the states are 0 to \(stateCount - 1)")
    }
    /// One number for each state, 1 for this one and 0 for the others: nothing generalizes.
    public func features(of state: Int) -> [Double] { (0..<stateCount).map { $0 == state ? 1 : 0 } }
    /// φ(s) of every state, a row for each: shape `[states, features]`.
    public var featureMatrix: Tensor<Double> { Tensor((0..<stateCount).map(features(of:))) }
    /// Why a table of φ(s) does not fit, or nil where it does.
    package var problemOfFeatures: InvalidArgument? {
        Double(stateCount) * Double(features(of: 0).count) <= 1e7
            ? nil : InvalidArgument("the features of \(stateCount) states do not fit")
    }
}

extension World {
    /// Why a trajectory can't be one of this world's states, or nil where it can.
    package func problem(inStatesOf τ: Trajectory<State>) -> InvalidArgument? {
        for step in τ.steps { if let problem = problem(in: step.state) { return problem } }
        return problem(in: τ.finalState)
    }

    /// log p(τ) = log p(s₀) + Σᵢ log p(sᵢ₊₁|sᵢ, aᵢ): the environment's share of a trajectory's log-probability.
    ///
    /// It is a constant: it depends on no parameter, and its ∇ is empty. That is why the environment drops out of the
    /// policy gradient. A trajectory that the world can't produce has −∞.
    public func logProbability(of τ: Trajectory<State>) -> Tensor<Double> {
        require(self.problem(inStatesOf: τ))
        // Sums of logarithms: a product of thousands of probabilities would underflow to zero.
        let start = τ.steps.first?.state ?? τ.finalState
        var logProbability = log(initialStates.filter { $0.state == start }.reduce(0) { $0 + $1.probability })
        if τ.count > horizon { return Tensor(-.infinity) }
        for (i, step) in τ.steps.enumerated() {
            let next = i + 1 < τ.steps.count ? τ.steps[i + 1].state : τ.finalState
            guard !isTerminal(step.state), 0..<actionCount(in: step.state) ~= step.action else {
                return Tensor(-.infinity)
            }
            logProbability += log(
                outcomes(of: step.action, in: step.state).filter { $0.state == next && $0.reward == step.reward }
                    .reduce(0) { $0 + $1.probability })
        }
        return Tensor(logProbability)
    }
}
