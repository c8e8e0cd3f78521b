import Foundation
import TestSupport
import Testing

/// Searches as processes: their events, and what `kill -9` leaves behind.
@Suite(.serialized) struct SearchProcessTests {
    private struct Event: Decodable {
        struct Best: Decodable {
            let architecture: [String]
            let validation: Double
            let test: Double
        }
        let event: String
        let child: Int?
        let architecture: [String]?
        let validation: Double?
        let run: Int?
        let children: Int?
        let best: Best?
    }

    private func events(_ output: String) throws -> [Event] {
        try output.split(separator: "\n").map { try JSONDecoder().decode(Event.self, from: Data($0.utf8)) }
    }

    private func fingerprint(_ events: [Event]) -> [String] {
        events.map {
            "\($0.event) \($0.child ?? -1) \($0.architecture ?? []) \($0.validation ?? -1) \($0.best?.architecture ?? []) \($0.best?.test ?? -1)"
        }
    }

    @Test func twentyFourChildrenReachNinetyFivePercentOnTheTestImages() throws {
        let result = try Program.run("search", "--data", "digits", "--children", "24", "--seed", "1", "--json")
        #expect(result.status == 0)
        let events = try events(result.output)
        #expect(events.filter { $0.event == "child" }.compactMap(\.child) == Array(0..<24))
        let finished = try #require(events.last)
        #expect(finished.event == "finished" && finished.children == 24)
        #expect(try #require(finished.best).test >= 0.95)
    }

    @Test func oneWorkerAndTwoPrintTheSame() throws {
        let outputs = try ["1", "2"].map { workers in
            let result = try Program.run("search", "--children", "12", "--epochs", "2", "--workers", workers, "--json")
            #expect(result.status == 0)
            return fingerprint(try events(result.output))
        }
        #expect(outputs[0].count == 13 && outputs[0] == outputs[1])
    }

    @Test func aRunThatIsKilledEndsAsIfItHadNotBeen() throws {
        let arguments = ["search", "--children", "20", "--batch", "4", "--epochs", "2", "--seed", "3", "--json"]
        let whole = try run(arguments, in: TemporaryFolder(), killAfter: nil)
        for count in [1, 6, 13] {
            let folder = TemporaryFolder()
            let seen = try run(arguments, in: folder, killAfter: count)
            #expect(seen.count < 21)
            let state = try Program.run("runs", "--json", folder: folder)
            #expect(state.output.contains("\"state\":\"interrupted\""))
            let resumed = try Program.run("resume", "1", "--json", folder: folder)
            #expect(resumed.status == 0, "\(resumed.errors)")
            // What the resumed run reports is the end of the whole run, to the bit.
            let end = try events(resumed.output), rest = fingerprint(end)
            #expect(end.last?.event == "finished" && end.count >= 21 - seen.count)
            #expect(rest == Array(fingerprint(whole).suffix(rest.count)))
            #expect(try Program.run("runs", "--json", folder: folder).output.contains("\"state\":\"finished\""))
        }
    }

    /// Runs a search, and kills it once it has reported a number of children.
    private func run(_ arguments: [String], in folder: TemporaryFolder, killAfter count: Int?) throws -> [Event] {
        let program = Program(arguments, folder: folder), process = program.process
        try process.run()
        var text = ""
        while true {
            let data = program.output.fileHandleForReading.availableData
            if data.isEmpty { break }
            text += String(decoding: data, as: UTF8.self)
            if let count, text.split(separator: "\n").count >= count { kill(process.processIdentifier, SIGKILL) }
        }
        process.waitUntilExit()
        let complete = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().joined(separator: "\n")
        return try events(complete)
    }
}
