import Foundation
import TestSupport

/// The real executable, run as a user runs it: a process with its own folder for what it keeps.
struct Program {
    static let path = BuiltProgram.url("nas-repl").path

    struct Result {
        /// As a shell says it: 128 and the number of the signal where one ended the process.
        let status: Int32
        let output: String
        let errors: String
    }

    let process = Process()
    let output = Pipe(), errors = Pipe(), input = Pipe()
    /// Held until the process has ended.
    private let folder: TemporaryFolder

    init(_ arguments: [String], folder: TemporaryFolder) {
        self.folder = folder
        process.executableURL = URL(fileURLWithPath: Self.path)
        process.arguments = arguments
        var environment = ProcessInfo.processInfo.environment
        environment["XDG_DATA_HOME"] = folder.path
        environment["XDG_STATE_HOME"] = folder.path
        process.environment = environment
        process.standardOutput = output
        process.standardError = errors
        process.standardInput = input
    }

    /// Starts the process with all of its input, which may be none.
    func start(input text: String = "") throws {
        try process.run()
        input.fileHandleForWriting.write(Data(text.utf8))
        try input.fileHandleForWriting.close()
    }

    /// Waits for the end of the process; what it printed that nobody has read yet.
    func result() -> Result {
        let printed = output.fileHandleForReading.readDataToEndOfFile()
        let complained = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let status = process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
        return Result(
            status: status, output: String(decoding: printed, as: UTF8.self),
            errors: String(decoding: complained, as: UTF8.self))
    }

    @discardableResult
    static func run(
        _ arguments: String..., input: String = "", folder: TemporaryFolder = TemporaryFolder()
    ) throws -> Result {
        let program = Program(arguments, folder: folder)
        try program.start(input: input)
        return program.result()
    }
}
