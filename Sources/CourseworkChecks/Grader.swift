import Foundation

/// Judges every exercise in a process of its own, so that code that traps or never ends costs its own exercise and no other.
public struct Grader: Sendable {
    /// The program that judges one exercise: it is given the exercise's number and ends with ``answer(_:)``.
    public let program: URL
    /// What stands before the number on its command line.
    public let arguments: [String]
    /// The seconds that an exercise may take.
    public var timeLimit = 30.0

    /// A grader that runs a program once for each exercise.
    public init(program: URL, arguments: [String]) {
        self.program = program
        self.arguments = arguments
    }

    /// What stands before the verdict in the judging process's output; the attempt may print what it likes before.
    private static let mark = "\u{1E}verdict "

    /// Judges one exercise in this process and prints the verdict: the other end of ``grade(_:)``.
    public static func answer(_ exercise: Exercise, attempt: Attempt) {
        let verdict = exercise.verdict(on: attempt)
        guard let data = try? JSONEncoder().encode(verdict) else { return }
        fflush(nil)
        FileHandle.standardOutput.write(Data(("\n" + mark).utf8) + data + Data("\n".utf8))
    }

    /// The verdict on one exercise.
    public func grade(_ exercise: Exercise) -> Verdict {
        let process = Process()
        process.executableURL = program
        process.arguments = arguments + ["\(exercise.number)"]
        var environment = ProcessInfo.processInfo.environment
        // Of a trap, the line of the attempt is wanted.
        environment["SWIFT_BACKTRACE"] =
            "enable=yes,interactive=no,color=no,threads=crashed,registers=none,images=none,limit=64"
        process.environment = environment
        // Files and not pipes: an attempt that prints for ever fills no buffer that somebody has to read.
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("nas-grade-\(UUID().uuidString)")
        let output = folder.appendingPathComponent("output"), errors = folder.appendingPathComponent("errors")
        defer { try? FileManager.default.removeItem(at: folder) }
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            for file in [output, errors] { try Data().write(to: file) }
            process.standardOutput = try FileHandle(forWritingTo: output)
            process.standardError = try FileHandle(forWritingTo: errors)
            process.standardInput = FileHandle.nullDevice
            try process.run()
        } catch {
            return .broken(reason: "\(program.path) does not start")
        }
        let deadline = Date(timeIntervalSinceNow: timeLimit)
        while process.isRunning {
            if Date() > deadline {
                kill(process.processIdentifier, SIGKILL)
                process.waitUntilExit()
                return .broken(reason: "it did not end within \(Int(timeLimit)) s: a loop without end?")
            }
            usleep(2000)
        }
        if let verdict = Self.verdict(in: Self.end(of: output)) { return verdict }
        if process.terminationReason == .uncaughtSignal {
            return .broken(reason: Self.trap(signal: process.terminationStatus, complaint: Self.end(of: errors)))
        }
        return .broken(reason: "it ended the program with code \(process.terminationStatus)")
    }

    /// The verdicts on all exercises, in order.
    public func gradeAll() -> GradeReport {
        GradeReport(Exercise.all.map { ($0, grade($0)) })
    }

    /// What the Swift runtime said of a trap, and the first line of the stack that is the student's.
    private static func trap(signal: Int32, complaint: String) -> String {
        let lines = complaint.split(separator: "\n")
        let message = lines.first { $0.contains("Fatal error: ") }.flatMap { line in
            line.range(of: "Fatal error: ").map { String(line[$0.upperBound...]) }
        }
        let place = lines.lazy.compactMap { line in
            line.range(of: "Coursework/", options: .backwards).map { "Sources/" + line[$0.lowerBound...] }
        }.first
        return "it trapped (signal \(signal))" + (message.map { ": \($0)" } ?? "") + (place.map { ", at \($0)" } ?? "")
    }

    private static func verdict(in output: String) -> Verdict? {
        guard let found = output.range(of: mark, options: .backwards) else { return nil }
        let line = output[found.upperBound...].prefix { $0 != "\n" }
        return try? JSONDecoder().decode(Verdict.self, from: Data(line.utf8))
    }

    /// The last part of a file that may have become large.
    private static func end(of file: URL) -> String {
        guard let handle = try? FileHandle(forReadingFrom: file), let size = try? handle.seekToEnd() else { return "" }
        try? handle.seek(toOffset: size > 1 << 20 ? size - 1 << 20 : 0)
        return String(decoding: (try? handle.readToEnd()) ?? Data(), as: UTF8.self)
    }
}
