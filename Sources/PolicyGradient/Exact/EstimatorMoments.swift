import Autodiff
import TextDisplay

/// The mean and the covariance of an estimate of the policy gradient, exact or sampled.
///
/// Components are numbered over all of the policy's parameters in their order, as `(∇f).elements` of a policy with one
/// parameter block is.
public struct EstimatorMoments: Sendable, CustomStringConvertible {
    /// What the estimator is called.
    public let name: String
    /// E[ĝ], a number for each parameter of the policy.
    public let mean: [Double]
    /// E[(ĝ − E ĝ)(ĝ − E ĝ)ᵀ], of shape `[parameters, parameters]`.
    public let covariance: Tensor<Double>
    /// The number of estimates that were sampled; nil where the moments are exact.
    public let sampleCount: Int?

    /// The total variance E‖ĝ − E ĝ‖²: the trace of the covariance.
    public var variance: Double { variances.reduce(0, +) }
    /// The variance of each component: the diagonal of the covariance.
    public var variances: [Double] { mean.indices.map { covariance.elements[$0 * mean.count + $0] } }
    /// The standard error of each component of a sampled mean, √(variance/count); 0 for exact moments.
    public var standardErrors: [Double] {
        variances.map { variance in sampleCount.map { (variance / Double($0)).squareRoot() } ?? 0 }
    }

    /// How far the mean is from the truth, in standard errors, at its worst component.
    ///
    /// Some 3 are to be expected of a few dozen components, and 5 never of an unbiased estimator. A component that never
    /// varied, but is not the truth, is infinitely far away.
    public func worstDeviation(from truth: [Double]) -> Double {
        require(
            truth.count == self.mean.count, "\(truth.count) components for \(self.mean.count) parameters")
        return zip(zip(mean, truth), standardErrors).map { pair, error in
            let distance = abs(pair.0 - pair.1)
            return distance <= 1e-12 ? 0 : error == 0 ? .infinity : distance / error
        }.max() ?? 0
    }

    /// The name, the variance and the mean.
    public var description: String {
        "\(name): variance \(formatted(variance))"
            + (sampleCount.map { ", from \($0) samples" } ?? ", exactly") + "\nmean = \(Tensor(mean))"
    }
}

/// The exact mean and covariance of an estimator, summed over every trajectory (or every batch of `n`) of the world.
///
/// E[ĝ] = Σ P(τ) ĝ(τ). The estimate from a batch of n independent trajectories has the same mean and 1/n of the covariance where
/// the weights depend on one trajectory at a time; where they depend on the batch, every batch of n is enumerated: the number of
/// trajectories to the power of n must be at most ``enumerationLimit``.
///
///     exactMoments(of: .rewardToGo, π, in: world).variance
public func exactMoments<State>(
    of weights: StepWeights<State>, _ π: some Policy<State>, in world: some World<State>, batch n: Int = 1
) -> EstimatorMoments {
    require(problem(ofMomentsOf: weights, π, sampledFrom: π, in: world, batch: n))
    return exactMoments(of: weights, π, sampledFrom: π, in: world, batch: n)
}

/// The exact mean and covariance of an estimator for π on trajectories that another policy samples.
public func exactMoments<State>(
    of weights: StepWeights<State>, _ π: some Policy<State>, sampledFrom behavior: some Policy<State>,
    in world: some World<State>, batch n: Int = 1
) -> EstimatorMoments {
    require(problem(ofMomentsOf: weights, π, sampledFrom: behavior, in: world, batch: n))
    return TrajectorySample(enumerating: world, under: behavior, scoresOf: π).exactMoments(of: weights, batch: n)
}

/// The mean and covariance of an estimator over independent batches of `n` sampled trajectories.
///
///     sampledMoments(of: .rewardToGo, π, in: world, count: 4000, seed: 1)
public func sampledMoments<State>(
    of weights: StepWeights<State>, _ π: some Policy<State>, in world: some World<State>, count: Int, batch n: Int = 1,
    seed: Int
) -> EstimatorMoments {
    require(problem(ofSampling: count, batch: n, of: weights, π, sampledFrom: π, in: world))
    return sampledMoments(of: weights, π, sampledFrom: π, in: world, count: count, batch: n, seed: seed)
}

/// The mean and covariance of an estimator for π over batches that another policy samples.
public func sampledMoments<State>(
    of weights: StepWeights<State>, _ π: some Policy<State>, sampledFrom behavior: some Policy<State>,
    in world: some World<State>, count: Int, batch n: Int = 1, seed: Int
) -> EstimatorMoments {
    require(problem(ofSampling: count, batch: n, of: weights, π, sampledFrom: behavior, in: world))
    let all = rollouts(behavior, in: world, count: count * n, seed: seed)
    return TrajectorySample(all, scoresOf: π).sampledMoments(of: weights, batch: n)
}

