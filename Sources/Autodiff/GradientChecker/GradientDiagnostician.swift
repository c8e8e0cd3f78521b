/// Finds what explains the error of one derivative: rounding, truncation, a kink, a jump, another value at each call,
/// or nothing of these.
///
/// The central difference errs by about η/h + h²φ‴/6, where η is the error of the values. So an error that grows as the
/// step shrinks is rounding, one that shrinks is truncation, and one that stays is a wrong formula, or a kink.
struct GradientDiagnostician {
    /// A difference is off by this many times the size of its rounding at most. Of 7,560 random functions, one in two was
    /// off by 0.2 times, one in a thousand by 2.5, and the worst by 7.1 times.
    static let margin = 8.0

    let checker: GradientChecker
    let line: DifferenceLine
    let yours: Double
    /// How often values are evaluated again, to see whether they repeat.
    let repetitions: Int

    /// A slope, how far it may be off, and the step that gave it.
    private typealias Slope = (slope: Double, error: Double, step: Double)

    private var step: Double { checker.step }
    private var error: Double { error(step) }
    private func error(_ step: Double) -> Double { abs(yours - line.central(step)) }
    private func bound(_ step: Double) -> Double { Self.margin * line.rounding(step) }

    func diagnosis() -> GradientDiagnosis {
        line.repeatValues(step, times: repetitions)
        if let values = line.unrepeated,
            line.spread > Self.margin * .ulpOfOne * line.magnitude(step), error <= bound(step)
        {
            return GradientDiagnosis(excuse: .noise, slope: line.central(step), values: values)
        }
        // A difference of exactly 0 may be one that rounding swallowed; a small error, one that is steady by chance.
        let isDoubtful = line.central(step / 3) == 0 || error < 0.01 * max(abs(yours), abs(line.central(step)))
        if staysTheSame && !isDoubtful && abs(line.bend(step / 17)) < 0.1 * error { return steadyError }
        measureRoughness()
        if growsWithoutEnd { return GradientDiagnosis(excuse: .jump, slope: line.central(step)) }
        let steps = sweep()
        let best = settled(steps, line.central, margin: 1)
        var result = GradientDiagnosis(slope: best.slope, slopeError: best.error, rounding: roundingMeasured)
        if abs(yours - best.slope) <= checker.tolerance(yours, best.slope) + 2 * best.error {
            let isRounding = abs(line.central(step) - best.slope) <= bound(step) + min(best.error, bound(step))
            if isRounding { result.excuse = .rounding } else { explainLargeStep(&result, steps, best) }
            return result
        }
        if let (left, right) = kink(steps) {
            let standing = standing(left, right)
            result.kink = (left.slope, right.slope, standing)
            if standing != .outside { result.excuse = .kink }
        }
        if result.excuse == nil && error <= bound(step) && !isPlain(steps, best) {
            (result.excuse, result.kink) = (.rounding, nil)
        }
        result.isSteady = staysTheSame
        return result
    }

    // MARK: - The error as the step changes

    /// By factors without a common measure: values rounded to multiples of a number give the same at halves of a step.
    private var smallerSteps: [Double] { [step / 3, step / 7, step / 17] }

    /// The error is the same at smaller steps, where rounding would show and truncation would be gone.
    private var staysTheSame: Bool {
        smallerSteps.allSatisfy { abs(error($0) - error) < 0.02 * error && bound($0) < 0.02 * error }
    }

    /// How little the difference changes is how exact it is.
    private var steadyError: GradientDiagnosis {
        var change = 0.0
        for smaller in smallerSteps {
            let own = abs(line.central(smaller) - line.central(step))
            line.roughness = max(line.roughness, own * smaller * line.scale)
            change = max(change, own)
        }
        return GradientDiagnosis(slope: line.central(step), slopeError: change, isSteady: true)
    }

    /// The differences of a jump grow as 1/h, those of a vertical slope more slowly.
    private var growsWithoutEnd: Bool {
        let steps = (0...4).map { step / Double(1 << (2 * $0)) }
        return bound(steps[4]) < 0.02 * error(steps[4])
            && zip(steps, steps.dropFirst()).allSatisfy { 1.3 * error($0) < error($1) }
    }

    /// ε|φ| may say too little. Where rounding swallows every change of the values, it shows at a larger step.
    private func measureRoughness() {
        var step = step
        while abs(step) < 1 && (line.isConstant(step) || !line.measureRoughness(near: step)) { step *= 16 }
    }

    private var roundingMeasured: (magnitude: Double, valueError: Double, slopeError: Double) {
        let magnitude = line.magnitude(step)
        return (magnitude, max(.ulpOfOne * magnitude, line.roughness), line.rounding(step))
    }

    /// Steps by factors of 4, ascending: as small as the differences say anything, and as large as rounding asks for and
    /// truncation allows.
    private func sweep() -> [Double] {
        var steps = [step / 16, step / 4, step]
        while steps.count < 10, bound(steps[0]) < error { steps.insert(steps[0] / 4, at: 0) }
        while let last = steps.last, 4 * last <= 1, bound(last) > checker.tolerance(yours, yours) / 10 {
            let next = 4 * last
            let change = abs(line.central(next) - line.central(last))
            let limit = max(bound(last) + bound(next), checker.tolerance(yours, line.central(last)))
            if !(change <= limit) { break }
            steps.append(next)
        }
        return steps
    }

