import Synchronization

/// What cells said when they gave names to values and functions: `?name` shows it.
final class CellTexts: Sendable {
    private struct Declaration: Sendable {
        let cell: Int
        let source: String
        /// Which of several functions of the name it is; nil for a variable.
        let signature: String?
    }

    private let declarations = Mutex([String: [Declaration]]())

    /// Takes a statement that has run, if it declares something.
    func record(_ statement: Statement, of source: String, cell: Int) {
        switch statement.kind {
        case .declaration(let pattern, _, _, let isVariable):
            // The comma before the next name of the same declaration belongs to this one's place.
            let written = Self.text(statement.span, of: source)
            let text = (isVariable ? "var " : "let ") + (written.hasSuffix(",") ? String(written.dropLast()) : written)
            let declaration = Declaration(cell: cell, source: text, signature: nil)
            declarations.withLock { declarations in
                for name in Self.names(pattern) { declarations[name] = [declaration] }
            }
        case .function(let function):
            let text = Self.comment(before: statement.span, of: source) + Self.text(statement.span, of: source)
            let declaration = Declaration(cell: cell, source: text, signature: function.signature)
            declarations.withLock { declarations in
                // As in ``Scope``: a function stands beside those that take other parameters.
                let others = (declarations[function.name] ?? []).filter {
                    $0.signature != nil && $0.signature != function.signature
                }
                declarations[function.name] = others + [declaration]
            }
        default: break
        }
    }

    /// Where a name was declared last, with what was said.
    func declarations(of name: String) -> [(cell: Int, source: String)] {
        declarations.withLock { ($0[name] ?? []).map { ($0.cell, $0.source) } }
    }

    func removeAll() { declarations.withLock { $0 = [:] } }

    private static func names(_ pattern: Pattern) -> [String] {
        switch pattern {
        case .name(let name): [name]
        case .anything: []
        case .tuple(let patterns): patterns.flatMap(names)
        }
    }

    private static func text(_ span: Span, of source: String) -> String {
        let bytes = Array(source.utf8)
        return String(decoding: bytes[min(span.start, bytes.count)..<min(span.end, bytes.count)], as: UTF8.self)
    }

    /// The doc comment that stands in the lines above a place.
    private static func comment(before span: Span, of source: String) -> String {
        let above = text(Span(0, span.start), of: source).split(separator: "\n", omittingEmptySubsequences: false)
        let lines = above.dropLast().reversed().prefix { $0.drop { $0 == " " }.hasPrefix("///") }.reversed()
        return lines.map { $0.drop { $0 == " " } + "\n" }.joined()
    }
}
