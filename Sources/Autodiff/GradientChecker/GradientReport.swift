import TextDisplay

/// What a gradient check found: the verdict, the worst element, and the likely cause.
///
/// Its description is written for the person whose gradient it is: "yours" beside "finite difference".
public struct GradientReport: Sendable, CustomStringConvertible {
    /// Why a check did not pass.
    public enum Failure: Sendable, Equatable {
        /// Elements differ by more than the tolerance.
        case wrong(Cause)
        /// Both sides are zero everywhere: nothing was tested.
        case vacuous
        /// A gradient has another shape than its parameter.
        case shape(parameter: String, yours: [Int], expected: [Int])
        /// The function or a gradient is not a finite number.
        case notFinite
    }

    /// What explains the differences best.
    public enum Cause: Sendable, Equatable {
        /// Yours is the finite difference times −1.
        case sign
        /// Yours is the finite difference times a constant.
        case factor(Double)
        /// Yours is zero where the function does have a slope.
        case missing(parameter: String)
        /// Yours is zero in some places where the function does have a slope, and right or wrong in others.
        case missingIn(places: Int, of: Int)
        /// The error is no larger than the rounding of the values explains: yours is not shown wrong.
        case rounding
        /// The error shrinks with the step, as truncation does: yours is not shown wrong.
        case truncation
        /// The function has a kink within a step of the point, and yours is a slope of it: it is not shown wrong.
        case kink
        /// The function jumps within a step of the point, or has a vertical slope there: yours is not shown wrong.
        case jump
        /// The function gives another value at the same point: yours is not shown wrong.
        case noise
        /// Yours is right beside the point, and wrong at it alone.
        case onlyHere
        /// None of the known patterns.
        case unknown
    }

    /// Why the check failed; nil where it passed.
    public let failure: Failure?
    /// The comparison that uses the largest share of its tolerance, of those that are wrong and not excused if there are any.
    public let worst: GradientComparison?
    /// How many derivatives were compared.
    public let total: Int
    /// How many of them differed by more than the tolerance.
    public let wrong: Int
    /// How many of those are explained by rounding, truncation, a kink, a jump or noise, and so not shown wrong.
    public let excused: Int
    /// The step h of the differences.
    public let step: Double
    /// The seed of the sample.
    public let seed: Int
    /// What explains the worst.
    let diagnosis: GradientDiagnosis?

    init(
        failure: Failure?, worst: GradientComparison? = nil, total: Int = 0, wrong: Int = 0, excused: Int = 0,
        diagnosis: GradientDiagnosis? = nil, checker: GradientChecker
    ) {
        self.failure = failure
        self.worst = worst
        self.total = total
        self.wrong = wrong
        self.excused = excused
        self.diagnosis = diagnosis
        step = checker.step
        seed = checker.seed
    }

    /// Whether every derivative agreed, and at least one of them was not zero.
    public var passed: Bool { failure == nil }

    /// The verdict first, then the worst element, then the likely cause.
    public var description: String {
        var lines = [verdict]
        if let worst {
            lines += [
                "  worst: \(worst.parameter)\(worst.index)",
                "    yours             \(formatted(worst.yours))",
                "    finite difference \(formatted(worst.difference))",
                "    absolute error    \(formatted(worst.absoluteError)), relative error \(formatted(worst.relativeError))",
                "    tolerance         \(formatted(worst.tolerance)), \(Self.share(worst.toleranceUsed))",
            ]
        }
        if case .wrong(let cause) = failure { lines.append("  likely cause: \(explanation(cause))") }
        lines.append("  step \(formatted(step)), seed \(seed)")
        return lines.joined(separator: "\n")
    }

    private var verdict: String {
        switch failure {
        case nil: "gradient check passed: \(total) derivatives agree"
        case .wrong where excused == wrong:
            "gradient check FAILED: \(wrong) of \(total) derivatives differ, none of them shown wrong"
        case .wrong where excused > 0:
            "gradient check FAILED: \(wrong - excused) of \(total) derivatives are wrong; "
                + "\(excused) more differ, not shown wrong"
        case .wrong: "gradient check FAILED: \(wrong) of \(total) derivatives are wrong"
        case .vacuous: "gradient check FAILED: both sides are zero everywhere, so nothing was tested"
        case .notFinite where worst?.yours.isFinite == true:
            "gradient check FAILED: the function is not a finite number everywhere within a step of this point"
        case .notFinite: "gradient check FAILED: a derivative is not a finite number"
        case .shape(let parameter, let yours, let expected):
            "gradient check FAILED: the gradient of '\(parameter)' has shape \(yours), the parameter \(expected)"
        }
    }

    private static func share(_ used: Double) -> String {
        used <= 1
            ? "of which used \(formatted((10_000 * used).rounded() / 100)) %"
            : "exceeded \(used < 100 ? formatted((10 * used).rounded() / 10) : formatted(used.rounded())) times"
    }
}

extension GradientReport.Failure: CustomStringConvertible {
    /// What is wrong, in a few words.
    public var description: String {
        switch self {
        case .wrong(let cause): "wrong: \(cause)"
        case .vacuous: "both sides are zero everywhere"
        case .shape(let parameter, let yours, let expected): "'\(parameter)' has shape \(yours), not \(expected)"
        case .notFinite: "a derivative is not a finite number"
        }
    }
}

extension GradientReport.Cause: CustomStringConvertible {
    /// The likely cause, in a few words; the report explains it.
    public var description: String {
        switch self {
        case .sign: "the sign"
        case .factor(let ratio): "a factor of \(formatted(ratio))"
        case .missing(let parameter): "nothing for '\(parameter)'"
        case .missingIn(let places, let total): "nothing in \(places) of \(total) places"
        case .rounding: "rounding"
        case .truncation: "truncation"
        case .kink: "a kink"
        case .jump: "a jump"
        case .noise: "noise"
        case .onlyHere: "wrong only here"
        case .unknown: "no known cause"
        }
    }
}
