import TextDisplay

/// What came of training a child.
public struct ChildResult: Sendable, Codable, Equatable {
    /// How a training ended.
    public enum Outcome: String, Sendable, Codable {
        /// All epochs were trained.
        case trained
        /// The loss stopped being a finite number.
        case diverged
        /// The layers do not fit the images.
        case refused
    }
    /// How the training ended.
    public let outcome: Outcome
    /// The validation accuracy after the last epoch, 0 to 1; 0 for a child that was not trained to the end.
    public let validation: Double
    /// What the strategy sees of it: see ``RewardRule``.
    public let reward: Double
    /// The number of learned numbers.
    public let parameters: Int
    /// How long it took.
    public let seconds: Double
    /// Why it was refused; nil for a child that was not.
    public let reason: String?

    init(
        outcome: Outcome, validation: Double, reward: Double, parameters: Int, seconds: Double, reason: String? = nil
    ) {
        self.outcome = outcome
        self.validation = validation
        self.reward = reward
        self.parameters = parameters
        self.seconds = seconds
        self.reason = reason
    }

    /// A result as it was stored, perhaps when the accuracy was the only reward.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let validation = try values.decode(Double.self, forKey: .validation)
        self.init(
            outcome: try values.decode(Outcome.self, forKey: .outcome), validation: validation,
            reward: try values.decodeIfPresent(Double.self, forKey: .reward) ?? validation,
            parameters: try values.decode(Int.self, forKey: .parameters),
            seconds: try values.decode(Double.self, forKey: .seconds),
            reason: try values.decodeIfPresent(String.self, forKey: .reason))
    }
}

extension ChildResult: CustomStringConvertible {
    /// What came of it in a few words: `validation 97.7 %`, or why there is no accuracy.
    public var description: String {
        switch outcome {
        case .trained: "validation \(percent(validation))"
        case .diverged: "diverged"
        case .refused: "refused: \(reason ?? "the layers do not fit the images")"
        }
    }
}

extension ChildResult.Outcome: CustomStringConvertible {
    /// The name of the case.
    public var description: String { rawValue }
}
