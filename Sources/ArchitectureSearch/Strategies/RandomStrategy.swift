import Autodiff

/// Random search: every choice of every decision with equal probability.
///
/// What any other strategy has to be compared with (Li and Talwalkar 2019).
public struct RandomStrategy: Strategy {
    private let space: SearchSpace
    public var state: StrategyState
    public let entropy: Double? = nil

    /// A random search of a space.
    public init(for space: SearchSpace, seed: Int) {
        self.space = space
        state = StrategyState(generator: RandomGenerator(seed: seed, stream: 3))
    }

    public mutating func propose(_ count: Int) -> [Architecture] {
        (0..<count).map { _ in space.randomArchitecture(using: &state.generator) }
    }

    public mutating func observe(_ rewards: [Double]) {}
}
