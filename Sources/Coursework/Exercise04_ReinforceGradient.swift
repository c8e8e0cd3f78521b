import Autodiff
import PolicyGradient

/// Exercise 4. REINFORCE: the Monte Carlo estimate of the policy gradient (Williams 1992).
///
/// ĝ = (1/N) Σₙ r(τₙ) Σᵢ ∇log π(aₙᵢ|sₙᵢ), with r(τ) the sum of all rewards of the trajectory: exercise 3, weighted.
///
/// - Parameters:
///   - logits: θ, of shape `[states, actions]`.
///   - batch: N trajectories of the policy itself, N ≥ 1.
/// - Returns: the estimate of ∇J(θ), of the logits' shape.
public func reinforceGradient(logits: Tensor<Double>, batch: [Trajectory<Int>]) throws -> Tensor<Double> {
    throw NotAttempted()
}
