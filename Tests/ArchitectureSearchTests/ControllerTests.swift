import Autodiff
import PolicyGradient
import TestSupport
import Testing

@testable import ArchitectureSearch

@Suite struct ControllerTests {
    /// Three decisions of different sizes.
    static let space = SearchSpace(
        name: "tiny",
        decisions: [Decision("a", ["0", "1"]), Decision("b", ["0", "1", "2"]), Decision("c", ["0", "1"])],
        expertChoices: [["1", "2", "0"]]
    ) { _ in [] }
    let controller = Controller(for: space, units: 5, seed: 1)
    let world = space.world { Double($0.tokens[0]) }
    /// Every list of tokens that there is.
    static let all = (0..<2).flatMap { a in (0..<3).flatMap { b in (0..<2).map { c in [a, b, c] } } }

    @Test func logProbabilityAgreesWithFiniteDifferences() {
        let τ = world.trajectory(choosing: [1, 2, 0])
        expectGradient(of: controller) { $0.logProbability(of: τ) }
    }

    /// The controller is a policy like any other: its expected return is enumerated, and REINFORCE is unbiased for it.
    @Test func reinforceIsUnbiasedInTheTokenWorld() {
        let world = TokenWorld(choices: [2, 3], rewards: [0.1, 0.9, 0.3, 0.5, 0.2, 0.7])
        let π = Controller(for: world, units: 3, seed: 2)
        expectGradient(of: π) { expectedReturn($0, in: world) }
        let J = ∇expectedReturn(π, in: world)
        let truth = π.parameters.flatMap { J[$0]!.elements }
        let totalReturn = exactMoments(of: .totalReturn, π, in: world)
        #expect(totalReturn.worstDeviation(from: truth) == 0)
        // The reward comes with the last token, so that what is still to come is the whole return.
        let rewardToGo = exactMoments(of: .rewardToGo, π, in: world)
        #expect(abs(rewardToGo.variance - totalReturn.variance) < 1e-12)
        let sampled = sampledMoments(of: .totalReturn - .constant(0.4), π, in: world, count: 4000, seed: 1)
        #expect(sampled.worstDeviation(from: truth) < 5)
    }

    @Test func probabilitiesOfAllArchitecturesAddUpToOne() {
        let total = Self.all.reduce(0) { $0 + exp(controller.logProbability(of: world.trajectory(choosing: $1))).value }
        #expect(abs(total - 1) < 1e-12)
    }

    /// One pass over a trajectory, and one state at a time, are the same policy.
    @Test func stepByStepIsTheSamePolicy() {
        let tokens = [1, 2, 1]
        let whole = controller.logProbabilities(of: tokens, in: [[], [1], [1, 2]])
        for i in 0..<3 {
            let single = controller.logProbabilities(in: Array(tokens[..<i]))[tokens[i]]
            #expect(abs(whole[i].value - single.value) < 1e-12)
        }
    }

    @Test func samplesHaveThePolicysFrequencies() {
        // Otherwise the frequencies would be all alike.
        let controller = controller.withLargerWeights
        var counts: [[Int]: Double] = [:]
        for τ in rollouts(controller, in: world, count: 6000, seed: 2) { counts[τ.finalState, default: 0] += 1 }
        // Also those that were never drawn.
        for tokens in Self.all {
            let p = exp(controller.logProbability(of: world.trajectory(choosing: tokens))).value
            #expect(abs((counts[tokens] ?? 0) / 6000 - p) < 5 * (p * (1 - p) / 6000).squareRoot(), "\(tokens)")
        }
    }

    /// What the LSTM remembers is forgotten when its parameters change, and a copy of before knows the old ones.
    @Test func memoriesAreThoseOfTheParameters() {
        let old = controller
        let before = old.probabilities(in: [1, 2])
        let new = controller.withLargerWeights
        let after = new.probabilities(in: [1, 2])
        #expect(after != before)
        #expect(old.probabilities(in: [1, 2]) == before)
        var fresh = Controller(for: Self.space, units: 5, seed: 1)
        fresh.parameters = new.parameters
        #expect(fresh.probabilities(in: [1, 2]) == after)
    }

    @Test func aFreshControllerIsNearlyUniform() {
        let π = Controller(for: Self.space, seed: 1)
        let entropy = entropyBonus(π, rollouts(π, in: world, count: 1, seed: 2)).value / 3
        #expect(abs(entropy - (2 * Double.log(2) + Double.log(3)) / 3) < 0.01)
    }
}

extension Controller {
    fileprivate var withLargerWeights: Controller {
        var larger = self
        larger.parameters = parameters.map { parameter in
            var parameter = parameter
            parameter.value = 8 * parameter.value
            return parameter
        }
        return larger
    }
}
