import Autodiff
import PolicyGradient
import Testing

/// Every estimator against enumeration: exactly, and from samples within its own standard error.
@Suite struct EstimatorTests {
    static let world = GridWorld(rows: 2, columns: 3, horizon: 4)
    static let π = SoftmaxPolicy(for: world, seed: 1)
    static let truth = (∇expectedReturn(π, in: world)).elements
    /// A value function fitted to other trajectories than those that a test uses.
    static let V = StateValue(fittedTo: rollouts(π, in: world, count: 300, seed: 99), in: world)

    static let unbiased: [StepWeights<Int>] = [
        .totalReturn, .rewardToGo, .discounted(1), .rewardToGo(discount: 1),
        .totalReturn - .constant(0.7), .rewardToGo - .constant(-2), .rewardToGo - .value(V),
        .totalReturn - .varianceMinimizing(π, in: world), .rewardToGo - .varianceMinimizingPerState(π, in: world),
        .totalReturn - .varianceMinimizing(π, estimatedFrom: rollouts(π, in: world, count: 50, seed: 98)),
        .totalReturn - .movingAverage(movingAverage),
    ]
    static let movingAverage: MovingAverageBaseline = {
        var average = MovingAverageBaseline()
        average.update(with: 0.3)
        return average
    }()

    @Test(arguments: unbiased) func isUnbiased(_ weights: StepWeights<Int>) {
        let exact = exactMoments(of: weights, Self.π, in: Self.world)
        #expect(exact.worstDeviation(from: Self.truth) == 0, "\(exact)")
        let sampled = sampledMoments(of: weights, Self.π, in: Self.world, count: 4000, seed: 5)
        #expect(sampled.worstDeviation(from: Self.truth) < 5, "\(sampled)")
        // The measured variance is the enumerated one, as well as 4000 samples can tell.
        #expect(abs(sampled.variance / exact.variance - 1) < 0.15)
    }

    static let biased: [StepWeights<Int>] = [
        .one, .rewardToGo(discount: 0.5), .discounted(0.5), StepWeights("half") { τ in τ.rewardsToGo.map { $0 / 2 } },
        StepWeights("immediate reward") { $0.rewards },
        StepWeights("a step late") { τ in Array(τ.rewardsToGo.dropFirst()) + [0] },
    ]

    /// The test above can fail: it refuses what is biased, by enumeration and from samples.
    @Test(arguments: biased) func isSeenToBeBiased(_ weights: StepWeights<Int>) {
        #expect(exactMoments(of: weights, Self.π, in: Self.world).worstDeviation(from: Self.truth) == .infinity)
        let sampled = sampledMoments(of: weights, Self.π, in: Self.world, count: 20_000, seed: 5)
        #expect(sampled.worstDeviation(from: Self.truth) > 5)
    }

    @Test func imitatingOneselfAsksForNothing() {
        let moments = exactMoments(of: .one, Self.π, in: Self.world)
        #expect(moments.mean.allSatisfy { abs($0) < 1e-13 })
        #expect(moments.variance > 0.1)
    }

    /// γⁱ Gᵢ is unbiased for the discounted return; Gᵢ without γⁱ is for nothing.
    @Test(arguments: [0.3, 0.9]) func discountedWeightsAreTheDiscountedReturns(γ: Double) {
        let truth = (∇expectedReturn(Self.π, in: Self.world, discount: γ)).elements
        let right = exactMoments(of: .discounted(γ), Self.π, in: Self.world)
        #expect(right.worstDeviation(from: truth) == 0)
        let usual = exactMoments(of: .rewardToGo(discount: γ), Self.π, in: Self.world)
        #expect(usual.worstDeviation(from: truth) == .infinity)
    }

