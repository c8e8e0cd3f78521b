import Autodiff
import TextDisplay

/// What an estimator of the policy gradient multiplies each score with: a weight wᵢ for every step of every trajectory.
///
/// All estimators here are ĝ = (1/N) Σₙ Σᵢ wₙᵢ ∇log π(aₙᵢ|sₙᵢ), the gradient of ``surrogate(_:_:weights:)``; they differ in the
/// weights alone. Weights are numbers: no gradient flows through them. They are averaged over trajectories, not over
/// steps, so that a long trajectory counts no less than a short one.
///
///     surrogate(π, batch, weights: .rewardToGo)
///     surrogate(π, batch, weights: .totalReturn - .leaveOneOut)
public struct StepWeights<State: Hashable & Sendable>: Sendable {
    /// What tables and plots call these weights.
    public let name: String
    /// Whether a trajectory's weights depend on this trajectory alone; otherwise on the batch that it stands in.
    public let isPerTrajectory: Bool
    private let compute: @Sendable ([Trajectory<State>]) -> [[Double]]
    /// The steps that there are weights for.
    package private(set) var domain = StepDomain<State>()

    /// Weights that depend on the trajectory alone: one number for each of its steps.
    public init(_ name: String, _ weights: @escaping @Sendable (Trajectory<State>) -> [Double]) {
        self.name = name
        isPerTrajectory = true
        compute = { $0.map(weights) }
    }

    /// Weights that depend on the whole batch: a list for each of its trajectories.
    public init(_ name: String, ofBatch weights: @escaping @Sendable ([Trajectory<State>]) -> [[Double]]) {
        self.name = name
        isPerTrajectory = false
        compute = weights
    }

    /// The weights of a batch: for each trajectory, a number for each step.
    public func callAsFunction(_ batch: [Trajectory<State>]) -> [[Double]] {
        require(self.problem(with: batch))
        let weights = compute(batch)
        require(Self.problem(name, giving: weights, for: batch))
        return weights
    }

    /// Why some weights are not one for each step of a batch, or nil where they are.
    package static func problem(
        _ name: String, giving weights: [[Double]], for batch: [Trajectory<State>]
    ) -> InvalidArgument? {
        if weights.map(\.count) == batch.map(\.count) { return nil }
        return InvalidArgument(
            "'\(name)' has to give a weight for each step: \(batch.map(\.count)) for these trajectories; it gave "
                + "\(weights.map(\.count))")
    }

    func combined(
        _ name: String, isPerTrajectory isOther: Bool, with f: @escaping @Sendable ([Trajectory<State>]) -> [[Double]],
        within other: StepDomain<State>, _ operation: @escaping @Sendable (Double, Double) -> Double
    ) -> StepWeights {
        let weights = self
        @Sendable func result(_ batch: [Trajectory<State>]) -> [[Double]] {
            zip(weights(batch), f(batch)).map { zip($0, $1).map(operation) }
        }
        let all =
            isPerTrajectory && isOther
            ? StepWeights(name) { result([$0])[0] } : StepWeights(name, ofBatch: result)
        return all.within(domain.intersection(other))
    }

    /// The same weights, only for some steps.
    func within(_ domain: StepDomain<State>) -> StepWeights {
        var weights = self
        weights.domain = domain
        return weights
    }

    /// Why there are no weights for some step of a batch, or nil where there are for all.
    package func problem(with batch: [Trajectory<State>]) -> InvalidArgument? {
        domain.problem(with: batch).map(told)
    }

    /// Why there are no weights for some step that a world can make, or nil where there are for all.
    package func problem(in world: some World<State>) -> InvalidArgument? { domain.problem(in: world).map(told) }

    private func told(_ problem: InvalidArgument) -> InvalidArgument {
        InvalidArgument("the weights '\(name)' are for another world: \(problem)")
    }
}

extension StepWeights {
    /// wᵢ = 1: imitation learning. The surrogate is then the mean log-likelihood of the trajectories, and on the policy's own
    /// trajectories its gradient is zero on average: E[∇log π(τ)] = 0.
    public static var one: StepWeights { StepWeights("imitation, w = 1") { τ in τ.steps.map { _ in 1 } } }

    /// wᵢ = r(τ): every step is credited with all that the trajectory earned. Unbiased for ∇J (Williams 1992).
    public static var totalReturn: StepWeights {
        StepWeights("total return r(τ)") { τ in
            let r = τ.return
            return τ.steps.map { _ in r }
        }
    }

    /// wᵢ = Σⱼ≥ᵢ rⱼ: a step is credited with what came after it, because it can't have caused what came before.
    ///
    /// Unbiased for ∇J: E[∇log π(aᵢ|sᵢ) rⱼ] = 0 for j < i (Sutton et al. 2000).
    public static var rewardToGo: StepWeights { StepWeights("reward-to-go") { $0.rewardsToGo } }

