import Autodiff

/// Exercise 12. One update of a controller: a REINFORCE step, then the baseline's.
///
/// The controller is a table: decision d chooses with softmax(θ_d), independently of the others. After m architectures with rewards
/// r₁ … rₘ:  θ ← θ + α (1/m) Σₖ (rₖ − b) ∇log π(τₖ), with log π(τ) = Σ_d log π_d(token d), and then b ← λ b + (1 − λ) r̄. The step uses the
/// baseline from before: these rewards may not be in it.
///
/// - Parameters:
///   - logits: θ, of shape `[decisions, choices]`.
///   - architectures: m lists of tokens, one token for each decision.
///   - rewards: rₖ, one for each architecture.
///   - baseline: b.
///   - learningRate: α.
///   - decay: λ.
/// - Returns: the new logits and the new baseline.
public func controllerUpdate(
    logits: Tensor<Double>, architectures: [[Int]], rewards: [Double], baseline: Double, learningRate: Double,
    decay: Double
) throws -> (logits: Tensor<Double>, baseline: Double) {
    throw NotAttempted()
}
