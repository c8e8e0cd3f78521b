import TextDisplay

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
        require(self.problem(for: space))
        return switch self {
        case .reinforce: ReinforceStrategy(for: space, seed: seed)
        case .random: RandomStrategy(for: space, seed: seed)
        case .evolution: EvolutionStrategy(for: space, seed: seed)
        case .expert: ExpertStrategy(for: space)
        }
    }

    /// Why a space can't be searched so, or nil where it can.
    public func problem(for space: SearchSpace) -> InvalidArgument? {
        self == .expert ? ExpertStrategy.problem(for: space) : nil
    }
}

extension StrategyName: CustomStringConvertible {
    /// The name of the case.
    public var description: String { rawValue }
}
