import Foundation
import Notebook

/// A lesson that is followed at the prompt: its prose up to the next cell is shown, and Return runs that cell.
struct LessonGuide {
    private let lesson: Lesson
    private var position = 0

    init(_ lesson: Lesson) { self.lesson = lesson }

    /// The text before the first cell.
    var welcome: String {
        "\(text)"
    }

    /// The prose from here to the next cell, and that cell, or what to say at the end.
    var text: String {
        let prose = lesson.blocks[position...].prefix { if case .prose = $0 { true } else { false } }
        let paragraphs = prose.map { if case .prose(let text) = $0 { Terminal.wrapped(text) } else { "" } }
        let cell = nextCell.map {
            "\n"
                + Terminal.bold(
                    $0.source.split(separator: "\n", omittingEmptySubsequences: false).map { "    " + $0 }.joined(
                        separator: "\n"))
                + "\n\n" + Terminal.dim("Return runs this cell; or type one of your own.")
        }
        return paragraphs.joined(separator: "\n\n")
            + (cell.map { "\n" + $0 } ?? "\n\n" + Terminal.dim("The end of the lesson. The notebook is yours."))
    }

    var isDone: Bool { nextCell == nil }

    private var nextCell: Lesson.Cell? {
        for block in lesson.blocks[position...] { if case .cell(let cell) = block { return cell } }
        return nil
    }

    /// Whether some text is the next cell.
    func isNext(_ source: String) -> Bool {
        nextCell?.source.trimmingCharacters(in: .whitespacesAndNewlines)
            == source.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// The source of the next cell, which is then behind.
    mutating func next() -> String? {
        guard let cell = nextCell else { return nil }
        position =
            lesson.blocks.firstIndex { if case .cell(let other) = $0 { other.number == cell.number } else { false } }!
            + 1
        return cell.source
    }
}
