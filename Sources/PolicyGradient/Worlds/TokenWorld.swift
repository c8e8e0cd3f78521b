import Autodiff
import TextDisplay

/// Architecture search with one decision per time step, as Zoph and Le (2017) read it.
///
/// The state is the list of tokens chosen so far, the action is the next token, and the only reward comes with the last one:
/// the accuracy of the network that the tokens describe. Nothing in this world is random but the policy. The other
/// reading, a whole architecture at a time, is ``ArchitectureWorld``.
///
///     TokenWorld(choices: [2, 3], rewards: [0.1, 0.9, 0.3, 0.5, 0.2, 0.7])
public struct TokenWorld: World, CustomStringConvertible {
    /// The number of choices of each decision.
    public let choices: [Int]
    private let reward: @Sendable ([Int]) -> Double

    /// A world of the given decisions, and the reward of a finished list of tokens.
    public init(choices: [Int], reward: @escaping @Sendable (_ tokens: [Int]) -> Double) {
        require(Self.problem(choices: choices))
        self.choices = choices
        self.reward = reward
    }

    /// A world of the given decisions, with the rewards of all architectures in order; the last token changes fastest.
    public init(choices: [Int], rewards: [Double]) {
        require(Self.problem(choices: choices, rewards: rewards))
        self.init(choices: choices) { tokens in
            rewards[zip(choices, tokens).reduce(0) { $0 * $1.0 + $1.1 }]
        }
    }

    /// Why such a world can't be made, or nil where it can.
    public static func problem(choices: [Int], rewards: [Double]? = nil) -> InvalidArgument? {
        if !(1...10_000 ~= choices.count) {
            return InvalidArgument("there are 1 to 10000 decisions; not \(choices.count)")
        }
        if let wrong = choices.first(where: { !(1...10_000 ~= $0) }) {
            return InvalidArgument("a decision has 1 to 10000 choices; not \(wrong)")
        }
        guard let rewards else { return nil }
        let count = choices.reduce(1.0) { $0 * Double($1) }
        if Double(rewards.count) != count {
            return InvalidArgument(
                "there is one reward for each of the \(formatted(count)) architectures; not \(rewards.count)")
        }
        if let wrong = rewards.first(where: { !$0.isFinite }) {
            return InvalidArgument("a reward is a finite number; not \(formatted(wrong))")
        }
        return nil
    }

    public var horizon: Int { choices.count }
    public var initialStates: [(state: [Int], probability: Double)] { [([], 1)] }
    public func actionCount(in tokens: [Int]) -> Int { isTerminal(tokens) ? 0 : choices[tokens.count] }
    public func isTerminal(_ tokens: [Int]) -> Bool { tokens.count == choices.count }

    /// The tokens are choices of the first decisions.
    public func problem(in tokens: [Int]) -> InvalidArgument? { Self.problem(with: tokens, of: choices) }

    /// Why tokens are no choices of the first decisions, or nil where they are.
    package static func problem(with tokens: [Int], of choices: [Int]) -> InvalidArgument? {
        guard tokens.count <= choices.count else {
            return InvalidArgument("there are \(choices.count) decisions; not \(tokens.count)")
        }
        for (decision, (token, count)) in zip(tokens, choices).enumerated() where !(0..<count ~= token) {
            return InvalidArgument("decision \(decision) has the tokens 0 to \(count - 1); not \(token)")
        }
        return nil
    }

    public func outcomes(of action: Int, in tokens: [Int]) -> [Outcome<[Int]>] {
        let next = tokens + [action]
        return [Outcome(state: next, probability: 1, reward: isTerminal(next) ? reward(next) : 0)]
    }

    /// The trajectory that chooses the given tokens, one after the other.
    ///
    ///     TokenWorld(choices: [2, 2], rewards: [0, 0.5, 1, 0]).trajectory(choosing: [1, 0])      // r(τ) = 1
    public func trajectory(choosing tokens: [Int]) -> Trajectory<[Int]> {
        require(self.problem(choosing: tokens))
        var state: [Int] = []
        let steps = tokens.map { token in
            // Nothing here is left to chance: there is one outcome.
            let outcome = outcomes(of: token, in: state)[0]
            defer { state = outcome.state }
            return Trajectory<[Int]>.Step(state: state, action: token, reward: outcome.reward)
        }
        return Trajectory(steps: steps, finalState: state)
    }

    /// Why tokens are not a choice for each decision, or nil where they are.
    package func problem(choosing tokens: [Int]) -> InvalidArgument? {
        if let problem = problem(in: tokens) { return problem }
        return isTerminal(tokens)
            ? nil : InvalidArgument("there is a token for each of the \(choices.count) decisions; not \(tokens.count)")
    }

    /// The numbers of choices.
    public var description: String {
        "TokenWorld: \(choices.count) decisions with \(choices.map(String.init).joined(separator: ", ")) choices"
    }
}
