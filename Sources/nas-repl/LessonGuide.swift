import Foundation
import Notebook

/// A lesson that is followed at the prompt: its prose up to the next cell is shown, and Return runs that cell.
///
/// At an exercise, Return runs the cell that checks it, until that comes out right.
struct LessonGuide {
    private let lesson: Lesson
    private var position = 0
    /// How many hints of the exercise were asked for.
    private var hintsShown = 0

    init(_ lesson: Lesson) { self.lesson = lesson }

    /// The prose from here to the next cell, and that cell, or what to say at the end.
    var text: StyledText {
        let prose = lesson.blocks[position...].prefix { if case .cell = $0 { false } else { true } }
        // Folds (<details>) are for a browser.
        let paragraphs = prose.compactMap { block -> String? in
            guard case .prose(let text) = block, !text.hasPrefix("<"), !text.hasPrefix("</") else { return nil }
            return Terminal.wrapped(PlainMath.replacingFormulas(in: text))
        }
        let next = nextCell.map { cell -> StyledText in
            let lines = cell.source.split(separator: "\n", omittingEmptySubsequences: false).map { "    " + $0 }
            let help =
                exercise == nil
                ? "Return runs this cell; or type one of your own."
                : "Your turn: type your own version, then Return checks it. :hint helps (\(hints.count)), :solution tells."
            return "\n\n\(Terminal.bold(lines.joined(separator: "\n")))\n\n\(Terminal.dim(help))"
        }
        return StyledText(paragraphs.joined(separator: "\n\n"))
            + (next ?? "\n\n\(Terminal.dim("The end of the lesson. The notebook is yours."))")
    }

    var isDone: Bool { nextCell == nil }

    private var nextCell: Lesson.Cell? {
        for block in lesson.blocks[position...] { if case .cell(let cell) = block { return cell } }
        return nil
    }

    /// The exercise that stands here.
    var exercise: Lesson.Cell? { nextCell.flatMap { $0.attributes.exercise == nil ? nil : $0 } }

    /// Whether some text is the next cell.
    func isNext(_ source: String) -> Bool {
        exercise == nil
            && nextCell?.source.trimmingCharacters(in: .whitespacesAndNewlines)
                == source.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// The cell that Return runs: the next one, or the check of the exercise.
    var cellToRun: Lesson.Cell? { exercise.flatMap(lesson.check(of:)) ?? nextCell }

    /// What comes behind a cell that has been run.
    mutating func pass(_ cell: Lesson.Cell) {
        position =
            lesson.blocks.firstIndex { if case .cell(let other) = $0 { other.number == cell.number } else { false } }!
            + 1
        hintsShown = 0
    }

    private var hints: [String] {
        guard let exercise else { return [] }
        let rest = lesson.blocks.drop { if case .cell(let cell) = $0 { cell.number != exercise.number } else { true } }
        return rest.dropFirst().prefix { if case .cell = $0 { false } else { true } }.compactMap {
            if case .hint(let text) = $0 { text } else { nil }
        }
    }

    /// The next hint.
    mutating func hint() -> String {
        guard exercise != nil else { return "There is no exercise here." }
        guard hintsShown < hints.count else { return "There are no more hints; :solution shows the solution." }
        hintsShown += 1
        return "Hint \(hintsShown) of \(hints.count): "
            + Terminal.wrapped(PlainMath.replacingFormulas(in: hints[hintsShown - 1]))
    }

    /// The solution of the exercise that stands here.
    var solution: Lesson.Cell? {
        exercise.flatMap { exercise in
            lesson.cells.first { $0.number > exercise.number && $0.attributes.solution }
        }
    }
}
