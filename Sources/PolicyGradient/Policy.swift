import Autodiff

/// A stochastic policy π(a|s) with parameters θ: what gives log-probabilities as differentiable values.
public protocol Policy<State>: Parameterized, Sendable where Element == Double {
    /// What the policy sees.
    associatedtype State: Hashable & Sendable
    /// log π(·|s): a vector with one log-probability for each action that can be chosen in the state.
    func logProbabilities(in state: State) -> Tensor<Double>
    /// log π(aᵢ|sᵢ) for each pair: a vector as long as the two lists.
    func logProbabilities(of actions: [Int], in states: [State]) -> Tensor<Double>
}

extension Policy {
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
        τ.steps.isEmpty ? Tensor(0) : logProbabilities(of: τ.actions, in: τ.states).sum()
    }

    /// π(·|s): the probability of each action in a state, as plain numbers.
    public func probabilities(in state: State) -> [Double] {
        exp(logProbabilities(in: state).detached).elements
    }
}
