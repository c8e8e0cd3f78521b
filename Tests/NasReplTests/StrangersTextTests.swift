import Foundation
import Testing

/// Text that came from elsewhere: it gives no orders to the terminal, and a file that is written stays what it was.
@Suite struct StrangersTextTests {
    private let folder = Program.temporaryFolder()

    private static let orders = "\u{1B}]52;c;ZXZpbA==\u{7} \u{1B}[2J \u{202E}txet \u{9B}31m"
    private static let shown = #"\u{1B}]52;c;ZXZpbA==\u{7} \u{1B}[2J \u{202E}txet \u{9B}31m"#

    private func isHarmless(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            scalar == "\n" || scalar == "\t"
                || !(scalar.value < 0x20 || 0x7F..<0xA0 ~= scalar.value || scalar == "\u{202E}")
        }
    }

    @Test func ordersToTheTerminalAreSpelt() throws {
        let lesson = folder.appendingPathComponent("evil.md").path
        let text =
            "# Evil \(Self.orders)\n\nProse \(Self.orders).\n\n```swift\nprint(\"\(Self.shown)\")\n\"\(Self.shown)\"\n```\n"
        try text.write(toFile: lesson, atomically: true, encoding: .utf8)
        let run = try Program.run("run", lesson)
        #expect(run.status == 0 && isHarmless(run.output + run.errors))
        #expect(run.output.contains("Prose \(Self.shown)."))
        let check = try Program.run("check", lesson)
        #expect(check.status == 1 && isHarmless(check.output + check.errors))
        // What an update writes is what is shown, and true the next time.
        #expect(try Program.run("check", lesson, "--update").status == 0)
        #expect(try Program.run("check", lesson).status == 0)
        let cell = try Program.run("eval", "-e", "let a = 1 \(Self.orders)")
        #expect(cell.status == 1 && isHarmless(cell.output + cell.errors))
        let missing = try Program.run("run", "/no \(Self.orders).md")
        #expect(missing.status == 3 && isHarmless(missing.errors) && missing.errors.contains(Self.shown))
        let usage = try Program.run("--\(Self.orders)")
        #expect(usage.status == 2 && isHarmless(usage.errors))
    }

    @Test func namesOfASpaceAreSpelt() throws {
        let space = folder.appendingPathComponent("space.json").path
        let name = "evil \\u001b[2J \\u202e"
        try """
        {"name": "\(name)", "decisions": [{"name": "filters 1", "choices": [4, 8]}, {"name": "kernel 1", "choices": [3]}],
         "extra\(name)": 1}
        """.write(toFile: space, atomically: true, encoding: .utf8)
        let result = try Program.run("search", "--space", space, folder: folder)
        #expect(result.status == 2 && isHarmless(result.output + result.errors), "\(result.errors)")
        #expect(result.errors.contains(#"\u{1B}[2J"#))
    }

    @Test func anUpdateGoesThroughALinkAndKeepsPermissions() throws {
        let lesson = folder.appendingPathComponent("lesson.md").path,
            link = folder.appendingPathComponent("link.md").path
        try "```swift\n1 + 1\n```\n".write(toFile: lesson, atomically: true, encoding: .utf8)
        chmod(lesson, 0o640)
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "lesson.md")
        #expect(try Program.run("check", link, "--update").status == 0)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "lesson.md")
        #expect(try String(contentsOfFile: lesson, encoding: .utf8) == "```swift\n1 + 1\n```\n```output\n2\n```\n")
        var status = stat()
        #expect(stat(lesson, &status) == 0 && status.st_mode & 0o7777 == 0o640)
        // Nothing is left behind.
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["lesson.md", "link.md"])
    }

    @Test(arguments: ["\n", "\r\n", "\r"]) func filesOfOtherSystemsRun(_ end: String) throws {
        let lines = [
            "# T", "", "Text.", "", "```swift", "let s = \"\"\"", "a", "b", "\"\"\"", "s.count", "```", "```output",
            "4", "```", "end",
        ]
        let text = "\u{FEFF}" + lines.joined(separator: end)
        let lesson = folder.appendingPathComponent("l.md").path
        try Data(text.utf8).write(to: URL(fileURLWithPath: lesson))
        #expect(try Program.run("run", lesson).output.contains("\n3\n"))
        #expect(try Program.run("lesson", lesson).output.contains("\n3\n"))
        #expect(try Program.run("check", lesson).output.contains("l.md:6: cell 1 differs"))
        #expect(try Program.run("check", lesson, "--update").status == 0)
        let updated = try Data(contentsOf: URL(fileURLWithPath: lesson))
        #expect(updated == Data(text.replacing("4", with: "3").utf8))
        let program = folder.appendingPathComponent("p.swift").path
        try Data(("\u{FEFF}" + lines[5...9].joined(separator: end)).utf8).write(to: URL(fileURLWithPath: program))
        #expect(try Program.run("run", program).output == "3\n")
        #expect(try Program.run(input: lines[5...9].joined(separator: end)).output == "3\n")
    }

    @Test(
        arguments: [
            ([0xFF, 0xFE, 0x61, 0x00], "it is UTF-16 text: save it as UTF-8"), ([0x61, 0xC3], "it is not UTF-8 text"),
        ] as [([UInt8], String)]) func filesThatAreNoTextSaySo(_ bytes: [UInt8], _ reason: String) throws
    {
        for name in ["a.md", "a.swift"] {
            let path = folder.appendingPathComponent(name).path
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            #expect(try Program.run("run", path).errors == "error: \(path): \(reason)\n")
        }
        #expect(
            try Program.run("run", "/nowhere.md").errors
                == "error: /nowhere.md: it can't be read: no such file or directory\n")
    }

    /// Where nothing can be written, there is nobody to tell: no reason to end by a trap.
    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "there is no /dev/full here"))
    func aFullDiskIsNoTrap() throws {
        let (process, _, _, _) = Program.process(["eval", "-e", "1 / 0"], folder: folder)
        process.standardError = FileHandle(forWritingAtPath: "/dev/full")
        process.standardOutput = FileHandle(forWritingAtPath: "/dev/full")
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationReason == .exit && process.terminationStatus == 1)
    }
}
