import Autodiff
import PolicyGradient
import TestSupport
import Testing

/// Importance weights, PPO's clipping and the entropy bonus.
@Suite struct StaleTrajectoriesTests {
    let world = GridWorld(rows: 2, columns: 2, horizon: 3)
    let π = SoftmaxPolicy(for: GridWorld(rows: 2, columns: 2, horizon: 3), seed: 1)
    let old = SoftmaxPolicy(for: GridWorld(rows: 2, columns: 2, horizon: 3), seed: 2)

    @Test func importanceWeightsMakeOldTrajectoriesUnbiased() {
        let truth = (∇expectedReturn(π, in: world)).elements
        for weights in [StepWeights<Int>.totalReturn, .rewardToGo, .rewardToGo - .constant(0.3)] {
            let corrected = weights.importanceWeighted(from: old, to: π)
            #expect(
                exactMoments(of: corrected, π, sampledFrom: old, in: world).worstDeviation(from: truth) == 0)
            let sampled = sampledMoments(of: corrected, π, sampledFrom: old, in: world, count: 4000, seed: 1)
            #expect(sampled.worstDeviation(from: truth) < 5)
            // Without them the old trajectories give another gradient.
            #expect(
                exactMoments(of: weights, π, sampledFrom: old, in: world).worstDeviation(from: truth) == .infinity)
        }
    }

    @Test func importanceWeightsAreOneOnAverage() {
        let total = enumerate(world).reduce(0.0) { sum, item in
            let p = item.environmentProbability * exp(old.logProbability(of: item.trajectory)).value
            return sum + p * importanceWeights(of: [item.trajectory], from: old, to: π)[0]
        }
        #expect(abs(total - 1) < 1e-12)
        #expect(importanceWeights(of: rollouts(π, in: world, count: 3, seed: 1), from: π, to: π) == [1, 1, 1])
    }

    /// min(ρA, clip(ρ)A) step by step.
    @Test func theClippedSurrogateIsItsFormula() {
        let batch = rollouts(old, in: world, count: 30, seed: 1)
        var total = 0.0
        for τ in batch {
            for (step, A) in zip(τ.steps, τ.rewardsToGo) {
                let ρ = π.probabilities(in: step.state)[step.action] / old.probabilities(in: step.state)[step.action]
                total += min(ρ * A, min(max(ρ, 0.8), 1.2) * A)
            }
        }
        let value = clippedSurrogate(π, batch, from: old, advantages: .rewardToGo).value
        #expect(abs(value - total / 30) < 1e-12)
    }

    @Test func theClippedSurrogateAgreesWithFiniteDifferences() {
        let batch = rollouts(old, in: world, count: 30, seed: 1)
        expectGradient(of: π) {
            clippedSurrogate($0, batch, from: old, advantages: .rewardToGo)
        }
    }

    /// At the old policy, where nothing is clipped, it is the surrogate's gradient.
    @Test func atTheOldPolicyNothingIsClipped() {
        let batch = rollouts(old, in: world, count: 30, seed: 1)
        let clipped = ∇clippedSurrogate(old, batch, from: old, advantages: .rewardToGo)
        #expect((clipped - ∇surrogate(old, batch, weights: .rewardToGo)).norm < 1e-12)
    }

    @Test func whatHasMovedFarEnoughIsLeftAlone() {
        // Action 0 has become twice as probable and was good; action 1 half as probable and was bad.
        let arms = Bandit([0.5, 0.5])
        let old = SoftmaxPolicy(logits: Tensor([[0.0, 0.0]])), far = SoftmaxPolicy(logits: Tensor([[2.0, -2.0]]))
        let τ = { (arm: Int) in Trajectory(steps: [.init(state: 0, action: arm, reward: 1)], finalState: 0) }
        let good = StepWeights<Int>("good") { _ in [1] }, bad = StepWeights<Int>("bad") { _ in [-1] }
        func slope(_ arm: Int, _ weights: StepWeights<Int>) -> Double {
            (∇clippedSurrogate(far, [τ(arm)], from: old, advantages: weights)).norm
        }
        #expect(slope(0, good) == 0 && slope(1, bad) == 0)
        #expect(slope(0, bad) > 0 && slope(1, good) > 0)
        #expect(arms.actionCount == 2)
    }

    @Test func entropyIsItsFormula() {
        let p = π.probabilities(in: 1)
        #expect(abs(π.entropy(in: 1).value + p.reduce(0) { $0 + $1 * Double.log($1) }) < 1e-12)
        let uniform = SoftmaxPolicy(logits: Tensor([[0.0, 0, 0, 0]])),
            certain = SoftmaxPolicy(logits: Tensor([[0.0, 2000]]))
        #expect(abs(uniform.entropy(in: 0).value - Double.log(4)) < 1e-12)
        #expect(certain.entropy(in: 0).value == 0)
    }

    @Test func theEntropyBonusSumsOverStepsAndAgreesWithFiniteDifferences() {
        let batch = rollouts(π, in: world, count: 10, seed: 1)
        let total = batch.reduce(0.0) { sum, τ in τ.states.reduce(sum) { $0 + π.entropy(in: $1).value } }
        #expect(abs(entropyBonus(π, batch).value - total / 10) < 1e-12)
        expectGradient(of: π) { entropyBonus($0, batch) }
    }
}

extension Double {
    fileprivate static func log(_ x: Double) -> Double { Tensor(x).logarithm }
}

extension Tensor<Double> {
    fileprivate var logarithm: Double { Autodiff.log(self).value }
}
