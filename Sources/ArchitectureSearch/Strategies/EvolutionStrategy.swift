import Autodiff

/// Regularized evolution (Real et al. 2019, algorithm 1): the best of a random sample of the population is mutated in one
/// decision, and the oldest member dies.
public struct EvolutionStrategy: Strategy {
    private let space: SearchSpace
    private let populationSize: Int
    private let sampleSize: Int
    private var proposed: [Architecture] = []
    public var state: StrategyState
    public let entropy: Double? = nil

    /// An evolution that starts from a random population.
    public init(for space: SearchSpace, populationSize: Int = 10, sampleSize: Int = 3, seed: Int) {
        precondition(1...populationSize ~= sampleSize, "the sample is a part of the population")
        self.space = space
        self.populationSize = populationSize
        self.sampleSize = sampleSize
        state = StrategyState(generator: RandomGenerator(seed: seed, stream: 4))
    }

    public mutating func propose(_ count: Int) -> [Architecture] {
        proposed = (0..<count).map { _ in
            state.proposed += 1
            if state.proposed <= populationSize || state.population.isEmpty {
                return space.randomArchitecture(using: &state.generator)
            }
            let rivals = (0..<sampleSize).map { _ in
                state.population[state.generator.uniform(below: state.population.count)]
            }
            return mutated(rivals.max { $0.reward < $1.reward }!.architecture)
        }
        return proposed
    }

    public mutating func observe(_ rewards: [Double]) {
        state.population += zip(proposed, rewards).map(StrategyState.Member.init(architecture:reward:))
        state.population.removeFirst(max(0, state.population.count - populationSize))
    }

    /// The same architecture but for one decision, where there is a decision with a second choice.
    private mutating func mutated(_ architecture: Architecture) -> Architecture {
        let open = space.decisions.indices.filter { space.decisions[$0].choices.count > 1 }
        guard !open.isEmpty else { return architecture }
        var tokens = architecture.tokens
        let decision = open[state.generator.uniform(below: open.count)]
        let other = state.generator.uniform(below: space.decisions[decision].choices.count - 1)
        tokens[decision] = other < tokens[decision] ? other : other + 1
        return Architecture(tokens)
    }
}
