import Autodiff
import TextDisplay

/// Architecture search with one whole architecture per time step: aₜ = sₜ₊₁.
///
/// The state is the previous architecture, the action is the next one, and it *becomes* the next state: p(s′|s, a) is 1 for
/// s′ = a and 0 otherwise. Nothing in this world is random but the policy. Each step pays the reward of the architecture
/// proposed. The other reading, a token at a time, is ``TokenWorld``.
///
///     ArchitectureWorld(rewards: [0.91, 0.95, 0.87], steps: 3)
public struct ArchitectureWorld: FiniteWorld, CustomStringConvertible {
    /// The reward of each architecture.
    public let rewards: [Double]
    /// The number of architectures that are proposed in one episode.
    public let horizon: Int

    /// A world with one state, and one action, for each architecture. Episodes start from architecture 0.
    public init(rewards: [Double], steps: Int) {
        require(Self.problem(rewards: rewards, steps: steps))
        self.rewards = rewards
        horizon = steps
    }

    /// Why such a world can't be made, or nil where it can.
    public static func problem(rewards: [Double], steps: Int) -> InvalidArgument? {
        if !(1...10_000 ~= rewards.count) {
            return InvalidArgument("there are 1 to 10000 architectures; not \(rewards.count)")
        }
        if let wrong = rewards.first(where: { !$0.isFinite }) {
            return InvalidArgument("a reward is a finite number; not \(formatted(wrong))")
        }
        if !(1...10_000 ~= steps) { return InvalidArgument("an episode has 1 to 10000 steps; not \(steps)") }
        return nil
    }

    public var stateCount: Int { rewards.count }
    /// The number of architectures: any of them can be proposed next.
    public var actionCount: Int { rewards.count }
    public var actionNames: [String] { rewards.indices.map { "architecture \($0)" } }
    public var initialStates: [(state: Int, probability: Double)] { [(0, 1)] }
    public func isTerminal(_ state: Int) -> Bool { false }

    public func outcomes(of action: Int, in state: Int) -> [Outcome<Int>] {
        [Outcome(state: action, probability: 1, reward: rewards[action])]
    }

    public var description: String {
        "ArchitectureWorld: \(rewards.count) architectures, \(horizon) of them proposed in an episode"
    }
}
