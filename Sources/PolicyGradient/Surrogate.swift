import Autodiff

/// The scalar whose gradient is the REINFORCE estimate of ∇J(θ) (Williams 1992).
///
/// (1/N) Σₙ log π(τₙ) (r(τₙ) − b), averaged over trajectories; the returns are numbers through which nothing flows. Its
/// gradient is unbiased for every constant b. Its *value* measures nothing: it is not a loss, and not the performance.
///
/// With every weight 1 instead of r(τₙ) − b it is the log-likelihood of imitation learning; nothing else changes.
public func surrogate<State>(
    _ π: some Policy<State>, _ batch: [Trajectory<State>], baseline b: Double = 0
) -> Tensor<Double> {
    weightedMean(batch, weights: batch.map { $0.return - b }) { π.logProbability(of: $0) }
}
