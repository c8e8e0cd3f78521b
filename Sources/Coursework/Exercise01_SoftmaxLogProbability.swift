import Autodiff

/// Exercise 1. The log-probability of an action under a softmax, and its gradient with respect to the logits.
///
/// log π(a) = θₐ − log Σᵦ exp θᵦ, and its gradient has the component ∂ log π(a)/∂θᵦ = [a = b] − π(b).
///
/// - Parameters:
///   - action: a, from 0.
///   - logits: θ, of shape `[actions]`; `logits.elements` are the numbers.
/// - Returns: log π(a), and the gradient, of shape `[actions]`: `Tensor([…])` makes it.
public func softmaxLogProbability(
    of action: Int, logits: Tensor<Double>
) throws -> (value: Double, gradient: Tensor<Double>) {
    throw NotAttempted()
}
