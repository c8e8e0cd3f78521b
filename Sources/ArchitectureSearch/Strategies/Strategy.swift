import TextDisplay

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

/// The most children between two updates of a strategy.
let largestBatch = 100_000

extension Strategy {
    /// Why so many architectures can't be proposed at once, or nil where they can.
    package func problem(proposing count: Int) -> InvalidArgument? {
        0...largestBatch ~= count ? nil : InvalidArgument("count is 0 to \(largestBatch) architectures; not \(count)")
    }

    /// Why rewards can't be those of the architectures that were proposed last, or nil where they can.
    func problem(rewarding proposed: Int, with rewards: [Double]) -> InvalidArgument? {
        guard rewards.count == proposed else {
            return InvalidArgument(
                "there is one reward for each of the \(proposed) architectures proposed last; not \(rewards.count)")
        }
        return rewards.first { !(-1e6...1e6 ~= $0) }.map {
            InvalidArgument("a reward is -1e6 to 1e6; not \(formatted($0))")
        }
    }
}
