import Autodiff
import TextDisplay

/// What is subtracted from the weights of the steps: a number bᵢ for each that knows nothing of the action aᵢ.
///
///     StepWeights.rewardToGo - .value(StateValue(fittedTo: earlier, in: world))
public struct Baseline<State: Hashable & Sendable>: Sendable {
    /// What tables call it.
    public let name: String
    /// Whether a trajectory's baseline depends on this trajectory alone.
    public let isPerTrajectory: Bool
    /// bᵢ for each step of each trajectory of a batch.
    let values: @Sendable ([Trajectory<State>]) -> [[Double]]
    /// Which steps it has a number for.
    let domain: StepDomain<State>

    /// A baseline that depends on the state alone.
    public init(_ name: String, _ b: @escaping @Sendable (State) -> Double) {
        self.name = name
        isPerTrajectory = true
        values = { $0.map { $0.states.map(b) } }
        domain = StepDomain()
    }

    /// A baseline for some steps alone.
    init(
        _ name: String, isPerTrajectory: Bool, within domain: StepDomain<State>,
        values: @escaping @Sendable ([Trajectory<State>]) -> [[Double]]
    ) {
        (self.name, self.isPerTrajectory, self.domain, self.values) = (name, isPerTrajectory, domain, values)
    }

    private init(_ name: String, ofBatch b: @escaping @Sendable ([Trajectory<State>]) -> [Double]) {
        self.name = name
        isPerTrajectory = false
        domain = StepDomain()
        values = { batch in zip(batch, b(batch)).map { τ, b in τ.steps.map { _ in b } } }
    }

    /// The same number b for every step. Unbiased.
    public static func constant(_ b: Double) -> Baseline { Baseline("constant \(formatted(b))") { _ in b } }

    /// The moving average of the batches before. Unbiased: it has not seen this batch.
    public static func movingAverage(_ average: MovingAverageBaseline) -> Baseline {
        let b = average.value
        return Baseline("moving average") { _ in b }
    }

    /// The mean return of the batch itself. Biased: a trajectory's own return is in it, so that the expected step is
    /// (N − 1)/N of the right one. See ``leaveOneOut``.
    public static var batchMean: Baseline {
        Baseline(
            "batch mean",
            ofBatch: { batch in
                if batch.isEmpty { return [] }
                let average = mean(batch) { $0.return }
                return batch.map { _ in average }
            })
    }

    /// The mean return of the *other* trajectories of the batch. Unbiased (Kool, van Hoof and Welling 2019).
    ///
    /// (Σₘ r(τₘ) − r(τₙ)) / (N − 1); 0 for a batch of one.
    public static var leaveOneOut: Baseline {
        Baseline(
            "leave-one-out mean",
            ofBatch: { batch in
                let returns = batch.map { $0.return }
                let total = returns.reduce(0, +)
                return returns.map { batch.count > 1 ? (total - $0) / Double(batch.count - 1) : 0 }
            })
    }
}

extension Baseline where State == Int {
    /// A value function V(sᵢ). Unbiased where it was not fitted to this same batch.
    public static func value(_ V: StateValue) -> Baseline {
        Baseline(
            "V(s)", isPerTrajectory: true, within: StepDomain { state, _ in V.problem(of: state) },
            values: { $0.map { $0.states.map { V($0) } } })
    }
}

extension Baseline: CustomStringConvertible {
    /// Its name.
    public var description: String { "Baseline: \(name)" }
}
