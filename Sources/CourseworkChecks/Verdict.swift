import Autodiff
import TextDisplay

/// What became of an exercise.
public enum Verdict: Codable, Sendable, Equatable {
    /// The stub still throws `NotAttempted`.
    case notAttempted
    /// Every check passed.
    case right
    /// A check failed: what was computed, what it should have been, and the likely cause.
    case wrong(diagnosis: String)
    /// The code trapped, looped for ever, or ended the program.
    case broken(reason: String)

    /// Whether points are given.
    public var isRight: Bool { self == .right }
}

/// A check that failed, with what to tell the person whose attempt it was.
struct Refusal: Error {
    let diagnosis: String
}

/// Refuses values that are not the true ones.
///
/// The tolerance is 1e-9, relative to the largest true value; correct code differs by rounding, which is far below.
///
/// - Parameters:
///   - what: the name of the result.
///   - situation: for which arguments, in words.
///   - mistakes: what known mistakes would give, each in words that complete "yours is …".
func expect(
    _ yours: Tensor<Double>, equals truth: Tensor<Double>, _ what: String, _ situation: String,
    mistakes: [(name: String, value: Tensor<Double>)] = []
) throws {
    guard yours.shape == truth.shape else {
        throw Refusal(
            diagnosis: "\(what) has shape \(yours.shape), and should have \(truth.shape) (\(situation))")
    }
    let a = yours.elements, b = truth.elements
    let scale = b.reduce(1e-6) { max($0, abs($1)) }
    let wrong = a.indices.filter { !(abs(a[$0] - b[$0]) <= 1e-9 * scale) }
    // Not a number is worse than any difference.
    guard let worst = wrong.max(by: { badness(a[$0], b[$0]) < badness(a[$1], b[$1]) }) else { return }
    var lines = [
        "\(what) is wrong (\(situation))",
        "  worst: \(what)\(truth.shape.isEmpty ? "" : "\(GradientChecker.unflattened(worst, truth.shape))")",
        "    yours  \(formatted(a[worst]))",
        "    truth  \(formatted(b[worst]))",
        "  \(wrong.count) of \(a.count) numbers are wrong; the tolerance is \(formatted(1e-9 * scale))",
    ]
    if let cause = likelyCause(yours, truth, mistakes: mistakes) { lines.append("  likely cause: \(cause)") }
    throw Refusal(diagnosis: lines.joined(separator: "\n"))
}

func expect(
    _ yours: Double, equals truth: Double, _ what: String, _ situation: String,
    mistakes: [(name: String, value: Double)] = []
) throws {
    try expect(
        Tensor(yours), equals: Tensor(truth), what, situation,
        mistakes: mistakes.map { ($0.name, Tensor($0.value)) })
}

/// Refuses gradients that are not the slopes of `f`, by the finite differences of ``GradientChecker``.
///
/// - Parameter truth: the gradient as the library computes it, only to recognize a mistake by.
func expectGradients(
    _ yours: [(name: String, value: Tensor<Double>)], at point: [Tensor<Double>], _ situation: String,
    mistakes: [(name: String, values: [Tensor<Double>])] = [], of f: ([Tensor<Double>]) -> Tensor<Double>
) throws {
    let report = GradientChecker().compare(yours.map(\.value), names: yours.map(\.name), at: point) { f($0).value }
    if report.passed { return }
    var text = "\(report)\n  checked: \(situation)"
    if case .shape = report.failure { throw Refusal(diagnosis: text) }
    let parameters = zip(yours, point).map { Parameter($0.name, $1) }
    let gradient = ∇f(parameters.map(\.tensor))
    for (i, parameter) in parameters.enumerated() {
        guard let truth = gradient[parameter] else { continue }
        let known = mistakes.map { ($0.name, $0.values[i]) }
        if let cause = likelyCause(yours[i].value, truth, mistakes: known) {
            text += "\n  recognized: for '\(yours[i].name)', \(cause)"
        }
    }
    throw Refusal(diagnosis: text)
}

private func badness(_ a: Double, _ b: Double) -> Double { a.isFinite ? abs(a - b) : .infinity }

/// What explains the differences, from patterns that mistakes leave; nil where none fits.
func likelyCause(
    _ yours: Tensor<Double>, _ truth: Tensor<Double>, mistakes: [(name: String, value: Tensor<Double>)]
) -> String? {
    let a = yours.elements, b = truth.elements
    let scale = b.reduce(1e-6) { max($0, abs($1)) }
    func matches(_ other: [Double], from range: Range<Int>? = nil) -> Bool {
        let range = range ?? a.indices
        return other.count == a.count && range.contains { abs(other[$0] - b[$0]) > 1e-7 * scale }
            && range.allSatisfy { abs(a[$0] - other[$0]) <= 1e-7 * scale }
    }
    if matches(b) { return nil }
    if let mistake = mistakes.first(where: { matches($0.value.elements) }) { return "yours is \(mistake.name)" }
    if a.contains(where: { !$0.isFinite }) {
        return "a number that is not finite: a division by 0, or an exponential too large?"
    }
    if a.allSatisfy({ $0 == 0 }) { return "yours is zero: a forgotten term, or a result that was never written" }
    if matches(b.map { -$0 }) { return "yours is the negative of the truth: a sign" }
    let largest = b.indices.max { abs(b[$0]) < abs(b[$1]) } ?? 0
    if b[largest] != 0, case let ratio = a[largest] / b[largest], matches(b.map { ratio * $0 }) {
        return "yours is \(formatted(ratio)) times the truth: a factor"
    }
    if a.count > 2 {
        if matches(Array(b.dropFirst()) + [0], from: 0..<a.count - 1) {
            return "yours is the truth, one place too early: an index that is off by one"
        }
        if matches([0] + b.dropLast(), from: 1..<a.count) {
            return "yours is the truth, one place too late: an index that is off by one"
        }
        if matches(b.reversed()) { return "yours is the truth in reverse order" }
    }
    if truth.shape.count == 2, case let (m, n) = (truth.shape[0], truth.shape[1]), m == n,
        matches((0..<m * n).map { b[$0 % n * n + $0 / n] })
    {
        return "yours is the transpose of the truth: the wrong axis"
    }
    return nil
}
