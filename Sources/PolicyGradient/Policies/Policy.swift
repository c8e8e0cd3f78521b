import Autodiff
import TextDisplay

/// A stochastic policy π(a|s) with parameters θ: what gives log-probabilities as differentiable values.
public protocol Policy<State>: Parameterized, Sendable where Element == Double {
    /// What the policy sees.
    associatedtype State: Hashable & Sendable
    /// log π(·|s): a vector with one log-probability for each action that can be chosen in the state.
    ///
    /// - Precondition: `self.problem(in: state)` is nil.
    func logProbabilities(in state: State) -> Tensor<Double>
    /// log π(aᵢ|sᵢ) for each pair: a vector as long as the two lists.
    ///
    /// - Precondition: `self.problem(of: actions, in: states)` is nil.
    func logProbabilities(of actions: [Int], in states: [State]) -> Tensor<Double>
    /// Why the policy can't choose in a state, or nil where it can.
    func problem(in state: State) -> InvalidArgument?
    /// Why an action is none of the policy's in a state, or nil where it is one.
    func problem(of action: Int, in state: State) -> InvalidArgument?
    /// Why the policy can't act in a world, or nil where it can.
    func problem(for world: some World<State>) -> InvalidArgument?
    /// Why the log-probabilities of so many steps are too many for one graph, or nil where they are not.
    func problem(ofSteps count: Double) -> InvalidArgument?
}

extension Policy {
    /// log π(aᵢ|sᵢ), one pair after the other.
    public func logProbabilities(of actions: [Int], in states: [State]) -> Tensor<Double> {
        Tensor.concatenating(zip(states, actions).map { logProbabilities(in: $0).rows([$1]) })
    }

    /// The logarithm of the probability that the policy takes a trajectory's actions in its states.
    ///
    /// log π(τ) = Σᵢ log π(aᵢ|sᵢ), a differentiable scalar; its gradient ∇log π(τ) = Σᵢ ∇log π(aᵢ|sᵢ) is the score.
    /// The environment's probabilities are no part of it: see `World.logProbability(of:)`.
    ///
    ///     let world = GridWorld(rows: 2, columns: 3, horizon: 4)
    ///     let π = SoftmaxPolicy(for: world, seed: 1)
    ///     let τ = rollout(π, in: world, seed: 7)
    ///     ∇π.logProbability(of: τ)
    public func logProbability(of τ: Trajectory<State>) -> Tensor<Double> {
        require(self.problem(with: [τ]))
        return τ.steps.isEmpty ? Tensor(0) : logProbabilities(of: τ.actions, in: τ.states).sum()
    }

    /// π(·|s): the probability of each action in a state, as plain numbers.
    public func probabilities(in state: State) -> [Double] {
        require(self.problem(in: state))
        return exp(logProbabilities(in: state).detached).elements
    }
}

extension Policy {
    /// The score ∇log π(a|s) as plain numbers, over all of the policy's parameters in their order.
    public func score(of action: Int, in state: State) -> [Double] {
        require(self.problem(of: action, in: state))
        return flattened(∇logProbabilities(of: [action], in: [state]).sum())
    }

    /// The entropy of the policy in a state, H(π(·|s)) = −Σₐ π(a|s) log π(a|s), in nats; a differentiable scalar.
    ///
    /// log of the number of actions for a uniform policy, 0 for a certain one.
    public func entropy(in state: State) -> Tensor<Double> {
        require(self.problem(in: state))
        let logProbabilities = logProbabilities(in: state)
        // A probability of zero contributes nothing: 0 log 0 is taken as 0.
        let finite = logProbabilities.elements.indices.filter { !(logProbabilities.elements[$0] <= -700) }
        let kept = logProbabilities.rows(finite)
        return -(exp(kept) * kept).sum()
    }

    /// A gradient over all of the policy's parameters, zero for those that it does not name.
    func flattened(_ gradient: Gradient<Double>) -> [Double] {
        parameters.flatMap { gradient[$0]?.elements ?? [Double](repeating: 0, count: $0.tensor.count) }
    }
}
