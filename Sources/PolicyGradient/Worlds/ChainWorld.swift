import Autodiff
import TextDisplay

/// A row of states to walk along, where the large reward is far away: it shows why credit is hard to assign.
///
/// The episode starts in state 0. Action 1 moves right, action 0 moves left (in state 0 it stays, and pays a small 0.1).
/// The last state pays 1 and ends the episode. Nothing is random here but the policy.
///
///     ChainWorld(length: 4, horizon: 6)
public struct ChainWorld: FiniteWorld, CustomStringConvertible {
    /// The number of states.
    public let length: Int
    /// The largest number of moves in an episode.
    public let horizon: Int

    /// A chain of at least two states.
    public init(length: Int, horizon: Int) {
        require(Self.problem(length: length, horizon: horizon))
        (self.length, self.horizon) = (length, horizon)
    }

    /// Why a chain can't be made so, or nil where it can.
    public static func problem(length: Int, horizon: Int) -> InvalidArgument? {
        if !(2...1_000_000 ~= length) { return InvalidArgument("a chain has 2 to 1000000 states; not \(length)") }
        if !(1...10_000 ~= horizon) { return InvalidArgument("the horizon is 1 to 10000 moves; not \(horizon)") }
        return nil
    }

    public let actionNames = ["left", "right"]
    public var stateCount: Int { length }
    public var initialStates: [(state: Int, probability: Double)] { [(0, 1)] }
    public func isTerminal(_ state: Int) -> Bool { state == length - 1 }

    public func outcomes(of action: Int, in state: Int) -> [Outcome<Int>] {
        let next = action == 1 ? state + 1 : max(state - 1, 0)
        let reward = isTerminal(next) ? 1 : next == 0 && state == 0 ? 0.1 : 0
        return [Outcome(state: next, probability: 1, reward: reward)]
    }

    /// 1, and the place in the chain as a number from 0 to 1.
    public func features(of state: Int) -> [Double] { [1, Double(state) / Double(length - 1)] }

    public var description: String {
        "ChainWorld of \(length) states, horizon \(horizon): 0.1 for staying at 0, 1 for reaching \(length - 1)"
    }
}
