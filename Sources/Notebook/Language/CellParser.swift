import SwiftOperators
import SwiftParser
import SwiftSyntax

/// Turns the text of a cell into statements, by the Swift parser.
enum CellParser {
    /// A cell longer than this is a mistake, not a cell.
    static let sizeLimit = 1 << 20

    /// - Throws: ``CellError`` with the Swift parser's message and the place.
    static func parse(_ source: String, cell: Int) throws -> [Statement] {
        guard source.utf8.count <= sizeLimit else {
            throw CellError(.failure("a cell has at most \(sizeLimit) bytes; this one has \(source.utf8.count)"))
        }
        guard bracketDepth(source) <= bracketLimit else {
            let place = place(ofBracketsDeeperThan: bracketLimit, in: source)
            throw CellError(
                .failure("square brackets are nested at most \(bracketLimit) deep"), at: Span(place, place + 1))
        }
        let tree = tree(of: source)
        if let problem = SyntaxProblem.first(in: tree, of: source) {
            throw CellError(.syntax(problem.message), at: problem.span)
        }
        let folded: Syntax
        do {
            folded = try OperatorTable.standardOperators.foldAll(tree)
        } catch {
            throw UnknownOperator.cellError(for: error)
        }
        guard let file = folded.as(SourceFileSyntax.self) else { throw CellError(.syntax("not a cell")) }
        var lowering = Lowering(cell: cell)
        return try lowering.statements(file.statements)
    }

    /// The tree of a cell.
    ///
    /// `τ.return / 2` is Swift, but the parser takes a slash behind the word `return` for the start of a regular
    /// expression. The member is given to it with a capital letter, which leaves every place in the text as it is.
    static func tree(of source: String) -> SourceFileSyntax {
        var bytes = Array(source.utf8)
        let word = Array(".return".utf8)
        var isInString = false
        for i in bytes.indices {
            if bytes[i] == UInt8(ascii: "\"") { isInString.toggle() }
            if bytes[i] == UInt8(ascii: "\n") { isInString = false }
            if !isInString && bytes[i] == word[0] && bytes[i...].starts(with: word)
                && bytes[(i + word.count)...].first(where: { $0 != UInt8(ascii: " ") }) == UInt8(ascii: "/")
            {
                bytes[i + 1] = UInt8(ascii: "R")
            }
        }
        return Parser.parse(source: String(decoding: bytes, as: UTF8.self))
    }

    /// What ``tree(of:)`` calls a member `return`.
    static let capitalizedReturn = "Return"

    /// The Swift parser's time doubles with every square bracket inside another.
    private static let bracketLimit = 12

    /// How deeply square brackets are nested, those in strings aside.
    private static func bracketDepth(_ source: String) -> Int { brackets(source).map(\.depth).max() ?? 0 }

    private static func place(ofBracketsDeeperThan limit: Int, in source: String) -> Int {
        brackets(source).first { $0.depth > limit }?.place ?? 0
    }

    /// The opening square brackets with their depths, those in strings aside.
    private static func brackets(_ source: String) -> [(place: Int, depth: Int)] {
        var depth = 0, isInString = false, isEscaped = false
        var found: [(Int, Int)] = []
        for (place, byte) in source.utf8.enumerated() {
            if isInString {
                isInString = isEscaped || (byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\n"))
                isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
            } else if byte == UInt8(ascii: "\"") {
                isInString = true
            } else if byte == UInt8(ascii: "[") {
                depth += 1
                found.append((place, depth))
            } else if byte == UInt8(ascii: "]") {
                depth = max(0, depth - 1)
            }
        }
        return found
    }

    /// Whether more lines are needed before the text can be a cell: an open bracket, a string or a comment without its
    /// end, an operator without its right side.
    static func isUnfinished(_ source: String) -> Bool {
        guard source.utf8.count <= sizeLimit, bracketDepth(source) <= bracketLimit else { return false }
        let end = source.utf8.count - (source.reversed().prefix { $0.isWhitespace }.reduce(0) { $0 + $1.utf8.count })
        return SyntaxProblem.all(in: tree(of: source), of: source).contains {
            $0.span.start >= end || $0.message.hasPrefix("unterminated '/*'")
        }
    }

    /// Whether a bracket, a string of several lines or a comment is still open at the end of an unfinished text: there a
    /// blank line is a part of the cell.
    static func isOpen(_ source: String) -> Bool {
        guard source.utf8.count <= sizeLimit, bracketDepth(source) <= bracketLimit else { return false }
        let tree = tree(of: source)
        var depth = 0
        var isInString = false
        for token in tree.tokens(viewMode: .sourceAccurate) {
            switch token.tokenKind {
            case .leftParen, .leftBrace, .leftSquare: depth += 1
            case .rightParen, .rightBrace, .rightSquare: depth -= 1
            case .multilineStringQuote: isInString.toggle()
            default: break
            }
        }
        return depth > 0 || isInString
            || SyntaxProblem.all(in: tree, of: source).contains { $0.message.hasPrefix("unterminated '/*'") }
    }
}
