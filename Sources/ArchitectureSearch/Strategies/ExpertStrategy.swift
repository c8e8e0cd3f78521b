import Autodiff

/// The expert's way: the networks that a person would try by hand, in order, and over again when they run out.
public struct ExpertStrategy: Strategy {
    private let list: [Architecture]
    public var state = StrategyState(generator: RandomGenerator(seed: 0))
    public let entropy: Double? = nil

    /// The expert's list of a space, which must have one.
    public init(for space: SearchSpace) {
        list = space.expertArchitectures
        precondition(!list.isEmpty, "the space '\(space.name)' does not say what an expert would try")
    }

    public mutating func propose(_ count: Int) -> [Architecture] {
        (0..<count).map { _ in
            defer { state.proposed += 1 }
            return list[state.proposed % list.count]
        }
    }

    public mutating func observe(_ rewards: [Double]) {}
}
