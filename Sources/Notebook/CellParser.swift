import SwiftDiagnostics
import SwiftOperators
import SwiftParser
import SwiftParserDiagnostics
import SwiftSyntax

/// A cell after parsing: its statements, and for each whether its value is to be shown.
struct ParsedCell: Sendable {
    let source: String
    let statements: [Statement]
}

/// Turns the text of a cell into statements, by the Swift parser.
enum CellParser {
    /// A cell longer than this is a mistake, not a cell.
    static let sizeLimit = 1 << 20

    /// - Throws: ``CellError`` with the Swift parser's message and the place.
    static func parse(_ source: String) throws -> ParsedCell {
        guard source.utf8.count <= sizeLimit else {
            throw CellError(.failure("a cell has at most \(sizeLimit) bytes; this one has \(source.utf8.count)"))
        }
        let tree = Parser.parse(source: source)
        if let diagnostic = ParseDiagnosticsGenerator.diagnostics(for: tree).first(where: {
            $0.diagMessage.severity == .error
        }) {
            let offset = diagnostic.position.utf8Offset
            throw CellError(.syntax(diagnostic.message), at: Span(offset, offset + 1))
        }
        let folded: Syntax
        do {
            folded = try OperatorTable.standardOperators.foldAll(tree)
        } catch {
            throw CellError(.syntax("\(error)"))
        }
        guard let file = folded.as(SourceFileSyntax.self) else { throw CellError(.syntax("not a cell")) }
        var lowering = Lowering()
        return ParsedCell(source: source, statements: try lowering.statements(file.statements))
    }

    /// Whether more lines are needed before the text can be a cell: an open bracket, a string or a comment without its
    /// end, an operator without its right side.
    static func isUnfinished(_ source: String) -> Bool {
        guard source.utf8.count <= sizeLimit else { return false }
        let tree = Parser.parse(source: source)
        let end = source.utf8.count - (source.reversed().prefix { $0.isWhitespace }.reduce(0) { $0 + $1.utf8.count })
        return ParseDiagnosticsGenerator.diagnostics(for: tree).contains { diagnostic in
            diagnostic.diagMessage.severity == .error && diagnostic.position.utf8Offset >= end
        }
    }
}
