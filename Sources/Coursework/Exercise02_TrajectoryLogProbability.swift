import Autodiff
import PolicyGradient

/// Exercise 2. The log-probability that a policy takes a trajectory's actions in its states.
///
/// log π(τ) = Σᵢ log π(aᵢ|sᵢ) with π(·|s) = softmax(θₛ). The world's probabilities p(s′|s, a) are no part of it.
///
/// - Parameters:
///   - τ: the trajectory: `τ.steps` has a `state` and an `action` for each time step. It may be empty.
///   - logits: θ, of shape `[states, actions]`, stored row by row: θₛₐ is `logits.elements[s * actions + a]`.
public func trajectoryLogProbability(of τ: Trajectory<Int>, logits: Tensor<Double>) throws -> Double {
    throw NotAttempted()
}
