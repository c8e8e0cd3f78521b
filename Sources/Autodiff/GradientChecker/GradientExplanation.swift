import TextDisplay

/// The wording of causes.
extension GradientReport {
    func explanation(_ cause: Cause) -> String {
        switch cause {
        case .sign: "yours is the negative of the truth: a sign"
        case .factor(let ratio): Self.explanation(ofFactor: ratio)
        case .missing(let parameter): "yours is zero for '\(parameter)': a forgotten term, or a detached value"
        case .missingIn(let places, let total):
            "yours is zero in \(places) of \(total) places where the function has a slope: a detached value, "
                + "or a forgotten term"
        case .rounding: "rounding of the differences: \(roundingError); \(advice)"
        case .truncation: "the error shrinks with the step: truncation of the differences, not a bug; \(advice)"
        case .kink: kinkFound
        case .jump: jumpFound
        case .noise: noiseFound
        case .onlyHere: wrongOnlyHere
        case .unknown: reproach
        }
    }

    private static func explanation(ofFactor ratio: Double) -> String {
        let (yours, inverse) = ("yours is \(formatted(ratio))", 1 / ratio)
        func isWhole(_ number: Double) -> Bool { abs(number - number.rounded()) < 1e-6 * abs(number) }
        if abs(ratio - 2) < 1e-3 || abs(ratio - 0.5) < 1e-3 {
            return "\(yours) times the truth: a missing factor, such as the 2 of x²"
        }
        if ratio < 0 { return "\(yours) times the truth: a sign, and a factor" }
        if ratio > 1 && isWhole(ratio) { return "\(yours) times the truth: a sum where a mean is meant?" }
        if ratio < 1 && isWhole(inverse) {
            return "\(yours) = 1/\(formatted(inverse)) times the truth: a mean where a sum is meant?"
        }
        return "\(yours) times the truth: a factor"
    }

    /// The step that was found to do.
    private var advice: String {
        diagnosis?.step.map { "step \(formatted($0)) would do" } ?? "no step would do, and yours is not shown wrong"
    }

    private var roundingError: String {
        guard let found = diagnosis?.rounding else { return "the values of f are not exact" }
        let size = formatted(found.slopeError, digits: 2)
        if found.valueError <= 2 * .ulpOfOne * found.magnitude {
            return "where |f| is \(formatted(found.magnitude, digits: 3)), they are off by about ε|f|/h = \(size)"
        }
        let values = formatted(found.valueError, digits: 2)
        return "the values of f are exact to \(values) only (larger numbers cancel in it, or it computes in Float), "
            + "and they to about \(values)/h = \(size)"
    }

    private var kinkFound: String {
        guard let diagnosis else { return "a kink" }
        let place = diagnosis.isBeside ? "a kink within a step of this point" : "a kink at this point"
        let end = diagnosis.isBeside ? advice : "yours is not shown wrong"
        if diagnosis.isRightBeside {
            return "kinks meet at this point: yours is none of the slopes here, but agrees with those beside it; \(end)"
        }
        if let beside = diagnosis.slopesBeside {
            let (least, most) = (formatted(beside.lowerBound), formatted(beside.upperBound))
            return "kinks meet at this point: yours lies between the slopes beside it, \(least) to \(most); \(end)"
        }
        guard let kink = diagnosis.kink else {
            return diagnosis.isBeside ? "\(place), not a bug; \(end)" : "the kinks of single elements; \(end)"
        }
        let (left, right) = (formatted(kink.left), formatted(kink.right))
        switch kink.standing {
        case .left: return "\(place): yours equals its left-hand slope, and its right-hand slope is \(right); \(end)"
        case .right: return "\(place): yours equals its right-hand slope, and its left-hand slope is \(left); \(end)"
        case .between: return "\(place): yours lies between its one-sided slopes, \(left) and \(right); \(end)"
        case .outside: return "the kinks of single elements; \(end)"
        }
    }

    private var jumpFound: String {
        diagnosis?.isBeside == true
            ? "a jump of the function within a step of this point, not a bug; \(advice)"
            : "the differences grow without end as the step shrinks: the function jumps at this point, or has a vertical "
                + "slope, and no gradient is right here"
    }

    private var noiseFound: String {
        guard let values = diagnosis?.values else { return "the function gives another value at the same point" }
        let (first, second) = (formatted(values.first), formatted(values.second))
        let away = formatted(abs(values.second - values.first), digits: 2)
        return "the function gives another value at the same point: \(first), then "
            + "\(first == second ? "one that is \(away) away" : second); does it draw random numbers, or count its calls?"
    }

    private var wrongOnlyHere: String {
        let end = "kinks that meet here, or a rule of its own for this point?"
        guard let slopes else { return "yours is right beside this point, and wrong at it alone: \(end)" }
        return "yours is right beside this point; at it, it is neither of the one-sided slopes, \(slopes), "
            + "nor between them: \(end)"
    }

    private var reproach: String {
        if let beside = diagnosis?.slopesBeside {
            let (least, most) = (formatted(beside.lowerBound), formatted(beside.upperBound))
            return "kinks meet at this point, and yours is not between the slopes beside it, \(least) to \(most): "
                + "a wrong formula, unless the chain rule fails at these kinks"
        }
        if let slopes {
            return "a kink at this point, but yours is neither of its one-sided slopes, \(slopes), nor between them: "
                + "a wrong formula"
        }
        return diagnosis?.isSteady == true
            ? "the error stays the same whatever the step: a wrong formula"
            : "no step brings the differences to yours, and they are more exact than that: a wrong formula"
    }

    /// The slopes on the two sides of a kink: `0 and 1`.
    private var slopes: String? {
        diagnosis?.kink.map { "\(formatted($0.left)) and \(formatted($0.right))" }
    }
}
