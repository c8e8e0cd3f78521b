import Foundation
import TestSupport
import Testing

/// The real executable, run as a user runs it.
enum Program {
    static let path = BuiltProgram.url("nas-repl").path

    struct Result {
        let status: Int32
        let output: String
        let errors: String
    }

    /// A process with its own folder for what it keeps.
    static func process(_ arguments: [String], folder: URL) -> (
        process: Process, output: Pipe, errors: Pipe, input: Pipe
    ) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        var environment = ProcessInfo.processInfo.environment
        environment["XDG_DATA_HOME"] = folder.path
        environment["XDG_STATE_HOME"] = folder.path
        process.environment = environment
        let output = Pipe(), errors = Pipe(), input = Pipe()
        process.standardOutput = output
        process.standardError = errors
        process.standardInput = input
        return (process, output, errors, input)
    }

    @discardableResult
    static func run(_ arguments: String..., input text: String = "", folder: URL = temporaryFolder()) throws -> Result {
        let (process, output, errors, input) = process(arguments, folder: folder)
        try process.run()
        input.fileHandleForWriting.write(Data(text.utf8))
        try input.fileHandleForWriting.close()
        let printed = output.fileHandleForReading.readDataToEndOfFile()
        let complained = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let status = process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
        return Result(
            status: status, output: String(decoding: printed, as: UTF8.self),
            errors: String(decoding: complained, as: UTF8.self))
    }

    static func temporaryFolder() -> URL {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "nas-repl-tests-\(UUID().uuidString)")
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }
}