    /// The slope by the step at which rounding and truncation are least, and how far it may be off.
    ///
    /// - Parameter margin: how many times as much as a central difference it is off for rounding.
    private func settled(_ steps: [Double], _ slope: (Double) -> Double, margin: Double) -> Slope {
        // By how much a slope changes from a step to the next is what truncation was there.
        let found = zip(steps, steps.dropFirst()).map { smaller, step in
            (slope: slope(step), error: margin * bound(step) + abs(slope(step) - slope(smaller)), step: step)
        }
        return found.filter { $0.error.isFinite }.min { $0.error < $1.error } ?? (slope(step), .infinity, step)
    }

    /// Whether larger steps show an error that rounding hides at the checker's own: three in a row give one slope, far
    /// from yours, and no bend.
    private func isPlain(_ steps: [Double], _ best: Slope) -> Bool {
        let error = abs(yours - best.slope)
        return steps.contains { step in
            bound(step) < 0.1 * error && abs(line.bend(step)) < 0.05 * error && steps.contains(16 * step)
                && [step, 4 * step, 16 * step].allSatisfy { abs(line.central($0) - best.slope) < 0.1 * error }
        }
    }

    /// The step is too large: for a smooth function, or for one with a kink or a jump within it.
    private func explainLargeStep(_ result: inout GradientDiagnosis, _ steps: [Double], _ best: Slope) {
        // The smallest step at which the error still shows; what the function does within it is simplest there.
        let shows = steps.first { error($0) > max(checker.tolerance(yours, yours), 4 * bound($0)) } ?? step
        // Yours may itself be off, by less than the tolerance; the best estimate is off at the step that gave it.
        if shrinksRegularly(from: shows, towards: yours)
            || shrinksRegularly(from: max(shows, 8 * best.step), towards: best.slope)
        {
            result.excuse = .truncation
            return
        }
        let bends = [shows, 4 * shows, 16 * shows].map { abs(line.bend($0)) }
        let (left, right) = (line.left(shows), line.right(shows))
        result.isBeside = true
        // The bend of a jump is the jump over h, however large h.
        result.excuse = zip(bends, bends.dropFirst()).allSatisfy { 0.2...0.3 ~= $1 / $0 } ? .jump : .kink
        // One side is smooth and has your slope; the other has all of the error.
        if min(abs(yours - left), abs(yours - right)) < 0.1 * bends[0] && error(shows) > 0.4 * bends[0] {
            result.kink = (left, right, abs(yours - left) < abs(yours - right) ? .left : .right)
        }
    }

    /// Truncation falls by one factor from each step to half of it, 4 for most functions; the error of a kink at a
    /// distance c is as 1 − c/h, and falls to nothing at once.
    private func shrinksRegularly(from step: Double, towards slope: Double) -> Bool {
        func error(_ step: Double) -> Double { abs(line.central(step) - slope) }
        // The smallest step whose half shows an error well beyond rounding.
        let steps = [step, 2 * step, 4 * step]
        let first = steps.first { error($0 / 2) > 10 * bound($0 / 2) } ?? 4 * step
        let errors = [first / 2, first, 2 * first, 4 * first].map(error)
        let factors = zip(errors, errors.dropFirst()).map { $1 / $0 }
        return factors.allSatisfy { $0 > 1.25 && 0.8...1.25 ~= $0 / factors[0] }
    }

    // MARK: - Kinks

    /// Whether the bend is more than rounding: the three values that it is made of are off by four times as much as a
    /// central difference.
    private func isSeen(_ step: Double) -> Bool { abs(line.bend(step)) > 4 * bound(step) }

    /// The slopes on both sides, where they differ however small the step.
    private func kink(_ steps: [Double]) -> (left: Slope, right: Slope)? {
        // What larger steps alone show need be no kink: from afar, much looks like one.
        guard let first = steps.first(where: isSeen), first <= 64 * step, isSeen(4 * first) else { return nil }
        let bend = abs(line.bend(first))
        // A bend of a smooth function is four times as large at four times the step; a jump's, a quarter.
        guard 0.6...1.5 ~= abs(line.bend(4 * first)) / bend else { return nil }
        // A smaller step that would show it, and does not, says that the kink is not at the point.
        if 4 * bound(first / 4) < bend / 2 && abs(line.bend(first / 4)) < bend / 2 { return nil }
        let steps = steps.contains(4 * first) ? steps : steps + [4 * first]
        let (left, right) = (settled(steps, line.left, margin: 2), settled(steps, line.right, margin: 2))
        return left.slope.isFinite && right.slope.isFinite ? (left, right) : nil
    }

    private func standing(_ left: Slope, _ right: Slope) -> GradientDiagnosis.Standing {
        func isMet(_ side: Slope) -> Bool {
            abs(yours - side.slope) <= checker.tolerance(yours, side.slope) + 2 * side.error
        }
        if isMet(left) || isMet(right) {
            return abs(yours - left.slope) < abs(yours - right.slope) ? .left : .right
        }
        return min(left.slope, right.slope)...max(left.slope, right.slope) ~= yours ? .between : .outside
    }
}
