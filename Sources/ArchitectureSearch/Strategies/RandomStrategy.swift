import Autodiff
import TextDisplay

/// Random search: every choice of every decision with equal probability.
///
/// What any other strategy has to be compared with (Li and Talwalkar 2019).
public struct RandomStrategy: Strategy {
    private let space: SearchSpace
    private var generator: RandomGenerator

    /// A random search of a space.
    public init(for space: SearchSpace, seed: Int) {
        self.space = space
        generator = RandomGenerator(seed: seed, stream: 3)
    }

    /// Architectures drawn with equal probability from all of them.
    public mutating func propose(_ count: Int) -> [Architecture] {
        require(self.problem(proposing: count))
        return (0..<count).map { _ in space.randomArchitecture(using: &generator) }
    }

    /// Learns nothing.
    public mutating func observe(_ rewards: [Double]) {}

    /// None: the choices are always uniform.
    public var entropy: Double? { nil }

    /// The random generator.
    public var state: StrategyState {
        get { StrategyState(generator: generator) }
        set { generator = newValue.generator }
    }
}

extension RandomStrategy: CustomStringConvertible {
    /// `random search of smallCNN`
    public var description: String { "random search of \(space.name)" }
}
