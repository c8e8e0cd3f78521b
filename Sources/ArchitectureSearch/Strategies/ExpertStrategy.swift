import Autodiff
import TextDisplay

/// The expert's way: the networks that a person would try by hand, in order, and over again when they run out.
public struct ExpertStrategy: Strategy {
    private let list: [Architecture]
    private var proposed = 0

    /// The expert's list of a space, which must have one.
    public init(for space: SearchSpace) {
        require(Self.problem(for: space))
        list = space.expertArchitectures
    }

    /// Why a space has no expert, or nil where it has.
    public static func problem(for space: SearchSpace) -> InvalidArgument? {
        guard space.expertArchitectures.isEmpty else { return nil }
        return InvalidArgument("the space '\(space.name)' does not say what an expert would try")
    }

    /// The networks of the list that come next.
    public mutating func propose(_ count: Int) -> [Architecture] {
        require(self.problem(proposing: count))
        return (0..<count).map { _ in
            defer { proposed += 1 }
            return list[proposed % list.count]
        }
    }

    /// Learns nothing.
    public mutating func observe(_ rewards: [Double]) {}

    /// None: the list is certain.
    public var entropy: Double? { nil }

    /// How far in the list it is.
    public var state: StrategyState {
        get {
            var state = StrategyState(generator: RandomGenerator(seed: 0))
            state.proposed = proposed
            return state
        }
        set {
            require(self.problem(restoring: newValue))
            proposed = newValue.proposed
        }
    }

    /// Why this can't go on from a state, or nil where it can.
    package func problem(restoring state: StrategyState) -> InvalidArgument? {
        state.hasPossibleCount ? nil : InvalidArgument("no search proposes \(state.proposed) architectures")
    }
}

extension ExpertStrategy: CustomStringConvertible {
    /// `the expert's list of 6 networks, 2 proposed`
    public var description: String { "the expert's list of \(list.count) networks, \(proposed) proposed" }
}
