import Autodiff
import PolicyGradient

/// Exercise 3. Imitation learning: the gradient of the mean log-likelihood of demonstrations.
///
/// ∇ℓ(θ) = (1/N) Σₙ Σᵢ ∇log π(aₙᵢ|sₙᵢ): the mean is over trajectories, the sum over each one's steps.
///
/// - Parameters:
///   - logits: θ, of shape `[states, actions]`.
///   - demonstrations: N trajectories, N ≥ 1, of different lengths.
/// - Returns: the gradient, of the logits' shape: `Tensor(numbers, shape: logits.shape)` makes it.
public func likelihoodGradient(
    logits: Tensor<Double>, demonstrations: [Trajectory<Int>]
) throws -> Tensor<Double> {
    throw NotAttempted()
}
