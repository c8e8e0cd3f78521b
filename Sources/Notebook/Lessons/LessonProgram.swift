import SwiftOperators
import SwiftParser
import SwiftSyntax
import TextDisplay

extension Lesson {
    /// What separates the outputs of the cells when a lesson's program runs.
    public static let cellMark = "\u{1E}"

    /// The lesson's cells as one Swift program, which prints after the mark of each cell what the notebook would show.
    ///
    /// Cells that must fail, that are skipped, or that start an exercise, whose solution declares the same names, are left
    /// out: `outputs(ofProgram:)` knows.
    public func program(importing modules: [String]) -> String {
        var text = modules.map { "import \($0)\n" }.joined()
        text += """
            func show<T>(_ value: T) { print(value is String ? String(reflecting: value) : "\\(value)") }
            func show<T>(_ value: T?) { if let value { show(value) } else { print("nil") } }
            func show(_: Void) {}

            """
        for cell in cells {
            text += "print(\"\\u{1E}\", terminator: \"\")\n"
            if cell.isLeftOutOfProgram { continue }
            text +=
                "#sourceLocation(file: \"\(path)\", line: \(cell.line))\n\(Self.showing(cell.source))\n#sourceLocation()\n"
        }
        return text
    }

    /// The outputs of the cells in what the lesson's program printed; nil for the cells that it leaves out.
    public func outputs(ofProgram printed: String) -> [String?] {
        let parts = printed.split(separator: Self.cellMark, omittingEmptySubsequences: false).dropFirst()
        return zip(cells, parts).map { cell, part in
            if cell.isLeftOutOfProgram { return nil }
            return VisibleText.escaped(part.hasSuffix("\n") ? String(part.dropLast()) : String(part))
        }
    }

    /// A cell with `show(…)` around every expression that stands alone.
    private static func showing(_ source: String) -> String {
        let tree = CellParser.tree(of: source)
        // What is copied is the source's own text; the tree says where.
        let bytes = Array(source.utf8)
        func text(_ start: AbsolutePosition, _ end: AbsolutePosition) -> String {
            String(decoding: bytes[start.utf8Offset..<end.utf8Offset], as: UTF8.self)
        }
        var result = ""
        for item in tree.statements {
            var isShown = false
            if case .expr(let expression) = item.item {
                let folded = (try? OperatorTable.standardOperators.foldAll(expression)) ?? Syntax(expression)
                isShown = true
                if let infix = folded.as(InfixOperatorExprSyntax.self) {
                    let name = infix.operator.trimmedDescription
                    isShown = !(name.hasSuffix("=") && !["==", "!=", "<=", ">="].contains(name))
                }
                if folded.is(IfExprSyntax.self) || folded.is(SwitchExprSyntax.self) { isShown = false }
            }
            let start = item.positionAfterSkippingLeadingTrivia, end = item.endPositionBeforeTrailingTrivia
            let body = text(start, end)
            result +=
                text(item.position, start) + (isShown ? "show(\(body))" : body) + text(end, item.endPosition)
        }
        return result
    }
}

extension Lesson.Cell {
    fileprivate var isLeftOutOfProgram: Bool { attributes.skip || attributes.error || attributes.exercise != nil }
}
