import Foundation
import TestSupport
import Testing

@Suite struct CommandLineTests {
    private let folder = TemporaryFolder()

    /// The design's cells, to the letter.
    static let cells = [
        "let world = GridWorld(rows: 2, columns: 3, horizon: 4)", "let π = SoftmaxPolicy(for: world, seed: 1)",
        "let τ = rollout(π, in: world, seed: 7)               // one trajectory",
        "τ.return                                              // r(τ)",
        "∇π.logProbability(of: τ)                              // ∇log π(τ) = Σ ∇log π(aᵢ|sᵢ)",
        "let batch = rollouts(π, in: world, count: 256, seed: 7)",
        "let likelihood = mean(batch) { π.logProbability(of: $0) }               // imitation learning (MLE)",
        "let surrogate  = mean(batch) { π.logProbability(of: $0) * $0.return }   // the same, weighted by the reward",
        "∇likelihood", "∇surrogate                                            // the Monte Carlo policy gradient",
        "∇expectedReturn(π, in: world)                         // the exact ∇J(θ), by enumerating every τ",
        "let result = search(digits, space: .smallCNN, children: 24, seed: 1)    // the full NAS loop",
    ]

    @Test func theDesignsCellsRun() throws {
        let result = try Program.run("run", "-", input: Self.cells.joined(separator: "\n"))
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.hasPrefix("-0.16\n∂θ [6, 4] =\n"))
        #expect(result.errors == "")
    }

    @Test func evalPrintsValuesAndFailsWithOne() throws {
        let right = try Program.run("eval", "-e", "let x = 2", "-e", "x * 21")
        #expect(right.status == 0 && right.output == "42\n")
        let wrong = try Program.run("eval", "-e", "let x = 1 / 0")
        #expect(wrong.status == 1)
        #expect(wrong.errors == "error: division by zero\n  let x = 1 / 0\n          ^~~~~\n")
    }

    @Test func cellsComeThroughAPipe() throws {
        let result = try Program.run(input: "func f(_ x: Int) -> Int {\n  x + 1\n}\n\nf(1)\nIn [3]: f(2)\n")
        #expect(result.status == 1)
        let transcript = try Program.run(input: "In [1]: let a = [1,\n   ...: 2]\nIn [2]: a\nOut[2]: [1, 2]\n")
        #expect(transcript.status == 0)
        #expect(transcript.output == "[1, 2]\n")
    }

    static let exitCodes: [(arguments: [String], status: Int32)] = [
        (["frobnicate"], 2), (["eval"], 2), (["search", "--data", "mnist"], 2), (["search", "--children", "0"], 2),
        (["search", "--strategy", "magic"], 2), (["check"], 2), (["check", "/nowhere"], 3),
        (["run", "/nowhere.md"], 3),
        (["run", "/nowhere.swift"], 1), (["resume", "99"], 1), (["resume", "1", "--workers", "0"], 2),
        (["--version"], 0), (["--help"], 0), (["runs"], 0),
    ]

    @Test(arguments: exitCodes) func exitsWith(_ arguments: [String], _ status: Int32) throws {
        let program = Program(arguments, folder: folder)
        try program.process.run()
        let result = program.result()
        #expect(result.status == status, "\(result.errors)")
        #expect(status == 0 || !result.errors.isEmpty)
    }

    @Test func checkNamesTheAlteredCell() throws {
        let lesson = try folder.write(
            "lesson.md", "```swift\n1 + 1\n```\n```output\n2\n```\n\n```swift\n2 + 2\n```\n```output\n5\n```\n")
        let result = try Program.run("check", lesson)
        #expect(result.status == 1)
        #expect(result.output.contains("lesson.md:9: cell 2 differs"))
        #expect(try Program.run("check", lesson, "--update").status == 0)
        #expect(try Program.run("check", folder.path).status == 0)
    }

    @Test func documentationComesFromTheSources() throws {
        let result = try Program.run(input: "?expectedReturn\n")
        #expect(result.output.contains("The expected return J(θ) = E[r(τ)], exactly"))
        #expect(try Program.run(input: "?rolout\n").output.contains("did you mean 'rollout(_:in:seed:)'"))
    }

    @Test func interruptedCellsExitWith130() throws {
        let program = Program(["eval", "-e", "print(\"on\")", "-e", "while true {}"], folder: folder)
        try program.process.run()
        #expect(String(decoding: program.output.fileHandleForReading.availableData, as: UTF8.self) == "on\n")
        kill(program.process.processIdentifier, SIGINT)
        let result = program.result()
        // It ended itself, and no signal did.
        #expect(program.process.terminationReason == .exit && result.status == 130)
        #expect(result.errors.hasPrefix("error: interrupted"))
    }
}
