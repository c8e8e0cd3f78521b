import Coursework

/// An exercise of the coursework: what it is called, what it is worth, and how it is checked.
public struct Exercise: Sendable, CustomStringConvertible {
    /// Its number, from 1.
    public let number: Int
    /// The name of the function to write.
    public let name: String
    /// What is to be written, in words.
    public let title: String
    /// The points for a right attempt.
    public let points: Int
    /// Why the formula works, in two lines, for those who have found it.
    public let why: String
    private let check: @Sendable (Attempt) throws -> Void

    init(
        _ number: Int, _ name: String, _ title: String, points: Int, why: String,
        check: @escaping @Sendable (Attempt) throws -> Void
    ) {
        self.number = number
        self.name = name
        self.title = title
        self.points = points
        self.why = why
        self.check = check
    }

    /// Judges an attempt in this process: code that traps or never ends takes the process with it (see ``Grader``).
    public func verdict(on attempt: Attempt) -> Verdict {
        do {
            try check(attempt)
            return .right
        } catch is NotAttempted {
            return .notAttempted
        } catch let refusal as Refusal {
            return .wrong(diagnosis: refusal.diagnosis)
        } catch {
            return .wrong(diagnosis: "it threw an error: \(error)")
        }
    }

    public var description: String { "exercise \(number), \(name)" }

    /// The twelve exercises in order; 100 points in all.
    public static let all: [Exercise] = [
        softmaxLogProbability, trajectoryLogProbability, likelihoodGradient, reinforceGradient, rewardsToGo,
        varianceMinimizingBaseline, importanceWeightedReturn, denseBackward, convolution, crossEntropyBackward,
        lstmCellBackward, controllerUpdate,
    ]
}