    /// wᵢ = Σⱼ≥ᵢ γʲ⁻ⁱ rⱼ: what comes soon after a step counts more.
    ///
    /// The usual form, and biased for γ < 1: neither for E[r(τ)] nor for the discounted return is its expectation a gradient
    /// (Nota and Thomas 2020). It trades that bias for less variance. See ``discounted(_:)``.
    public static func rewardToGo(discount γ: Double) -> StepWeights {
        require(PolicyGradient.problem(withDiscount: γ))
        return StepWeights("reward-to-go, γ = \(formatted(γ))") { $0.rewardsToGo(discount: γ) }
    }

    /// wᵢ = γⁱ Σⱼ≥ᵢ γʲ⁻ⁱ rⱼ: unbiased for the gradient of the expected discounted return, E[Σᵢ γⁱ rᵢ].
    public static func discounted(_ γ: Double) -> StepWeights {
        require(PolicyGradient.problem(withDiscount: γ))
        return StepWeights("discounted return's, γ = \(formatted(γ))") { τ in
            var factor = 1.0
            return τ.rewardsToGo(discount: γ).map { rewardToGo in
                defer { factor *= γ }
                return factor * rewardToGo
            }
        }
    }

    /// The weights less a baseline: wᵢ − bᵢ.
    ///
    /// E[∇log π(aᵢ|sᵢ) bᵢ] = 0 wherever bᵢ does not depend on aᵢ or on what follows it, so that the expectation stays what it was
    /// and only the variance changes (Williams 1992; Greensmith, Bartlett and Baxter 2004).
    public static func - (weights: StepWeights, baseline: Baseline<State>) -> StepWeights {
        require(weights.domain.problem)
        return weights.combined(
            "\(weights.name) − \(baseline.name)", isPerTrajectory: baseline.isPerTrajectory, with: baseline.values,
            within: baseline.domain, -)
    }

    /// The weights standardized over all steps of the batch: (w − mean) / standard deviation.
    ///
    /// Biased: the division by a random number changes the length of the expected step, and the subtraction of a mean that
    /// contains the step's own weight changes it by a little more; the direction hardly suffers. It frees the learning
    /// rate from the scale of the rewards. All weights are zero where they are all the same.
    public var normalized: StepWeights {
        require(self.domain.problem)
        let weights = self
        let normalized = StepWeights("\(name), normalized") { batch in
            let all = weights(batch)
            let count = Double(all.reduce(0) { $0 + $1.count })
            let mean = all.joined().reduce(0, +) / max(count, 1)
            let variance = all.joined().reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / max(count, 1)
            // Rounding leaves a little of weights that are all the same.
            let scale = variance.squareRoot() <= 1e-12 * max(1, abs(mean)) ? 0 : 1 / variance.squareRoot()
            return all.map { $0.map { ($0 - mean) * scale } }
        }
        return normalized.within(domain.grown)
    }

    /// The weights for trajectories that an older policy π′ sampled: each is multiplied by π(τ)/π′(τ).
    ///
    /// E over π′ of (π(τ)/π′(τ)) f(τ) is E over π of f(τ): unbiased for the gradient at π wherever π′ gives every trajectory of π
    /// some probability. The environment's probabilities cancel in the ratio. Its variance grows with the distance of the two
    /// policies and with the length of the trajectories, which is why stale batches are not used for long.
    public func importanceWeighted(from old: some Policy<State>, to π: some Policy<State>) -> StepWeights {
        require(self.domain.problem)
        return combined(
            "\(name), importance-weighted", isPerTrajectory: true,
            with: { batch in
                zip(batch, importanceWeights(of: batch, from: old, to: π)).map { τ, ratio in τ.steps.map { _ in ratio }
                }
            },
            within: StepDomain { state, action in
                old.problem(of: action, in: state) ?? π.problem(of: action, in: state)
            }, *)
    }
}

/// π(τ)/π′(τ) = exp(log π(τ) − log π′(τ)) of each trajectory, as plain numbers.
///
/// Their mean over trajectories of π′ is 1 on average.
public func importanceWeights<State>(
    of batch: [Trajectory<State>], from old: some Policy<State>, to π: some Policy<State>
) -> [Double] {
    require(π.problem(with: batch))
    require(old.problem(with: batch))
    return batch.map { exp(π.logProbability(of: $0).detached - old.logProbability(of: $0).detached).value }
}

extension StepWeights: CustomStringConvertible {
    /// The name.
    public var description: String { "weights: \(name)" }
}
