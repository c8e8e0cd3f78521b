import Autodiff
import PolicyGradient

/// How a search proposes the next architectures, given the rewards of those before.
///
/// A strategy is a value with all its state, its random generator included, so that a run can be saved after every update
/// and goes on bit for bit.
public protocol Strategy: Sendable {
    /// The next architectures to train.
    mutating func propose(_ count: Int) -> [Architecture]
    /// Learns from the rewards of the architectures proposed last, in their order.
    mutating func observe(_ rewards: [Double])
    /// The mean entropy of the choices proposed last, in nats; nil for a strategy without probabilities.
    var entropy: Double? { get }
    /// Everything that the next proposals depend on.
    var state: StrategyState { get set }
}

/// The state of a strategy as it is saved.
public struct StrategyState: Sendable, Codable, Equatable {
    var generator: RandomGenerator
    var parameters: [[Double]] = []
    var optimizer: [[Double]] = []
    var baseline: MovingAverageBaseline?
    var population: [Member] = []
    var proposed = 0

    /// Whether this can be a later state of the strategy that began with that one: what a store holds may be anything.
    func fits(_ fresh: StrategyState, _ space: SearchSpace) -> Bool {
        // The number of steps, then two tensors of each parameter's size.
        let sizes = fresh.parameters.map(\.count), ofOptimizer = [1] + sizes.flatMap { [$0, $0] }
        return parameters.map(\.count) == sizes && (optimizer.isEmpty || optimizer.map(\.count) == ofOptimizer)
            && population.count <= 1_000_000 && 0...1_000_000_000 ~= proposed
            && population.allSatisfy { space.contains($0.architecture) && 0...1 ~= $0.reward }
    }

    /// An architecture with its reward, for evolution.
    struct Member: Sendable, Codable, Equatable {
        let architecture: Architecture
        let reward: Double
    }
}

/// The strategies by the names that the command line knows.
public enum StrategyName: String, Sendable, CaseIterable, Codable {
    /// The policy gradient: ``ReinforceStrategy``.
    case reinforce
    /// Independent uniform choices: ``RandomStrategy``.
    case random
    /// Regularized evolution: ``EvolutionStrategy``.
    case evolution
    /// A person's list: ``ExpertStrategy``.
    case expert

    /// A strategy of this name that has seen nothing.
    public func strategy(for space: SearchSpace, seed: Int) -> any Strategy {
        switch self {
        case .reinforce: ReinforceStrategy(for: space, seed: seed)
        case .random: RandomStrategy(for: space, seed: seed)
        case .evolution: EvolutionStrategy(for: space, seed: seed)
        case .expert: ExpertStrategy(for: space)
        }
    }
}
