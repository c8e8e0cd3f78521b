import Autodiff
import TextDisplay

/// Regularized evolution (Real et al. 2019, algorithm 1): the best of a random sample of the population is mutated in one
/// decision, and the oldest member dies.
public struct EvolutionStrategy: Strategy {
    private let space: SearchSpace
    private let populationSize: Int
    private let sampleSize: Int
    private var generator: RandomGenerator
    private var population: [StrategyState.Member] = []
    private var proposedCount = 0
    private var proposed: [Architecture] = []

    /// An evolution that starts from a random population.
    ///
    /// - Parameters:
    ///   - populationSize: how many architectures live at once: the paper's P.
    ///   - sampleSize: how many of them are drawn, each from all, to find a parent: the paper's S.
    public init(for space: SearchSpace, populationSize: Int = 10, sampleSize: Int = 3, seed: Int) {
        require(Self.problem(populationSize: populationSize, sampleSize: sampleSize))
        self.space = space
        self.populationSize = populationSize
        self.sampleSize = sampleSize
        generator = RandomGenerator(seed: seed, stream: 4)
    }

    /// Why there can't be such a population, or nil where there can.
    public static func problem(populationSize: Int, sampleSize: Int) -> InvalidArgument? {
        if !(1...1_000_000 ~= populationSize) {
            return InvalidArgument("populationSize is 1 to 1000000; not \(populationSize)")
        }
        if !(1...populationSize ~= sampleSize) {
            return InvalidArgument("sampleSize is 1 to the population's \(populationSize); not \(sampleSize)")
        }
        return nil
    }

    /// Random architectures until the population is full, then mutations.
    public mutating func propose(_ count: Int) -> [Architecture] {
        require(self.problem(proposing: count))
        proposed = (0..<count).map { _ in
            proposedCount += 1
            if proposedCount <= populationSize || population.isEmpty {
                return space.randomArchitecture(using: &generator)
            }
            let rivals = (0..<sampleSize).map { _ in population[generator.uniform(below: population.count)] }
            return mutated(rivals.max { $0.reward < $1.reward }!.architecture)
        }
        return proposed
    }

    /// Takes in the architectures proposed last; the oldest die.
    public mutating func observe(_ rewards: [Double]) {
        require(self.problem(observing: rewards))
        population += zip(proposed, rewards).map(StrategyState.Member.init(architecture:reward:))
        population.removeFirst(max(0, population.count - populationSize))
    }

    /// Why rewards can't be those of the architectures proposed last, or nil where they can.
    package func problem(observing rewards: [Double]) -> InvalidArgument? {
        problem(rewarding: proposed.count, with: rewards)
    }

    /// The same architecture but for one decision, where there is a decision with a second choice.
    private mutating func mutated(_ architecture: Architecture) -> Architecture {
        let open = space.decisions.indices.filter { space.decisions[$0].choices.count > 1 }
        guard !open.isEmpty else { return architecture }
        var tokens = architecture.tokens
        let decision = open[generator.uniform(below: open.count)]
        let other = generator.uniform(below: space.decisions[decision].choices.count - 1)
        tokens[decision] = other < tokens[decision] ? other : other + 1
        return Architecture(tokens)
    }

    /// None: there are no probabilities.
    public var entropy: Double? { nil }

    /// The population, the number of proposals and the random generator.
    public var state: StrategyState {
        get { StrategyState(generator: generator, population: population, proposed: proposedCount) }
        set {
            require(self.problem(restoring: newValue))
            generator = newValue.generator
            population = newValue.population
            proposedCount = newValue.proposed
        }
    }

    /// Why this can't go on from a state, or nil where it can.
    package func problem(restoring state: StrategyState) -> InvalidArgument? {
        state.isPossible(in: space) ? nil : InvalidArgument("this state is not of an evolution in '\(space.name)'")
    }
}

extension EvolutionStrategy: CustomStringConvertible {
    /// `regularized evolution of smallCNN: a population of 10, the best of 3 is mutated`
    public var description: String {
        "regularized evolution of \(space.name): a population of \(populationSize), the best of \(sampleSize) is mutated"
    }
}
