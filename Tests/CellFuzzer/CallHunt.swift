import Foundation
import NotebookPrelude

/// The parent of hostile calls: starts a worker, and another behind the call that ended it.
struct CallHunt {
    let calls: Int
    /// A call that takes longer than this can't be meant.
    private static let silence: Int32 = 40_000
    private static let findingLimit = 25

    /// - Returns: whether no call ended the program, hung or grew.
    func run() -> Bool {
        var next = 0, findings: [String] = []
        let start = ContinuousClock.now
        while next < calls, findings.count < Self.findingLimit {
            let (last, line, reason) = watch(from: next)
            guard let reason else { break }
            findings.append("\(line)\n  \(reason)")
            next = last + 1
        }
        let took = start.duration(to: .now).components.seconds
        print(
            "\(calls) hostile calls of seed \(seed) in \(took) s: \(findings.count) that end the program, hang or grow")
        for finding in findings { print("\n" + finding) }
        return findings.isEmpty
    }

    /// Runs one worker to its end.
    ///
    /// - Returns: the last call that it said, and how it ended where that was not well.
    private func watch(from first: Int) -> (last: Int, line: String, reason: String?) {
        let process = Process(), output = Pipe(), errors = Pipe()
        process.executableURL = Bundle.main.executableURL
        process.arguments = ["--worker", "\(first)", "--calls", "\(calls)", "--seed", "\(seed)"]
        process.standardOutput = output
        process.standardError = errors
        process.standardInput = FileHandle.nullDevice
        process.environment = ProcessInfo.processInfo.environment.merging(["SWIFT_BACKTRACE": "enable=no"]) { $1 }
        guard (try? process.run()) != nil else { return (first, "", "no worker starts") }
        let descriptor = output.fileHandleForReading.fileDescriptor
        var last = "", rest = ""
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            var source = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            if poll(&source, 1, Self.silence) == 0 {
                kill(process.processIdentifier, SIGKILL)
                process.waitUntilExit()
                return (number(last) ?? first, last, "does not end")
            }
            let read = Foundation.read(descriptor, &buffer, buffer.count)
            if read <= 0 { break }
            rest += String(decoding: buffer[..<read], as: UTF8.self)
            var lines = rest.components(separatedBy: "\n")
            rest = lines.removeLast()
            if let line = lines.last { last = line }
        }
        process.waitUntilExit()
        let said = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        if process.terminationReason == .exit && process.terminationStatus == 0 { return (calls, last, nil) }
        let trap = said.split(separator: "\n").last { $0.contains("rror") } ?? said.split(separator: "\n").last ?? ""
        return (number(last) ?? first, last, "ends with \(process.terminationStatus): \(trap)")
    }

    private func number(_ line: String) -> Int? { line.split(separator: " ").first.flatMap { Int($0) } }
}
