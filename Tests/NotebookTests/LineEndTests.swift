import Foundation
import TestSupport
import Testing
import TextDisplay

@testable import Notebook

/// Lessons as other systems write them: the same cells, and an update that changes outputs and nothing else.
@Suite struct LineEndTests {
    /// What may be done to a text of lines that end with LF.
    enum Writing: String, CaseIterable, Sendable {
        case lineFeeds, windows, oldMac, mixed, mark, windowsWithMark, withoutLastEnd

        func text(_ lines: String) -> String {
            func joined(_ end: (Int) -> String) -> String {
                let pieces = lines.split(separator: "\n", omittingEmptySubsequences: false)
                return pieces.dropLast().enumerated().map { $1 + end($0) }.joined() + pieces.last!
            }
            switch self {
            case .lineFeeds: return lines
            case .windows: return joined { _ in "\r\n" }
            case .oldMac: return joined { _ in "\r" }
            // CR before a line that is empty and ends with LF would be one end with it.
            case .mixed: return joined { ["\n", "\r\n"][$0 / 3 % 2] }
            case .mark: return "\u{FEFF}" + lines
            case .windowsWithMark: return "\u{FEFF}" + joined { _ in "\r\n" }
            case .withoutLastEnd: return String(lines.reversed().drop { $0 == "\n" }.reversed())
            }
        }
    }

    static let lessons: [String] = {
        let folder = Repository.path("Lessons")
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return files.filter { $0.hasSuffix(".md") }.sorted().map { folder + "/" + $0 }
    }()

    /// The output that a cell may have, to be told from its own.
    private static func other(_ cell: Lesson.Cell) -> String {
        switch cell.number % 4 {
        case 0: ""
        case 1: "another\noutput"
        case 2: "```\nnot a fence\n````\n"
        default: (cell.output ?? "") + " "
        }
    }

    @Test(arguments: lessons, Writing.allCases)
    func everyLessonIsTheSameAndUpdatedByteForByte(_ path: String, _ writing: Writing) throws {
        let original = try String(contentsOfFile: path, encoding: .utf8)
        let plain = try Lesson(original, path: path)
        let text = writing.text(original)
        let lesson = try Lesson(text, path: path)
        #expect(lesson.cells.map(\.source) == plain.cells.map(\.source))
        #expect(lesson.cells.map(\.output) == plain.cells.map(\.output))
        #expect(lesson.cells.map(\.line) == plain.cells.map(\.line))
        #expect(lesson.cells.map(\.attributes) == plain.cells.map(\.attributes))
        // All outputs changed, and then changed back.
        func difference(_ cell: Lesson.Cell, _ actual: String) -> Lesson.Difference {
            Lesson.Difference(cell: cell, expected: cell.output ?? "", actual: actual, path: path)
        }
        let changed = try Lesson(
            lesson.updated(with: lesson.cells.map { difference($0, Self.other($0)) }), path: path)
        for (cell, old) in zip(changed.cells, lesson.cells) {
            #expect(cell.output ?? "" == Self.other(old))
            #expect(cell.source == old.source)
        }
        let back = try changed.updated(with: zip(changed.cells, lesson.cells).map { difference($0, $1.output ?? "") })
            // Where an output needed a longer fence, that one stays.
            .replacing("`````", with: "```")
        // An output is written with the line end of its cell's fence, whatever mixture there was before.
        #expect(writing == .mixed ? PlainText.normalized(back) == original : Array(back.utf8) == Array(text.utf8))
    }

    static let small =
        "# Sums\n\nProse.\n\n```swift\nlet s = \"\"\"\n    a\n    b\n    \"\"\"\ns.count\n```\n```output\n7\n```\n\nMore.\n\n"
        + "```swift\n1 + 1\n```\n"

    @Test(arguments: Writing.allCases) func outputsAreThoseOfLineFeeds(_ writing: Writing) throws {
        let lesson = try Lesson(writing.text(Self.small), path: "a.md")
        let outputs = lesson.outputs(with: Library())
        #expect(outputs == ["3", "2"])
        let new = try lesson.updated(with: lesson.differences(from: outputs))
        let end = writing == .withoutLastEnd ? "" : "\n"
        let wanted =
            Self.small.replacing("\n7\n", with: "\n3\n").dropLast() + "\n```output\n2\n```" + end
        if writing != .mixed { #expect(new == writing.text(String(wanted))) }
        #expect(try Lesson(new, path: "a.md").differences(from: outputs).isEmpty)
    }

    /// Fences of every kind, and line ends of every mixture, stay; only the text between the fences is another.
    @Test(arguments: [
        ("```swift\r\n1+1\n```\n\n```output\n3\n```\n", "```swift\r\n1+1\n```\n\n```output\n2\r\n```\n"),
        ("```swift\n1+1\n```\n~~~~~output  \n3\n~~~~~  \nend", "```swift\n1+1\n```\n~~~~~output  \n2\n~~~~~  \nend"),
        (
            "```swift\n1+1\n```\n   ``````output\n   3\n   ``````\n",
            "```swift\n1+1\n```\n   ``````output\n2\n   ``````\n"
        ),
        (
            "```swift\r\r\n1+1\n```\r\r\n```output\r\n3\r\n```\r\r\n",
            "```swift\r\r\n1+1\n```\r\r\n```output\r\n2\r```\r\r\n"
        ),
        ("```Swift\n1+1\n```\n```output x=y\n3\n```", "```Swift\n1+1\n```\n```output x=y\n2\n```"),
        ("```swift\nlet a = 1\n```\r\n```output\n3\n```\n\nend\n", "```swift\nlet a = 1\n```\r\n\nend\n"),
        ("```swift\nlet a = 1\n```\r\n```output\n3\n```", "```swift\nlet a = 1\n```"),
        ("```swift\n1+1\n```\r", "```swift\n1+1\n```\r```output\n2\n```\n"),
    ]) func fencesStay(_ text: String, _ wanted: String) throws {
        let lesson = try Lesson(text, path: "a.md")
        let new = try lesson.updated(with: lesson.differences(from: lesson.outputs(with: Library())))
        #expect(Array(new.utf8) == Array(wanted.utf8), "\(new.debugDescription)")
    }

    @Test func anUpdateThatCanNotBeReadAgainIsRefused() throws {
        // A fence that nobody closed: what is written behind it would be a part of it.
        let open = try Lesson("text\n\n```swift\n1 + 1", path: "a.md")
        #expect(throws: LessonError.self) {
            try open.updated(with: open.differences(from: open.outputs(with: Library())))
        }
    }

    @Test(arguments: ["\n", "\r\n", "\r"]) func pastedCellsHaveOneLineEnd(_ end: String) {
        let session = Session(library: Library(), print: { _ in })
        let cell = ["let s = \"\"\"", "a", "b", "\"\"\"", "s.count"].joined(separator: end)
        #expect(session.run(cell).values == ["3"])
        let wrong = ["let a = 1", "let b = 1 / 0"].joined(separator: end)
        let error = session.run(wrong).error
        #expect(error?.rendered(in: wrong) == "error: line 2: division by zero\n  let b = 1 / 0\n          ^~~~~")
        #expect(session.isUnfinished("func f() {\(end)"))
        #expect(session.run("\u{FEFF}1 + 1").values == ["2"])
    }
}
