import Autodiff
import TextDisplay

/// Estimators side by side: how far each is from the true gradient on average, and how much it varies, exactly and sampled.
public struct EstimatorTable: Sendable, CustomStringConvertible {
    /// One estimator.
    public struct Row: Sendable {
        /// What the estimator is called.
        public let name: String
        /// ‖E[ĝ] − ∇J‖, exactly.
        public let bias: Double
        /// The exact variance of the estimate from one trajectory.
        public let exactVariance: Double
        /// The same variance from sampled trajectories.
        public let sampledVariance: Double
    }

    /// One row for each estimator, in the order in which they were given.
    public let rows: [Row]
    /// How many trajectories were sampled.
    public let sampleCount: Int

    /// The rows of the table, with each variance as a share of the first row's.
    public var description: String {
        let first = rows.first?.exactVariance ?? 1
        let cells = rows.map { row in
            [
                row.name, row.bias < 1e-12 ? "0" : formatted(row.bias, digits: 4),
                // More digits than these are more than a sample is worth.
                formatted(row.exactVariance, digits: 4), formatted(row.sampledVariance, digits: 4),
                first == 0 ? "" : "\(percentage(row.exactVariance / first)) %",
            ]
        }
        let numbers = ["bias", "variance", "sampled", "share"].map { TextTable.Column.right($0, minimumWidth: 10) }
        return TextTable([.left("estimator")] + numbers, cells).description
    }

    /// One decimal, or more where there would be nothing left of the number.
    private func percentage(_ share: Double) -> String {
        share < 0.01 && share > 0 ? formatted(100 * share, digits: 2) : formatted((1000 * share).rounded() / 10)
    }
}

/// Measures estimators of ∇J in a world: exactly, by enumeration, and on `samples` trajectories of the policy.
///
/// Every estimator's weights must depend on one trajectory at a time.
///
///     compareEstimators([.totalReturn, .rewardToGo], π, in: world, samples: 4000, seed: 1)
public func compareEstimators<State>(
    _ estimators: [StepWeights<State>], _ π: some Policy<State>, in world: some World<State>, samples: Int, seed: Int
) -> EstimatorTable {
    require(problem(comparing: estimators, π, in: world, samples: samples))
    let truth = π.flattened(∇expectedReturn(π, in: world))
    // Every estimator is measured on the same trajectories.
    let all = TrajectorySample(enumerating: world, under: π, scoresOf: π)
    let some = TrajectorySample(rollouts(π, in: world, count: samples, seed: seed), scoresOf: π)
    return EstimatorTable(
        rows: estimators.map { weights in
            let exact = all.exactMoments(of: weights)
            let sampled = some.sampledMoments(of: weights)
            let bias = zip(exact.mean, truth).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
            return EstimatorTable.Row(
                name: weights.name, bias: bias, exactVariance: exact.variance, sampledVariance: sampled.variance)
        }, sampleCount: samples)
}

/// Why estimators can't be compared, or nil where they can.
package func problem<State>(
    comparing estimators: [StepWeights<State>], _ π: some Policy<State>, in world: some World<State>, samples: Int
) -> InvalidArgument? {
    for weights in estimators {
        if let problem = problem(ofMomentsOf: weights, π, sampledFrom: π, in: world, batch: 1)
            ?? problem(ofSampling: samples, batch: 1, of: weights, π, sampledFrom: π, in: world)
        {
            return problem
        }
        if !weights.isPerTrajectory {
            return InvalidArgument("'\(weights.name)' depends on the batch: use exactMoments(of:_:in:batch:)")
        }
    }
    return π.problem(ofMomentsIn: world)
}

extension EstimatorTable.Row: CustomStringConvertible {
    /// The name with its bias and its variance.
    public var description: String {
        "\(name): bias \(formatted(bias)), variance \(formatted(exactVariance))"
    }
}
