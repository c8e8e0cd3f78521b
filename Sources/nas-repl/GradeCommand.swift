import ArgumentParser
import CourseworkChecks
import Foundation

/// `nas-repl grade [--format text|gradescope]`
struct GradeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grade", abstract: "Check the coursework in Sources/Coursework and give points.",
        discussion: "Build first (`swift build`, or `make grade`): what is graded is what this program was built from.")

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, gradescope }

    @Option(help: "A table for people, or the JSON that Gradescope reads.")
    var format = Format.text

    /// The process that judges one exercise; the command starts one for each.
    @Option(help: .hidden)
    var exercise: Int?

    func run() throws {
        if let exercise {
            guard let found = Exercise.all.first(where: { $0.number == exercise }) else {
                throw ValidationError("the exercises are 1 to \(Exercise.all.count); not \(exercise)")
            }
            Grader.answer(found, attempt: Attempt())
            return
        }
        let program = Bundle.main.executableURL ?? URL(fileURLWithPath: CommandLine.arguments[0])
        let report = Grader(program: program, arguments: ["grade", "--exercise"]).gradeAll()
        print(format == .text ? "\(report)" : report.gradescope)
    }
}
