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
        /// The error shrinks with the step, as truncation does.
        case truncation
        /// The function has a kink within a step of the point.
        case kink
        /// None of the known patterns.
        case unknown
    }

    /// Why the check failed; nil where it passed.
    public let failure: Failure?
    /// The comparison that uses the largest share of its tolerance.
    public let worst: GradientComparison?
    /// How many derivatives were compared.
    public let total: Int
    /// How many of them were wrong.
    public let wrong: Int
    /// The step h of the differences.
    public let step: Double
    /// The seed of the sample.
    public let seed: Int

    init(failure: Failure?, worst: GradientComparison? = nil, total: Int = 0, wrong: Int = 0, checker: GradientChecker)
    {
        self.failure = failure
        self.worst = worst
        self.total = total
        self.wrong = wrong
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
        if case .wrong(let cause) = failure { lines.append("  likely cause: \(Self.explanation(cause))") }
        lines.append("  step \(formatted(step)), seed \(seed)")
        return lines.joined(separator: "\n")
    }

    private var verdict: String {
        switch failure {
        case nil: "gradient check passed: \(total) derivatives agree"
        case .wrong: "gradient check FAILED: \(wrong) of \(total) derivatives are wrong"
        case .vacuous: "gradient check FAILED: both sides are zero everywhere, so nothing was tested"
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

    private static func explanation(_ cause: Cause) -> String {
        switch cause {
        case .sign: "yours is the negative of the truth: a sign"
        case .factor(let ratio) where abs(ratio - 2) < 1e-3 || abs(ratio - 0.5) < 1e-3:
            "yours is \(formatted(ratio)) times the truth: a missing factor, such as the 2 of x²"
        case .factor(let ratio) where ratio > 1:
            "yours is \(formatted(ratio)) times the truth: a sum where a mean is meant?"
        case .factor(let ratio):
            "yours is \(formatted(ratio)) = 1/\(formatted(1 / ratio)) times the truth: a mean where a sum is meant?"
        case .missing(let parameter): "yours is zero for '\(parameter)': a forgotten term, or a detached value"
        case .missingIn(let places, let total):
            "yours is zero in \(places) of \(total) places where the function has a slope: a detached value, or a forgotten term"
        case .truncation:
            "the error shrinks with the step: truncation of the differences, not a bug; use a smaller step"
        case .kink: "the differences change with the step without settling: a kink near this point"
        case .unknown: "the error stays the same whatever the step: a wrong formula"
        }
    }
}

extension GradientChecker {
    func judge(
        _ comparisons: [GradientComparison], names: [String], at point: [Tensor<Double>],
        of f: ([Tensor<Double>]) -> Double
    ) -> GradientReport {
        let wrong = comparisons.filter(\.isWrong)
        // An element says more than a direction through all of them: the worst is one where any is wrong.
        let wrongElements = wrong.filter { $0.block != nil }
        let worst = (wrongElements.isEmpty ? comparisons : wrongElements).max { $0.toleranceUsed < $1.toleranceUsed }
        func report(_ failure: GradientReport.Failure?) -> GradientReport {
            GradientReport(
                failure: failure, worst: worst, total: comparisons.count, wrong: wrong.count, checker: self)
        }
        if comparisons.contains(where: { !$0.yours.isFinite || !$0.difference.isFinite }) { return report(.notFinite) }
        if comparisons.allSatisfy({ $0.yours == 0 && abs($0.difference) <= absoluteTolerance }) {
            return report(.vacuous)
        }
        guard let worst, !wrong.isEmpty else { return report(nil) }
        return report(.wrong(cause(of: worst, among: comparisons, names: names, at: point, f)))
    }

    private func cause(
        of worst: GradientComparison, among comparisons: [GradientComparison], names: [String],
        at point: [Tensor<Double>], _ f: ([Tensor<Double>]) -> Double
    ) -> GradientReport.Cause {
        let elements = comparisons.filter { $0.block != nil }
        let steep = elements.filter { abs($0.difference) > 1e-6 }
        // Three steps: truncation shrinks with h², a bug stays, a kink jumps.
        if let block = worst.block {
            let direction = Direction.element(block: block, index: Self.flattened(worst.index, point[block].shape))
            let errors = [step, step / 4, step / 16].map { abs(difference(f, point, direction, $0) - worst.yours) }
            if 8...32 ~= errors[0] / errors[1] && errors[2] < errors[1] { return .truncation }
            let isFlat = errors.allSatisfy { abs($0 - errors[0]) < 0.02 * errors[0] }
            if !isFlat && hasKink(f, point, direction) { return .kink }
        }
        // The same ratio everywhere names its cause.
        let ratios = steep.map { $0.yours / $0.difference }
        if let ratio = ratios.first, abs(ratio) > 1e-9, ratios.allSatisfy({ abs($0 - ratio) < 1e-3 * abs(ratio) }) {
            return abs(ratio + 1) < 1e-3 ? .sign : .factor(ratio)
        }
        for name in names {
            let block = steep.filter { $0.parameter == name }
            if !block.isEmpty && block.allSatisfy({ $0.yours == 0 }) { return .missing(parameter: name) }
        }
        let zeros = steep.count { $0.yours == 0 }
        return zeros > 0 ? .missingIn(places: zeros, of: steep.count) : .unknown
    }

    /// Whether the slopes on the two sides of the point differ.
    private func hasKink(_ f: ([Tensor<Double>]) -> Double, _ point: [Tensor<Double>], _ direction: Direction) -> Bool {
        guard case .element(let block, let index) = direction else { return false }
        func value(_ offset: Double) -> Double {
            var elements = point[block].elements
            elements[index] += offset
            var moved = point
            moved[block] = Tensor(elements, shape: point[block].shape)
            return f(moved)
        }
        let right = (value(step) - value(0)) / step, left = (value(0) - value(-step)) / step
        return abs(right - left) > 1e-2 * max(abs(right), abs(left))
    }
}