    /// The moments by another way: each trajectory's gradient by `∇`, and two passes for the covariance.
    @Test func momentsAgreeWithPlainLoops() {
        let world = GridWorld(rows: 2, columns: 2, horizon: 2)
        let π = SoftmaxPolicy(for: world, seed: 3)
        let terms = enumerate(world).map { item in
            (
                gradient: (∇(π.logProbability(of: item.trajectory) * item.trajectory.return)).elements,
                probability: item.environmentProbability * exp(π.logProbability(of: item.trajectory)).value
            )
        }
        let count = π.parameterCount
        let mean = (0..<count).map { k in terms.reduce(0) { $0 + $1.probability * $1.gradient[k] } }
        let moments = exactMoments(of: .totalReturn, π, in: world)
        for i in 0..<count {
            #expect(abs(moments.mean[i] - mean[i]) < 1e-13)
            for j in 0..<count {
                let covariance = terms.reduce(0) {
                    $0 + $1.probability * ($1.gradient[i] - mean[i]) * ($1.gradient[j] - mean[j])
                }
                #expect(abs(moments.covariance.elements[i * count + j] - covariance) < 1e-13)
            }
        }
    }

    @Test func aBatchOfNHasAnNthOfTheVariance() {
        let one = exactMoments(of: .rewardToGo, Self.π, in: Self.world)
        let eight = exactMoments(of: .rewardToGo, Self.π, in: Self.world, batch: 8)
        #expect(abs(one.variance - 8 * eight.variance) < 1e-12)
        let sampled = sampledMoments(of: .rewardToGo, Self.π, in: Self.world, count: 1500, batch: 8, seed: 2)
        #expect(abs(sampled.variance / eight.variance - 1) < 0.15)
    }

    /// Weights that depend on the batch, over every batch of three that a bandit can give.
    @Test func leavingOneOutIsUnbiasedAndTheBatchMeanIsNot() {
        let world = Bandit([0.2, 0.7])
        let π = SoftmaxPolicy(logits: Tensor([[0.3, -0.2]]))
        let truth = (∇expectedReturn(π, in: world)).elements
        let leftOut = exactMoments(of: .totalReturn - .leaveOneOut, π, in: world, batch: 3)
        #expect(leftOut.worstDeviation(from: truth) == 0)
        // With its own return in the mean, a trajectory gets (N − 1)/N of its weight.
        let batchMean = exactMoments(of: .totalReturn - .batchMean, π, in: world, batch: 3)
        #expect(batchMean.worstDeviation(from: truth.map { $0 * 2 / 3 }) == 0)
        let normalized = exactMoments(of: StepWeights.totalReturn.normalized, π, in: world, batch: 3)
        #expect(normalized.worstDeviation(from: truth) == .infinity)
        // The direction is the same: both have two components, of opposite sign.
        #expect(normalized.mean[0] * truth[0] > 0)
    }

    @Test func normalizedWeightsHaveMeanZeroAndVarianceOne() {
        let batch = rollouts(Self.π, in: Self.world, count: 40, seed: 1)
        let all = Array(StepWeights.rewardToGo.normalized(batch).joined())
        #expect(abs(mean(all) { $0 }) < 1e-12)
        #expect(abs(mean(all) { $0 * $0 } - 1) < 1e-12)
        #expect(StepWeights.one.normalized(batch).joined().allSatisfy { $0 == 0 })
    }

    @Test func theTableStatesBiasAndVariance() {
        let table = compareEstimators([.totalReturn, .rewardToGo, .one], Self.π, in: Self.world, samples: 500, seed: 1)
        #expect(table.rows[1].bias < 1e-12 && table.rows[2].bias > 0.01)
        #expect(table.rows[0].exactVariance == exactMoments(of: .totalReturn, Self.π, in: Self.world).variance)
        #expect("\(table)".hasPrefix("estimator         "))
        #expect("\(table)".contains("100 %"))
    }
}

@Suite struct BaselineTests {
    let world = EstimatorTests.world, π = EstimatorTests.π

    private func variance(_ b: Double, _ weights: StepWeights<Int> = .totalReturn) -> Double {
        exactMoments(of: weights - .constant(b), π, in: world).variance
    }

    /// The variance is a parabola in b; its vertex from three points is the baseline, and its neighbors are worse.
    @Test(arguments: [StepWeights<Int>.totalReturn, .rewardToGo])
    func theVarianceMinimizingConstantIsTheParabolasVertex(_ weights: StepWeights<Int>) {
        let (left, middle, right) = (variance(-1, weights), variance(0, weights), variance(1, weights))
        let vertex = (left - right) / (2 * (left - 2 * middle + right))
        let least = exactMoments(of: weights - .varianceMinimizing(for: weights, π, in: world), π, in: world).variance
        #expect(abs(least - variance(vertex, weights)) < 1e-12)
        #expect(least < variance(vertex + 0.05, weights) && least < variance(vertex - 0.05, weights))
    }

