import Autodiff
import PolicyGradient
import TestSupport
import Testing

/// What the library computes by enumeration, held against finite differences; and what it samples, against enumeration.
@Suite struct ExactGradientTests {
    static let worlds: [any FiniteWorld] = [
        GridWorld(rows: 2, columns: 2, horizon: 3), GridWorld(rows: 1, columns: 3, horizon: 4, slip: 0.5),
        Bandit([0.2, 0.5, 0.9]), ChainWorld(length: 3, horizon: 5),
    ]

    @Test(arguments: worlds.indices) func trajectoriesHaveAllTheProbability(_ i: Int) {
        func check(_ world: some FiniteWorld) {
            let π = SoftmaxPolicy(for: world, seed: 2)
            let all = enumerate(world)
            #expect(Double(all.count) == trajectoryCount(in: world))
            let total = all.reduce(0) {
                $0 + $1.environmentProbability * exp(π.logProbability(of: $1.trajectory)).value
            }
            #expect(abs(total - 1) < 1e-12)
            #expect(abs(expectation(π, in: world) { _ in 1 }.value - 1) < 1e-12)
        }
        check(Self.worlds[i])
    }

    @Test(arguments: worlds.indices) func gradientOfTheExpectedReturnAgreesWithFiniteDifferences(_ i: Int) {
        func check(_ world: some FiniteWorld) {
            expectGradient(of: SoftmaxPolicy(for: world, seed: 2)) {
                expectedReturn($0, in: world)
            }
        }
        check(Self.worlds[i])
    }

    @Test(arguments: worlds.indices) func scoreAgreesWithFiniteDifferences(_ i: Int) {
        func check(_ world: some FiniteWorld) {
            let π = SoftmaxPolicy(for: world, seed: 2)
            let τ = rollout(π, in: world, seed: 5)
            expectGradient(of: π) { $0.logProbability(of: τ) }
        }
        check(Self.worlds[i])
    }

    /// E[∇log π(τ)] = 0, and E[∇log π(τ) r(τ)] = ∇J, both summed over every trajectory.
    @Test(arguments: worlds.indices) func theLogDerivativeTrickHolds(_ i: Int) {
        func check(_ world: some FiniteWorld) {
            let π = SoftmaxPolicy(for: world, seed: 2)
            var score = [Double](repeating: 0, count: π.parameterCount), weighted = score
            for item in enumerate(world) {
                let logProbability = π.logProbability(of: item.trajectory)
                let probability = item.environmentProbability * exp(logProbability).value
                for (j, slope) in (∇logProbability).elements.enumerated() {
                    score[j] += probability * slope
                    weighted[j] += probability * slope * item.trajectory.return
                }
            }
            #expect(score.allSatisfy { abs($0) < 1e-12 })
            let exact = (∇expectedReturn(π, in: world)).elements
            #expect(zip(weighted, exact).allSatisfy { abs($0 - $1) < 1e-12 })
        }
        check(Self.worlds[i])
    }

    /// How many of its own standard errors the estimate (1/N) Σ ∇log π(τ) w(τ) is away from ∇J, at its worst component.
    private func worstDeviation(weight: (Trajectory<Int>) -> Double) -> Double {
        let world = GridWorld(rows: 2, columns: 3, horizon: 4)
        let π = SoftmaxPolicy(for: world, seed: 1)
        let terms = rollouts(π, in: world, count: 4000, seed: 3).map {
            (∇(π.logProbability(of: $0) * weight($0))).elements
        }
        let exact = (∇expectedReturn(π, in: world)).elements
        return exact.indices.map { j in
            let average = mean(terms) { $0[j] }
            let variance = mean(terms) { ($0[j] - average) * ($0[j] - average) }
            // A state that no episode acts in has no gradient and no error.
            return variance == 0 ? abs(average - exact[j]) : abs(average - exact[j]) / (variance / 4000).squareRoot()
        }.max()!
    }

    @Test(arguments: [0, 0.4]) func reinforceIsUnbiased(baseline: Double) {
        #expect(worstDeviation { $0.return - baseline } < 5)
    }

    /// The test above can fail: these weights have another expectation.
    @Test func wrongWeightsAreNoticed() {
        #expect(worstDeviation { -$0.return } > 5)
        #expect(worstDeviation { 2 * $0.return } > 5)
        #expect(worstDeviation { abs($0.return) } > 5)
        #expect(worstDeviation { $0.rewards[0] } > 5)
    }

    @Test func theSurrogatesGradientIsTheMeanOfTheTerms() {
        let world = GridWorld(rows: 2, columns: 3, horizon: 4)
        let π = SoftmaxPolicy(for: world, seed: 1)
        let batch = rollouts(π, in: world, count: 50, seed: 3)
        let estimate = (∇surrogate(π, batch, weights: .totalReturn - .constant(0.4))).elements
        let terms = batch.map { (∇(π.logProbability(of: $0) * ($0.return - 0.4))).elements }
        for j in estimate.indices { #expect(abs(estimate[j] - mean(terms) { $0[j] }) < 1e-12) }
    }

    @Test func theEnvironmentDropsOut() {
        let world = GridWorld(rows: 2, columns: 3, horizon: 4)
        for item in enumerate(world).prefix(50) {
            let logProbability = world.logProbability(of: item.trajectory)
            #expect(abs(exp(logProbability).value - item.environmentProbability) < 1e-15)
            #expect((∇logProbability).isEmpty)
        }
    }

    @Test func imitationAndPolicyGradientDifferInTheWeightOnly() {
        let world = GridWorld(rows: 2, columns: 3, horizon: 4)
        let π = SoftmaxPolicy(for: world, seed: 1)
        let batch = rollouts(π, in: world, count: 64, seed: 7)
        let likelihood = ∇mean(batch) { π.logProbability(of: $0) }
        let ones = ∇weightedMean(batch, weights: batch.map { _ in 1 }) { π.logProbability(of: $0) }
        #expect(likelihood.elements == ones.elements)
        let weighted = ∇mean(batch) { π.logProbability(of: $0) * $0.return }
        #expect((weighted - ∇surrogate(π, batch)).norm < 1e-15)
    }

    @Test func tooLargeWorldsAreCountedNotEnumerated() {
        #expect(trajectoryCount(in: GridWorld(rows: 10, columns: 10, horizon: 100)) == .infinity)
    }
}
