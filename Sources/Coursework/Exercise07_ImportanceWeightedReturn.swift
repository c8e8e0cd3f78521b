import Autodiff
import PolicyGradient

/// Exercise 7. The expected return of a policy, estimated from the trajectories of another one.
///
/// Ĵ = (1/N) Σₙ (π(τₙ)/π′(τₙ)) r(τₙ), where π′ sampled the trajectories. The world's probabilities cancel in the ratio.
///
/// - Parameters:
///   - logits: θ of the policy π that is asked about, of shape `[states, actions]`.
///   - oldLogits: θ′ of the policy π′ that sampled, of the same shape.
///   - batch: N trajectories of π′, N ≥ 1.
public func importanceWeightedReturn(
    logits: Tensor<Double>, oldLogits: Tensor<Double>, batch: [Trajectory<Int>]
) throws -> Double {
    throw NotAttempted()
}
