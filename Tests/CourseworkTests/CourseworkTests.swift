import CourseworkChecks
import Foundation
import TestSupport
import Testing

/// The coursework: what is in `Sources/Coursework`, judged as `nas-repl grade` judges it.
@Suite struct CourseworkTests {
    /// Each exercise in a process of its own; one that is not attempted is no failure.
    @Test(arguments: Exercise.all) func exerciseIsRightOrNotAttempted(_ exercise: Exercise) {
        let grader = Grader(program: BuiltProgram.url("nas-repl"), arguments: ["grade", "--exercise"])
        switch grader.grade(exercise) {
        case .notAttempted: print("\(exercise): not attempted yet")
        case .right: print("\(exercise): right.\n\(exercise.why)")
        case .wrong(let text), .broken(let text): Issue.record("\(exercise):\n\(text)")
        }
    }
}

/// The checks checked: every seeded mistake is refused, every correct solution accepted.
@Suite struct MutationTests {
    @Test(arguments: Attempts.all.correct.indices) func aCorrectSolutionIsAccepted(_ i: Int) {
        let (number, name, attempt) = Attempts.all.correct[i]
        let verdict = Exercise.all[number - 1].verdict(on: attempt)
        #expect(verdict == .right, "exercise \(number), \(name): \(verdict)")
    }

    @Test(arguments: Attempts.all.wrong.indices) func aWrongSolutionIsRefusedWithADiagnosis(_ i: Int) {
        let (number, name, attempt) = Attempts.all.wrong[i]
        guard case .wrong(let diagnosis) = Exercise.all[number - 1].verdict(on: attempt) else {
            Issue.record("exercise \(number), \(name): was not refused")
            return
        }
        #expect(diagnosis.count > 40)
    }

    /// At least six mistakes and two ways to be right for every exercise; the table is printed.
    @Test func everyExerciseHasItsMutants() {
        var table = "exercise                        wrong refused / tried   correct accepted / tried\n"
        for exercise in Exercise.all {
            let wrong = Attempts.all.wrong.filter { $0.exercise == exercise.number }
            let correct = Attempts.all.correct.filter { $0.exercise == exercise.number }
            let refused = wrong.count {
                if case .wrong = exercise.verdict(on: $0.attempt) { true } else { false }
            }
            let accepted = correct.count { exercise.verdict(on: $0.attempt) == .right }
            let name = "\(exercise.number) \(exercise.name)".prefix(30).padding(
                toLength: 32, withPad: " ", startingAt: 0)
            table += "\(name)\(refused) / \(wrong.count)                 \(accepted) / \(correct.count)\n"
            #expect(wrong.count >= 6 && correct.count >= 2)
        }
        print(table)
    }

    /// What students make most often is called by its name.
    static let recognized: [(Int, String, String)] = [
        (1, "sign of the gradient", "a sign"), (1, "forgotten −π(b)", "without the −π(b)"),
        (2, "without the last step", "without the last step"), (2, "mean, not sum", "the mean over the steps"),
        (3, "sum, not mean", "the sum over the trajectories, not the mean"),
        (3, "mean over steps", "divided by the number of steps"),
        (4, "without the return", "the return was left out"),
        (4, "with the reward-to-go", "weighted by the reward-to-go"),
        (5, "off by one: without its own reward", "without the reward of the step itself"),
        (5, "reversed", "in reverse order"), (6, "plain mean", "the norms are missing"),
        (6, "wrong axis", "the wrong axis"),
        (7, "upside down", "upside down"), (7, "self-normalized", "is biased"),
        (8, "mean over the rows for W", "the mean over the rows, not the sum"),
        (8, "detached input", "zero"), (9, "kernel flipped", "with the kernel flipped"),
        (9, "only the forward half", "convolutionBackward is not attempted yet"),
        (10, "sum, not mean", "the sum over the rows, not the mean"), (11, "forget gate forgotten", "wrong"),
        (12, "no baseline", "without the baseline"), (12, "the new baseline", "with the baseline after these rewards"),
    ]

    @Test(arguments: recognized) func aCommonMistakeIsCalledByItsName(_ number: Int, _ name: String, _ words: String)
        throws
    {
        let attempt = try #require(Attempts.all.wrong.first { $0.exercise == number && $0.name == name }).attempt
        let verdict = Exercise.all[number - 1].verdict(on: attempt)
        #expect("\(verdict)".contains(words), "\(verdict)")
    }

    @Test func theDiagnosisIsWhatAStudentNeeds() throws {
        let attempt = try #require(Attempts.all.wrong.first { $0.exercise == 5 && $0.name == "no discount" }).attempt
        #expect(
            Exercise.all[4].verdict(on: attempt)
                == .wrong(
                    diagnosis: """
                        G is wrong (rewards [1, 2, 3, 4], γ = 0.5)
                          worst: G[0]
                            yours  10
                            truth  3.25
                          3 of 4 numbers are wrong; the tolerance is 5e-09
                          likely cause: yours is without the discount
                        """))
    }
}

/// Attempts that misbehave cost their own exercise and no other.
@Suite struct GraderTests {
    static let report: GradeReport = {
        var grader = Grader(program: BuiltProgram.url("MisbehavingCoursework"), arguments: [])
        grader.timeLimit = 15
        return grader.gradeAll()
    }()

    private func reason(_ number: Int) -> String {
        switch Self.report.verdicts[number - 1].verdict {
        case .notAttempted: "not attempted"
        case .right: "right"
        case .wrong(let text): "wrong: \(text)"
        case .broken(let text): "broken: \(text)"
        }
    }

    @Test func eachCostsItsOwnExerciseOnly() {
        #expect(reason(1).hasPrefix("broken: it trapped"))
        // Named by the file, so that a student finds the line.
        #expect(reason(1).contains("main.swift:"), "\(reason(1))")
        #expect(reason(2) == "broken: it did not end within 15 s: a loop without end?")
        #expect(reason(3).contains("has shape [1]"))
        #expect(reason(4) == "broken: it ended the program with code 0")
        #expect(reason(5) == "right")
        #expect(reason(6).hasPrefix("broken: it trapped"))
        #expect(reason(7).hasPrefix("wrong: it threw an error"))
        #expect(reason(8).hasPrefix("wrong: "))
        for number in 9...12 { #expect(reason(number) == "not attempted") }
        #expect(Self.report.score == 6 && Self.report.maximum == 100)
    }

    @Test func theTableHasALineForEachExercise() {
        let lines = "\(Self.report)".split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines[1].hasSuffix("0 of  6  broken") && lines[4].hasSuffix("6 of  6  right"))
        #expect(lines[12].hasSuffix("6 of 100"))
        #expect("\(Self.report)".contains("exercise 2, trajectoryLogProbability:\nit did not end"))
    }

    @Test func gradescopeReadsTheReport() throws {
        let json = try JSONSerialization.jsonObject(with: Data(Self.report.gradescope.utf8)) as? [String: Any]
        let tests = try #require(json?["tests"] as? [[String: Any]])
        #expect(tests.count == 12)
        #expect(tests.reduce(0) { $0 + ($1["max_score"] as? Int ?? 0) } == 100)
        #expect(tests[4]["score"] as? Int == 6 && tests[4]["status"] as? String == "passed")
        #expect(tests[1]["score"] as? Int == 0 && tests[1]["status"] as? String == "failed")
    }
}
