import Autodiff

/// Exercise 6. The constant baseline that makes the variance of REINFORCE smallest.
///
/// b* = Σₙ ‖zₙ‖² rₙ / Σₙ ‖zₙ‖², where zₙ = ∇log π(τₙ): it minimizes Σₙ ‖zₙ (rₙ − b)‖² (Greensmith, Bartlett and Baxter 2004).
///
/// - Parameters:
///   - scores: z, of shape `[trajectories, parameters]`, a score in each row, not all of them zero.
///   - returns: rₙ, one for each trajectory.
public func varianceMinimizingBaseline(scores: Tensor<Double>, returns: [Double]) throws -> Double {
    throw NotAttempted()
}
