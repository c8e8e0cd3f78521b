import TextDisplay

/// One directional derivative, yours beside the finite difference.
public struct GradientComparison: Sendable {
    /// The number of the block; nil for a random direction.
    let block: Int?
    /// The name of the block, or "random direction".
    public let parameter: String
    /// The index in the block, or the number of the direction.
    public let index: [Int]
    /// The derivative that is judged.
    public let yours: Double
    /// The finite difference.
    public let difference: Double
    /// The error that was allowed: absolute + relative · max(|yours|, |difference|).
    public let tolerance: Double

    init(
        block: Int?, parameter: String, index: [Int], yours: Double, difference: Double, checker: GradientChecker
    ) {
        self.block = block
        self.parameter = parameter
        self.index = index
        self.yours = yours
        self.difference = difference
        tolerance = checker.tolerance(yours, difference)
    }

    /// |yours − difference|
    public var absoluteError: Double { abs(yours - difference) }
    /// The absolute error over the larger of the two magnitudes.
    public var relativeError: Double {
        let scale = max(abs(yours), abs(difference))
        return scale == 0 ? 0 : absoluteError / scale
    }
    /// The share of the tolerance that the error uses; above 1 the element is wrong, and not a number counts as wrong.
    public var toleranceUsed: Double {
        // No error uses nothing, of no tolerance either.
        if absoluteError == 0 { return 0 }
        return absoluteError.isNaN ? .infinity : absoluteError / tolerance
    }
    var isWrong: Bool { !(toleranceUsed <= 1) }
}

extension GradientComparison: CustomStringConvertible {
    /// The place with both numbers.
    public var description: String {
        "\(parameter)\(index): yours \(formatted(yours)), finite difference \(formatted(difference))"
    }
}