/// Why the exact moments of an estimator can't be had, or nil where they can.
package func problem<State>(
    ofMomentsOf weights: StepWeights<State>, _ π: some Policy<State>, sampledFrom behavior: some Policy<State>,
    in world: some World<State>, batch n: Int
) -> InvalidArgument? {
    if n < 1 { return InvalidArgument("a batch has at least one trajectory; not \(n)") }
    if let problem = π.problem(ofMomentsIn: world) ?? behavior.problem(samplingIn: world) { return problem }
    if let problem = weights.problem(in: world) { return problem }
    if weights.isPerTrajectory { return nil }
    // A count to the power of n; 2²⁰ is over the limit, and 1 to any power goes n calls deep.
    let batches = Double.pow(trajectoryCount(in: world), Double(min(n, 20)))
    if n <= 20 && batches <= Double(enumerationLimit) { return nil }
    return InvalidArgument(
        "'\(weights.name)' depends on the batch, and there are more than \(enumerationLimit) batches of \(n)")
}

/// Why the moments of an estimator can't be sampled, or nil where they can.
package func problem<State>(
    ofSampling count: Int, batch n: Int, of weights: StepWeights<State>, _ π: some Policy<State>,
    sampledFrom behavior: some Policy<State>, in world: some World<State>
) -> InvalidArgument? {
    let range = 1...1_000_000
    guard count > 1, range ~= count, range ~= n, range ~= count * n, problem(sampling: count * n, in: world) == nil
    else {
        return InvalidArgument(
            "2 to 1000000 trajectories in all are sampled, in batches of at least 1; not \(count) × \(n)")
    }
    return π.problem(for: world) ?? π.problemOfCovariance ?? behavior.problem(samplingIn: world)
        ?? weights.problem(in: world)
}

extension TrajectorySample {
    /// The moments of an estimator where these are all trajectories that there are.
    func exactMoments(of weights: StepWeights<State>, batch n: Int = 1) -> EstimatorMoments {
        var moments = WeightedMoments(count: parameterCount)
        if weights.isPerTrajectory {
            for ((τ, probability), w) in zip(zip(trajectories, probabilities), weights(trajectories)) {
                moments.add(estimate(τ, weights: w), probability: probability)
            }
            return moments.result(weights.name, divisor: Double(n))
        }
        var batch: [Trajectory<State>] = []
        func visit(_ probability: Double) {
            if batch.count == n {
                moments.add(estimate(batch, weights: weights), probability: probability)
                return
            }
            for (τ, p) in zip(trajectories, probabilities) {
                batch.append(τ)
                visit(probability * p)
                batch.removeLast()
            }
        }
        visit(1)
        return moments.result(weights.name)
    }

    /// The moments of an estimator over these trajectories, taken as batches of `n`.
    func sampledMoments(of weights: StepWeights<State>, batch n: Int = 1) -> EstimatorMoments {
        let count = trajectories.count / n
        var moments = WeightedMoments(count: parameterCount)
        for start in stride(from: 0, to: trajectories.count, by: n) {
            let batch = Array(trajectories[start..<start + n])
            moments.add(estimate(batch, weights: weights), probability: 1 / Double(count))
        }
        return moments.result(weights.name, sampleCount: count)
    }
}

/// Σ p ĝ and Σ p ĝĝᵀ, from which the moments follow.
private struct WeightedMoments {
    var first: [Double]
    var second: [Double]

    init(count: Int) {
        first = [Double](repeating: 0, count: count)
        second = [Double](repeating: 0, count: count * count)
    }

    mutating func add(_ g: [Double], probability p: Double) {
        let count = g.count
        for i in 0..<count where g[i] != 0 {
            let scaled = p * g[i]
            first[i] += scaled
            for j in 0..<count { second[i * count + j] += scaled * g[j] }
        }
    }

    func result(_ name: String, divisor: Double = 1, sampleCount: Int? = nil) -> EstimatorMoments {
        let count = first.count
        // A sample's own mean takes one degree of freedom.
        let correction = sampleCount.map { Double($0) / Double($0 - 1) } ?? 1
        let covariance = (0..<count * count).map { place in
            (second[place] - first[place / count] * first[place % count]) * correction / divisor
        }
        return EstimatorMoments(
            name: name, mean: first, covariance: Tensor(covariance, shape: [count, count]), sampleCount: sampleCount)
    }
}
