import Foundation
import TextDisplay

/// The verdicts on all exercises, as a table for people and as the JSON that Gradescope reads.
public struct GradeReport: Sendable, CustomStringConvertible {
    /// Each exercise with what became of it.
    public let verdicts: [(exercise: Exercise, verdict: Verdict)]

    /// A report on some exercises.
    public init(_ verdicts: [(exercise: Exercise, verdict: Verdict)]) { self.verdicts = verdicts }

    /// The points that were earned.
    public var score: Int { verdicts.reduce(0) { $0 + ($1.verdict.isRight ? $1.exercise.points : 0) } }
    /// The points that there are.
    public var maximum: Int { verdicts.reduce(0) { $0 + $1.exercise.points } }

    /// One line for each exercise, the sum, then what is wrong where something is.
    public var description: String {
        func earned(_ points: Int) -> String { "\(points)".padded(to: 3, .right) + " of " }
        let rows = verdicts.map { exercise, verdict in
            let points = earned(verdict.isRight ? exercise.points : 0) + "\(exercise.points)".padded(to: 2, .right)
            return ["\(exercise.number)", exercise.title, "\(points)  \(Self.word(verdict))"]
        }
        let sum = ["", "together", earned(score) + "\(maximum)"]
        var lines = TextTable([.right(minimumWidth: 2), .left(), .left()], rows + [sum]).lines
        for (exercise, verdict) in verdicts {
            switch verdict {
            case .wrong(let text), .broken(let text): lines.append("\n\(exercise):\n\(text)")
            case .right, .notAttempted: break
            }
        }
        return lines.joined(separator: "\n")
    }

    private static func word(_ verdict: Verdict) -> String {
        switch verdict {
        case .notAttempted: "not attempted yet"
        case .right: "right"
        case .wrong: "wrong"
        case .broken: "broken"
        }
    }

    /// The results as Gradescope's autograder format has them.
    public var gradescope: String {
        struct Test: Encodable {
            let number: String
            let name: String
            let score: Int
            let max_score: Int
            let status: String
            let output: String
        }
        struct Results: Encodable {
            let output: String
            let tests: [Test]
        }
        let tests = verdicts.map { exercise, verdict in
            let output =
                switch verdict {
                case .notAttempted: "not attempted yet"
                case .right: exercise.why
                case .wrong(let text), .broken(let text): text
                }
            return Test(
                number: "\(exercise.number)", name: "\(exercise.name): \(exercise.title)",
                score: verdict.isRight ? exercise.points : 0, max_score: exercise.points,
                status: verdict.isRight ? "passed" : "failed", output: output)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let data = try? encoder.encode(Results(output: "\(score) of \(maximum) points", tests: tests))
        return String(decoding: data ?? Data(), as: UTF8.self)
    }
}
