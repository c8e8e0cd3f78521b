import ChildNet
import TestSupport
import Testing
import TextDisplay

@testable import ArchitectureSearch

/// What strategies refuse to begin with, to propose, to learn from and to go on from.
@Suite struct StrategyRuleTests {
    private static let noExpert = SearchSpace(
        name: "plain", decisions: [Decision("units", ["8", "16"])], expertChoices: []
    ) { [.dense(units: Int($0[0])!)] }

    @Test(arguments: [
        (0, 1, "populationSize is 1 to 1000000; not 0"), (-1, 1, "populationSize is 1 to 1000000; not -1"),
        (Int.max, 1, "populationSize is 1 to 1000000; not \(Int.max)"),
        (10, 0, "sampleSize is 1 to the population's 10; not 0"),
        (10, 11, "sampleSize is 1 to the population's 10; not 11"),
    ]) func ofAPopulation(_ populationSize: Int, _ sampleSize: Int, _ problem: String) {
        let found = EvolutionStrategy.problem(populationSize: populationSize, sampleSize: sampleSize)
        #expect(found?.description == problem)
    }

    @Test(arguments: [
        (-0.1, 0.8, "learningRate is 0 to 1e6; not -0.1"), (Double.nan, 0.8, "learningRate is 0 to 1e6; not nan"),
        (Double.infinity, 0.8, "learningRate is 0 to 1e6; not inf"), (0.1, 1.5, "a decay is 0 to 1; not 1.5"),
        (0.1, Double.nan, "a decay is 0 to 1; not nan"),
    ]) func ofLearning(_ learningRate: Double, _ decay: Double, _ problem: String) {
        let found = ReinforceStrategy.problem(learningRate: learningRate, baselineDecay: decay)
        #expect(found?.description == problem)
    }

    @Test(arguments: StrategyName.allCases) func ofProposals(_ name: StrategyName) {
        let strategy = name.strategy(for: .smallCNN, seed: 1)
        for count in [Int.min, -1, 100_001, .max] {
            let problem = "count is 0 to 100000 architectures; not \(count)"
            #expect(strategy.problem(proposing: count)?.description == problem)
        }
        #expect(strategy.problem(proposing: 0) == nil && strategy.problem(proposing: 100_000) == nil)
    }

    @Test func ofRewards() {
        var reinforce = ReinforceStrategy(for: .smallCNN, seed: 1)
        var evolution = EvolutionStrategy(for: .smallCNN, seed: 1)
        _ = reinforce.propose(2)
        _ = evolution.propose(2)
        let cases: [(rewards: [Double], problem: String?)] = [
            ([0.1, 0.2], nil), ([0.1], "there is one reward for each of the 2 architectures proposed last; not 1"),
            ([0.1, .nan], "a reward is -1e6 to 1e6; not nan"), ([-.infinity, 0], "a reward is -1e6 to 1e6; not -inf"),
        ]
        for (rewards, problem) in cases {
            #expect(reinforce.problem(observing: rewards)?.description == problem)
            #expect(evolution.problem(observing: rewards)?.description == problem)
        }
    }

    @Test func ofStates() {
        var other = EvolutionStrategy(for: Self.noExpert, seed: 1)
        other.observe(other.propose(4).map { _ in 1 })
        let evolution = EvolutionStrategy(for: .smallCNN, seed: 1),
            reinforce = ReinforceStrategy(for: .smallCNN, seed: 1)
        #expect(
            evolution.problem(restoring: other.state)?.description == "this state is not of an evolution in 'smallCNN'")
        #expect(other.problem(restoring: other.state) == nil)
        #expect(
            reinforce.problem(restoring: other.state)?.description
                == "this state is not of a controller with these decisions")
        #expect(reinforce.problem(restoring: ReinforceStrategy(for: .smallCNN, seed: 2).state) == nil)
    }

    @Test func ofExperts() throws {
        let problem = InvalidArgument("the space 'plain' does not say what an expert would try")
        #expect(StrategyName.expert.problem(for: Self.noExpert) == problem)
        #expect(StrategyName.random.problem(for: Self.noExpert) == nil)
        #expect(throws: problem) {
            try Search(SmallSearch.configuration(.expert), data: digits, space: Self.noExpert)
        }
    }

    /// The rules are asked where they count.
    @Test func whoeverBreaksOneIsStopped() async {
        await #expect(processExitsWith: .failure) { _ = EvolutionStrategy(for: .smallCNN, sampleSize: 11, seed: 1) }
        await #expect(processExitsWith: .failure) { _ = ReinforceStrategy(for: .smallCNN, learningRate: -1, seed: 1) }
        await #expect(processExitsWith: .failure) {
            var strategy = RandomStrategy(for: .smallCNN, seed: 1)
            _ = strategy.propose(-1)
        }
        await #expect(processExitsWith: .failure) {
            var strategy = ReinforceStrategy(for: .smallCNN, seed: 1)
            strategy.observe([1])
        }
        await #expect(processExitsWith: .failure) { _ = search(digits, children: 0, seed: 1) }
    }
}