    /// b* = E[‖∇log π(τ)‖² r(τ)] / E[‖∇log π(τ)‖²], the sums written out.
    @Test func theVarianceMinimizingConstantIsTheFormula() {
        var weighted = 0.0, norm = 0.0
        for item in enumerate(world) {
            let logProbability = π.logProbability(of: item.trajectory)
            let probability = item.environmentProbability * exp(logProbability).value
            let score = ∇logProbability
            weighted += probability * score.dot(score) * item.trajectory.return
            norm += probability * score.dot(score)
        }
        let least = exactMoments(of: .totalReturn - .varianceMinimizing(π, in: world), π, in: world).variance
        #expect(abs(least - variance(weighted / norm)) < 1e-12)
    }

    @Test func noOtherFunctionOfTheStateHasLessVariance() {
        let weights = StepWeights.rewardToGo - .varianceMinimizingPerState(π, in: world)
        let best = exactMoments(of: weights, π, in: world).variance
        var generator = RandomGenerator(seed: 4)
        for _ in 0..<20 {
            let moved = (0..<6).map { _ in 0.1 * generator.normal() }
            let other = exactMoments(of: weights - Baseline("moved") { moved[$0] }, π, in: world)
            #expect(other.variance > best)
        }
        #expect(best < exactMoments(of: .rewardToGo - .value(EstimatorTests.V), π, in: world).variance + 1e-12)
    }

    @Test func eachTechniqueHasLessVarianceThanTheOneBefore() {
        let variances: [StepWeights<Int>] = [
            .totalReturn, .rewardToGo, .rewardToGo - .value(EstimatorTests.V),
            .rewardToGo - .varianceMinimizingPerState(π, in: world),
        ]
        let measured = variances.map { exactMoments(of: $0, π, in: world).variance }
        #expect(zip(measured, measured.dropFirst()).allSatisfy { $0 > $1 }, "\(measured)")
    }

    @Test func fittedValuesAreMeansOfTheRewardsToGo() {
        let batch = rollouts(π, in: world, count: 20, seed: 1)
        let V = StateValue(fittedTo: batch, in: world)
        for state in 0..<6 {
            let following = batch.flatMap { τ in zip(τ.states, τ.rewardsToGo).filter { $0.0 == state }.map(\.1) }
            #expect(abs(V(state) - (following.isEmpty ? 0 : mean(following) { $0 })) < 1e-12)
        }
    }

    /// At the least-squares solution the residuals are orthogonal to every feature.
    @Test func linearValuesSolveTheNormalEquations() {
        let batch = rollouts(π, in: world, count: 50, seed: 1)
        let V = StateValue(fittedTo: batch, inFeaturesOf: world)
        for feature in 0..<3 {
            let product = batch.reduce(0.0) { sum, τ in
                zip(τ.states, τ.rewardsToGo).reduce(sum) {
                    $0 + world.features(of: $1.0)[feature] * ($1.1 - V($1.0))
                }
            }
            #expect(abs(product) < 1e-10)
        }
        // Every feature alone for each state, in the bandit's single one: still the mean.
        let arms = Bandit([0.5, 0.9])
        let pulls = rollouts(SoftmaxPolicy(for: arms, seed: 1), in: arms, count: 30, seed: 2)
        #expect(abs(StateValue(fittedTo: pulls, inFeaturesOf: arms)(0) - mean(pulls) { $0.return }) < 1e-12)
    }

    @Test func aFittedValueComesCloseToTheExactOne() {
        // With one move there is one state value: the expected return.
        let world = GridWorld(rows: 2, columns: 2, horizon: 1)
        let π = SoftmaxPolicy(for: world, seed: 1)
        let V = StateValue(fittedTo: rollouts(π, in: world, count: 20_000, seed: 1), in: world)
        #expect(abs(V(0) - stateValues(of: π, in: world)[1][0]) < 0.02)
    }
}
