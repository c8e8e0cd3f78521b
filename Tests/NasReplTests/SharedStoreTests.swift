import Foundation
import TestSupport
import Testing

/// Several processes on one store, and processes that are killed: all is as if each had been alone and unharmed.
@Suite(.serialized) struct SharedStoreTests {
    private static let search = ["search", "--epochs", "1", "--workers", "1", "--json"]

    /// Starts a command of this suite's store.
    private func start(_ arguments: [String], in folder: TemporaryFolder) throws -> Program {
        let program = Program(arguments, folder: folder)
        try program.start()
        return program
    }

    /// The events of a run, the seconds and the number of the run aside, by what they are of.
    private func events(_ output: String) throws -> [String: String] {
        var found: [String: String] = [:]
        // A killed process may leave half a line.
        for line in output.split(separator: "\n", omittingEmptySubsequences: false).dropLast() where !line.isEmpty {
            var event = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            event["seconds"] = nil
            event["run"] = nil
            let text = String(
                decoding: try JSONSerialization.data(withJSONObject: event, options: .sortedKeys), as: UTF8.self)
            found[(event["child"] as? Int).map { "child \($0)" } ?? "finished"] = text
        }
        return found
    }

    private func list(_ folder: TemporaryFolder) throws -> [[String: Any]] {
        let result = try Program.run("runs", "--json", folder: folder)
        #expect(result.status == 0, "\(result.errors)")
        return try result.output.split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }

    @Test func twelveSearchesMakeAndShareOneStore() throws {
        let folder = TemporaryFolder()
        let started = try (1...12).map {
            try start(Self.search + ["--children", "4", "--batch", "2", "--seed", "\($0)"], in: folder)
        }
        for result in started.map({ $0.result() }) { #expect(result.status == 0, "\(result.errors)") }
        let runs = try list(folder)
        #expect(runs.map { $0["run"] as? Int } == (1...12).reversed())
        #expect(runs.allSatisfy { $0["state"] as? String == "finished" && $0["children"] as? Int == 4 })
        #expect(Set(runs.map { $0["seed"] as? Int }) == Set(1...12))
    }

    /// Killed twenty times, at any instant from before it has begun.
    @Test func aRunThatIsKilledTwentyTimesEndsAsIfItHadNotBeen() throws {
        let arguments = Self.search + ["--children", "48", "--batch", "4", "--seed", "3"]
        let whole = try events(start(arguments, in: TemporaryFolder()).result().output)
        #expect(whole.count == 49)
        let folder = TemporaryFolder()
        var generator = Seeded(state: 20), seen: [String: String] = [:], kills = 0
        // Where the first is killed before there is a run, there is nothing to resume.
        for _ in 0..<20 where seen["finished"] == nil {
            let command = try list(folder).isEmpty ? arguments : ["resume", "1", "--workers", "1", "--json"]
            let running = try start(command, in: folder)
            let children = Int.random(in: 0...2, using: &generator)
            let delay = UInt32.random(in: 0...(children == 0 ? 120_000 : 15_000), using: &generator)
            var text = Data()
            while text.count(where: { $0 == UInt8(ascii: "\n") }) < children {
                let data = running.output.fileHandleForReading.availableData
                if data.isEmpty { break }
                text += data
            }
            usleep(delay)
            kill(running.process.processIdentifier, SIGKILL)
            let rest = running.result()
            if running.process.terminationReason == .uncaughtSignal { kills += 1 }
            #expect(rest.errors == "")
            seen.merge(try events(String(decoding: text, as: UTF8.self) + rest.output)) { _, new in new }
            for run in try list(folder) where seen["finished"] == nil {
                #expect(run["run"] as? Int == 1 && run["state"] as? String == "interrupted")
            }
        }
        #expect(kills >= 15)
        let last = try start(["resume", "1", "--json"], in: folder).result()
        #expect(last.status == 0, "\(last.errors)")
        seen.merge(try events(last.output)) { _, new in new }
        #expect(seen == whole)
        #expect(try list(folder).map { $0["state"] as? String } == ["finished"])
    }

    private struct Seeded: RandomNumberGenerator {
        var state: UInt64
        /// SplitMix64.
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    @Test func ofThreeThatResumeARunOneDoes() throws {
        let arguments = Self.search + ["--children", "24", "--batch", "4", "--seed", "5"]
        let whole = try events(start(arguments, in: TemporaryFolder()).result().output)
        let folder = TemporaryFolder()
        let killed = try start(arguments, in: folder)
        var text = Data()
        while text.count(where: { $0 == UInt8(ascii: "\n") }) < 5 {
            text += killed.output.fileHandleForReading.availableData
        }
        kill(killed.process.processIdentifier, SIGKILL)
        var seen = try events(String(decoding: text, as: UTF8.self) + killed.result().output)
        let resumes = try (0..<3).map { _ in try start(["resume", "1", "--workers", "1", "--json"], in: folder) }
        let results = resumes.map { $0.result() }
        let sentences = [
            "", "error: run 1 is running in another process\n", "error: run 1 is running in another process\n",
        ]
        #expect(results.map(\.status).sorted() == [0, 1, 1])
        #expect(results.map(\.errors).sorted() == sentences)
        for result in results { seen.merge(try events(result.output)) { _, new in new } }
        #expect(seen == whole)
        let again = try Program.run("resume", "1", folder: folder)
        #expect(again.status == 1)
        #expect(again.errors == "error: run 1 is finished already: 'nas-repl report 1' shows it\n")
    }
}
