import Foundation
import TestSupport
import Testing

/// Text that came from elsewhere: it gives no orders to the terminal, and a file that is written stays what it was.
@Suite struct StrangersTextTests {
    private let folder = TemporaryFolder()

    private static let orders = "\u{1B}]52;c;ZXZpbA==\u{7} \u{1B}[2J \u{202E}txet \u{9B}31m"
    private static let shown = #"\u{1B}]52;c;ZXZpbA==\u{7} \u{1B}[2J \u{202E}txet \u{9B}31m"#

    private func isHarmless(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            scalar == "\n" || scalar == "\t"
                || !(scalar.value < 0x20 || 0x7F..<0xA0 ~= scalar.value || scalar == "\u{202E}")
        }
    }

    @Test func ordersToTheTerminalAreSpelt() throws {
        let text =
            "# Evil \(Self.orders)\n\nProse \(Self.orders).\n\n```swift\nprint(\"\(Self.shown)\")\n\"\(Self.shown)\"\n```\n"
        let lesson = try folder.write("evil.md", text)
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
        let name = "evil \\u001b[2J \\u202e"
        let space = try folder.write(
            "space.json",
            """
            {"name": "\(name)", "decisions": [{"name": "filters 1", "choices": [4, 8]}, {"name": "kernel 1", "choices": [3]}],
             "extra\(name)": 1}
            """)
        let result = try Program.run("search", "--space", space, folder: folder)
        #expect(result.status == 2 && isHarmless(result.output + result.errors), "\(result.errors)")
        #expect(result.errors.contains(#"\u{1B}[2J"#))
    }

    @Test func anUpdateGoesThroughALinkAndKeepsPermissions() throws {
        let lesson = try folder.write("lesson.md", "```swift\n1 + 1\n```\n")
        chmod(lesson, 0o640)
        let link = try folder.makeLink("link.md", to: "lesson.md")
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
        let lesson = try folder.write("l.md", text)
        #expect(try Program.run("run", lesson).output.contains("\n3\n"))
        #expect(try Program.run("lesson", lesson).output.contains("\n3\n"))
        #expect(try Program.run("check", lesson).output.contains("l.md:6: cell 1 differs"))
        #expect(try Program.run("check", lesson, "--update").status == 0)
        #expect(try folder.bytes("l.md") == Array(text.replacing("4", with: "3").utf8))
        let program = try folder.write("p.swift", "\u{FEFF}" + lines[5...9].joined(separator: end))
        #expect(try Program.run("run", program).output == "3\n")
        #expect(try Program.run(input: lines[5...9].joined(separator: end)).output == "3\n")
    }

    @Test(
        arguments: [
            ([0xFF, 0xFE, 0x61, 0x00], "it is UTF-16 text: save it as UTF-8"), ([0x61, 0xC3], "it is not UTF-8 text"),
        ] as [([UInt8], String)]) func filesThatAreNoTextSaySo(_ bytes: [UInt8], _ reason: String) throws
    {
        for name in ["a.md", "a.swift"] {
            let path = try folder.write(name, bytes)
            #expect(try Program.run("run", path).errors == "error: \(path): \(reason)\n")
        }
        #expect(
            try Program.run("run", "/nowhere.md").errors
                == "error: /nowhere.md: it can't be read: no such file or directory\n")
    }

    /// Where nothing can be written, there is nobody to tell: no reason to end by a trap.
    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "there is no /dev/full here"))
    func aFullDiskIsNoTrap() throws {
        let process = Program(["eval", "-e", "1 / 0"], folder: folder).process
        process.standardError = FileHandle(forWritingAtPath: "/dev/full")
        process.standardOutput = FileHandle(forWritingAtPath: "/dev/full")
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationReason == .exit && process.terminationStatus == 1)
    }
}
