import TextDisplay

/// A moving average of past returns, for subtracting from the next ones: b ← λb + (1 − λ) r̄.
///
/// E[∇log π(τ) b] = 0 for every b that does not depend on τ, so that a baseline leaves the policy gradient's expectation
/// as it is and lowers its variance. The value is corrected for its start at zero, as Adam's averages are; before the
/// first update it is zero (Williams 1992; Zoph and Le 2017, section 3.2).
public struct MovingAverageBaseline: Sendable, Codable, Equatable {
    /// How much of the past is kept: λ, 0 to 1.
    public let decay: Double
    private var sum = 0.0
    private var weight = 0.0

    /// A baseline that has seen no return.
    public init(decay: Double = 0.9) {
        require(Self.problem(decay: decay))
        self.decay = decay
    }

    /// Why a number is no decay, or nil where it is one.
    public static func problem(decay: Double) -> InvalidArgument? {
        0...1 ~= decay ? nil : InvalidArgument("a decay is 0 to 1; not \(formatted(decay))")
    }

    /// The baseline b.
    public var value: Double { weight == 0 ? 0 : sum / weight }

    /// Whether it has seen no return yet.
    public var isEmpty: Bool { weight == 0 }

    /// Takes in the mean of some returns.
    public mutating func update(with meanReturn: Double) {
        sum = decay * sum + (1 - decay) * meanReturn
        weight = decay * weight + (1 - decay)
    }
}

extension MovingAverageBaseline: CustomStringConvertible {
    /// The baseline and its decay.
    public var description: String { "moving average \(formatted(value)), decay \(formatted(decay))" }
}
