import Autodiff
import Testing
import TextDisplay

@testable import ArchitectureSearch

@Suite struct StrategyTests {
    /// Rewards 1 for the last choice of every decision, a share for some of them.
    static func reward(_ architecture: Architecture, _ space: SearchSpace) -> Double {
        let last = zip(architecture.tokens, space.decisions).count { $0 == $1.choices.count - 1 }
        return Double(last) / Double(space.decisions.count)
    }

    @Test(arguments: [StrategyName.reinforce, .evolution]) func learnsWhatPays(_ name: StrategyName) {
        let space = SearchSpace.smallCNN
        var strategy = name.strategy(for: space, seed: 1)
        var means: [Double] = []
        for _ in 0..<60 {
            let rewards = strategy.propose(8).map { Self.reward($0, space) }
            strategy.observe(rewards)
            means.append(rewards.reduce(0, +) / 8)
        }
        let first = means.prefix(5).reduce(0, +) / 5, last = means.suffix(5).reduce(0, +) / 5
        // Uniform choices have 0.36.
        #expect(first < 0.5)
        #expect(last > (name == .reinforce ? 0.85 : 0.55), "\(name): \(means)")
    }

    @Test func theControllersEntropyFalls() throws {
        var strategy = ReinforceStrategy(for: .smallCNN, seed: 1)
        _ = strategy.propose(8)
        let start = try #require(strategy.entropy)
        strategy.observe([Double](repeating: 0.5, count: 8))
        for _ in 0..<60 { strategy.observe(strategy.propose(8).map { Self.reward($0, .smallCNN) }) }
        #expect(try #require(strategy.entropy) < start / 2)
    }

    @Test func randomSearchDoesNotLearn() {
        var strategy = RandomStrategy(for: .smallCNN, seed: 1)
        var total = 0.0
        for _ in 0..<100 {
            let rewards = strategy.propose(8).map { Self.reward($0, .smallCNN) }
            strategy.observe(rewards)
            total += rewards.reduce(0, +) / 800
        }
        // Mean of the decisions' 1/choices: (2·(1/3 + 1/4 + 1/2) + 1/3) / 7
        #expect(abs(total - 2.5 / 7) < 0.03)
    }

    @Test func evolutionChangesOneDecision() {
        var strategy = EvolutionStrategy(for: .smallCNN, populationSize: 1, sampleSize: 1, seed: 1)
        let parent = strategy.propose(1)[0]
        strategy.observe([1])
        let child = strategy.propose(1)[0]
        #expect(zip(parent.tokens, child.tokens).count { $0 != $1 } == 1)
        #expect(SearchSpace.smallCNN.contains(child))
    }

    @Test func theExpertsListIsPlayedInOrder() {
        var strategy = ExpertStrategy(for: .smallCNN)
        let list = SearchSpace.smallCNN.expertArchitectures
        #expect(strategy.propose(list.count + 1) == list + [list[0]])
    }

    /// A strategy that was saved and restored goes on bit for bit.
    @Test(arguments: StrategyName.allCases) func goesOnFromItsState(_ name: StrategyName) {
        var strategy = name.strategy(for: .smallCNN, seed: 3)
        for round in 0..<3 { strategy.observe(strategy.propose(4).map { Self.reward($0, .smallCNN) + Double(round) }) }
        var restored = name.strategy(for: .smallCNN, seed: 99)
        restored.state = strategy.state
        for _ in 0..<3 {
            let proposed = strategy.propose(4)
            #expect(restored.propose(4) == proposed)
            let rewards = proposed.map { Self.reward($0, .smallCNN) }
            strategy.observe(rewards)
            restored.observe(rewards)
            #expect(strategy.state == restored.state)
        }
    }

    @Test(arguments: [
        (
            StrategyName.reinforce,
            "REINFORCE, learning rate 0.02, baseline 0 (decay 0.8)\nController: LSTM of 32 units, "
        ),
        (.random, "random search of smallCNN"),
        (.evolution, "regularized evolution of smallCNN: a population of 10, the best of 3 is mutated"),
        (.expert, "the expert's list of 6 networks, 0 proposed"),
    ]) func saysWhatItIs(_ name: StrategyName, _ words: String) {
        #expect("\(name.strategy(for: .smallCNN, seed: 1))".hasPrefix(words))
    }

    @Test func aStateSaysWhatThereIsOfIt() {
        #expect("\(RandomStrategy(for: .smallCNN, seed: 1).state)" == "a random generator")
        let parameters = Controller(for: .smallCNN, seed: 1).parameterCount
        let fresh = ReinforceStrategy(for: .smallCNN, seed: 1).state
        #expect("\(fresh)" == "\(grouped(Double(parameters))) parameters, baseline 0")
        var evolution = EvolutionStrategy(for: .smallCNN, seed: 1)
        evolution.observe(evolution.propose(3).map { Self.reward($0, .smallCNN) })
        #expect("\(evolution.state)" == "a population of 3, 3 proposed")
        #expect("\(StrategyUpdate(evolution.state, observedChildren: 3))" == "after 3 children: \(evolution.state)")
    }

    @Test func unknownChoicesAreRefusedByName() {
        let error = #expect(throws: InvalidArgument.self) {
            try SearchSpace.smallCNN.architecture(["3", "16", "max", "3", "33", "max", "none"])
        }
        #expect(error?.description == "'filters 2' has no choice '33': choose one of 8, 16, 24, 32")
    }
}
