/// What explains that a derivative differs from its finite difference, and what was measured to find out.
struct GradientDiagnosis {
    /// Where yours is, seen from the slopes on the two sides of a kink.
    enum Standing {
        case left, right, between
        /// None of these: yours is wrong, if it is not one of many kinks that meet at the point.
        case outside
    }

    /// What excuses yours; nil where nothing does, so that it is wrong.
    var excuse: GradientReport.Cause?
    /// What the slope is by the best step, and how far that may be off.
    var slope: Double, slopeError = 0.0
    /// Whether the difference stays the same whatever the step.
    var isSteady = false
    /// The slopes to the left and to the right of a kink, and where yours is.
    var kink: (left: Double, right: Double, standing: Standing)?
    /// Whether the kink or the jump is beside the point, within a step, and not at it.
    var isBeside = false
    /// |φ|, how far it is off, and the error that this leaves in the difference.
    var rounding: (magnitude: Double, valueError: Double, slopeError: Double)?
    /// Two values of the function at one point.
    var values: (first: Double, second: Double)?
    /// A step with which all is well, where one was looked for and found.
    var step: Double?
    /// The least and the largest of the slopes beside the point, where many kinks meet in it.
    var slopesBeside: ClosedRange<Double>?
    /// Whether yours is right at the points beside this one that were tried.
    var isRightBeside = false

    /// Whether the point is one where no slope is known.
    var isAtKink: Bool { kink != nil || slopesBeside != nil || isRightBeside }

    /// Whether the slopes beside the point are those of the two sides, so that there is one kink and not many.
    func isOneKink(slopesBeside beside: ClosedRange<Double>) -> Bool {
        guard let kink else { return false }
        let sides = min(kink.left, kink.right)...max(kink.left, kink.right)
        let slack = 0.01 * (sides.upperBound - sides.lowerBound)
        return beside.lowerBound >= sides.lowerBound - slack && beside.upperBound <= sides.upperBound + slack
    }

    /// Takes in that yours is right beside the point, where the slopes along the line are these.
    ///
    /// Where they are others than at the point, many kinks meet in it, and it shows nothing of the rule. Where they are
    /// the same, the point is no such place, and yours is wrong at it.
    mutating func take(rightSlopesBeside slopes: [Double]) {
        isRightBeside = true
        let here = [kink?.left ?? slope, kink?.right ?? slope]
        let isSame = slopes.allSatisfy { beside in
            here.contains { abs($0 - beside) <= 0.01 * max(abs($0), abs(beside)) + slopeError }
        }
        if !isSame { excuse = .kink }
    }
}
