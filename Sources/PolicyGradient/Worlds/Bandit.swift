import Autodiff
import TextDisplay

/// The smallest world: one state, one action, and then it is over. Arm i pays 1 with probability pᵢ, else 0.
///
///     Bandit([0.2, 0.5, 0.8])
public struct Bandit: FiniteWorld, CustomStringConvertible {
    /// The probability with which each arm pays.
    public let probabilities: [Double]

    /// A bandit with one arm for each probability.
    public init(_ probabilities: [Double]) {
        require(Self.problem(probabilities))
        self.probabilities = probabilities
    }

    /// Why a bandit can't be made so, or nil where it can.
    public static func problem(_ probabilities: [Double]) -> InvalidArgument? {
        if !(1...10_000 ~= probabilities.count) {
            return InvalidArgument("a bandit has 1 to 10000 arms; not \(probabilities.count)")
        }
        if let wrong = probabilities.first(where: { !(0...1 ~= $0) }) {
            return InvalidArgument("an arm pays with a probability, 0 to 1; not \(formatted(wrong))")
        }
        return nil
    }

    public var horizon: Int { 1 }
    public var stateCount: Int { 1 }
    /// The number of arms.
    public var actionCount: Int { probabilities.count }
    public var actionNames: [String] { probabilities.indices.map { "arm \($0)" } }
    public var initialStates: [(state: Int, probability: Double)] { [(0, 1)] }
    public func isTerminal(_ state: Int) -> Bool { false }

    public func outcomes(of action: Int, in state: Int) -> [Outcome<Int>] {
        let p = probabilities[action]
        return [
            Outcome(state: 0, probability: p, reward: 1), Outcome(state: 0, probability: 1 - p, reward: 0),
        ].filter { $0.probability > 0 }
    }

    public var description: String {
        "Bandit with \(probabilities.count) arms that pay 1 with probability "
            + probabilities.map { formatted($0) }.joined(separator: ", ")
    }
}
