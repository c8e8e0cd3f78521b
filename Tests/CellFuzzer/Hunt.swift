import Foundation
import Synchronization

/// The parent: starts workers, watches them, and makes what they die of small.
final class Hunt: Sendable {
    private let workers: Int
    private let state = Mutex(State())

    private struct State {
        var cells = 0
        var findings: [String] = []
        var peak = 0
    }

    /// A process is given up on when it has said nothing for this long.
    private static let silence: Int32 = 60_000
    /// Enough is known after this many.
    private static let findingLimit = 20

    init(workers: Int) { self.workers = workers }

    /// - Returns: whether nothing was found.
    func run() -> Bool {
        let start = ContinuousClock.now, end = start + .seconds(limits.seconds)
        DispatchQueue.concurrentPerform(iterations: workers) { worker in
            // Sessions are dealt to the workers in turn.
            var next = worker * cellsPerSession
            while next < limits.cells, ContinuousClock.now < end,
                state.withLock({ $0.findings.count < Self.findingLimit })
            {
                guard let (last, reason) = watch(from: next, until: end) else { return }
                report(last, reason)
                // Cells behind the one that ended a session go on in a new one.
                next = last + 1
                if next % cellsPerSession == 0 { next += (workers - 1) * cellsPerSession }
            }
        }
        let took = start.duration(to: .now).components.seconds
        let (cells, findings, peak) = state.withLock { ($0.cells, $0.findings, $0.peak) }
        print(
            "\(cells) cells of seed \(seed) in \(took) s on \(workers) processes: \(findings.count) that end the program, "
                + "hang it or make it grow; the most memory \(peak) MiB")
        for finding in findings { print("\n" + finding) }
        return findings.isEmpty
    }

    /// Runs one worker until its cells or the time are used up.
    ///
    /// - Returns: the cell that it died of and how, or nil where it did not.
    private func watch(from first: Int, until end: ContinuousClock.Instant) -> (cell: Int, reason: String)? {
        let process = Process(), output = Pipe()
        process.executableURL = Bundle.main.executableURL
        process.arguments = [
            "--worker", "\(first)", "--step", "\(workers)", "--cells", "\(limits.cells)", "--seed", "\(seed)",
        ]
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return (first, "no worker starts") }
        let descriptor = output.fileHandleForReading.fileDescriptor
        var last = first, line = "", count = 0
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            var source = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            if poll(&source, 1, Self.silence) == 0 {
                process.terminate()
                kill(process.processIdentifier, SIGKILL)
                process.waitUntilExit()
                return (last, "does not end")
            }
            let read = Foundation.read(descriptor, &buffer, buffer.count)
            if read <= 0 { break }
            for byte in buffer[..<read] {
                guard byte == 0x0A else {
                    line.unicodeScalars.append(Unicode.Scalar(byte))
                    continue
                }
                if let number = Int(line) {
                    last = number
                    count += 1
                }
                line = ""
            }
            let new = count, memory = Trial.memory(of: "\(process.processIdentifier)")
            count = 0
            state.withLock {
                $0.cells += new
                $0.peak = max($0.peak, memory)
            }
            if ContinuousClock.now > end {
                kill(process.processIdentifier, SIGKILL)
                process.waitUntilExit()
                return nil
            }
        }
        process.waitUntilExit()
        return Self.reason(process).map { (last, $0) }
    }

    /// How a process ended, where that was not as it should.
    private static func reason(_ process: Process) -> String? {
        switch (process.terminationReason, process.terminationStatus) {
        case (.exit, 0): nil
        case (.exit, Worker.hung): "goes on for more than \(Trial.hangs) after it was told to stop"
        case (.exit, Worker.grew): "makes the program grow without bound"
        case (.exit, let code): "ends the program with exit code \(code)"
        default: "ends the program with signal \(process.terminationStatus)"
        }
    }

    // MARK: Making it small

    private func report(_ number: Int, _ reason: String) {
        let session = number / cellsPerSession * cellsPerSession
        var cells = [mutation.cell(number, seed: seed)]
        if dies(cells) == nil { cells = (session...number).map { mutation.cell($0, seed: seed) } }
        guard let found = dies(cells) else {
            state.withLock { $0.findings.append("cell \(number) \(reason), once: it can't be had again") }
            return
        }
        var tries = 200
        while cells.count > 1, tries > 0 {
            // Without the first half of the cells before the last, or without any one of them.
            let half = Array(cells.dropFirst(max(1, (cells.count - 1) / 2)))
            tries -= 1
            if dies(half) != nil { cells = half } else { break }
        }
        for place in cells.indices.dropLast().reversed() where tries > 0 {
            var fewer = cells
            fewer.remove(at: place)
            tries -= 1
            if dies(fewer) != nil { cells = fewer }
        }
        var characters = Array(cells.removeLast().unicodeScalars)
        var length = max(1, characters.count / 2)
        while tries > 0 {
            var place = 0
            while place < characters.count, tries > 0 {
                var fewer = characters
                fewer.removeSubrange(place..<min(place + length, characters.count))
                tries -= 1
                if dies(cells + [text(fewer)]) != nil { characters = fewer } else { place += length }
            }
            if length == 1 { break }
            length /= 2
        }
        let smallest = (cells + [text(characters)]).map { String(reflecting: $0) }.joined(separator: "\n  ")
        state.withLock { $0.findings.append("cell \(number) \(found); the smallest:\n  \(smallest)") }
    }

    private func text(_ characters: [Unicode.Scalar]) -> String {
        var text = ""
        text.unicodeScalars.append(contentsOf: characters)
        return text
    }

    /// How a process ends that runs these cells; nil for well.
    private func dies(_ cells: [String]) -> String? {
        let process = Process(), input = Pipe()
        process.executableURL = Bundle.main.executableURL
        process.arguments = ["--reproduce"]
        process.standardInput = input
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        input.fileHandleForWriting.write(Data(cells.joined(separator: "\u{1D}").utf8))
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
        return Self.reason(process)
    }
}
