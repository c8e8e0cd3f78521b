import SwiftDiagnostics
import SwiftParserDiagnostics
import SwiftSyntax
import TextDisplay

/// What keeps a text from being Swift, in the Swift parser's words and with its place.
struct SyntaxProblem {
    let message: String
    let span: Span

    /// The first thing that is wrong; nil where nothing is.
    static func first(in tree: SourceFileSyntax, of source: String) -> SyntaxProblem? {
        all(in: tree, of: source).first
    }

    /// Everything that is wrong, in the order of the text.
    static func all(in tree: SourceFileSyntax, of source: String) -> [SyntaxProblem] {
        // Nearly every cell is right and has nothing hidden, and needs no look at each of its words.
        let isDoubtful = tree.hasError || tree.hasWarning
        if !isDoubtful && !source.unicodeScalars.contains(where: VisibleText.isHidden) { return [] }
        // The parser's own words for such characters are made together with a proposal to mend them, and where there is
        // nothing to propose they end the program. So none of these reach it.
        if let problem = strangeCharacter(in: tree) { return [problem] }
        guard isDoubtful else { return [] }
        return ParseDiagnosticsGenerator.diagnostics(for: tree).filter { $0.diagMessage.severity == .error }.map {
            let offset = $0.position.utf8Offset
            return SyntaxProblem(message: $0.message, span: Span(offset, offset + 1))
        }
    }

    /// The first character between the words of a cell that can't stand there: one that nobody sees, or one that Swift
    /// has no use for. In texts and comments every character is as good as any other.
    private static func strangeCharacter(in tree: SourceFileSyntax) -> SyntaxProblem? {
        for token in tree.tokens(viewMode: .sourceAccurate) {
            var place = token.position.utf8Offset
            for piece in token.leadingTrivia {
                if let problem = problem(in: piece, at: place) { return problem }
                place += piece.sourceLength.utf8Length
            }
            // Swift allows characters in names that only change how the text around them looks.
            if !isText(token), let problem = hidden(in: token.text, at: place) { return problem }
            place = token.endPositionBeforeTrailingTrivia.utf8Offset
            for piece in token.trailingTrivia {
                if let problem = problem(in: piece, at: place) { return problem }
                place += piece.sourceLength.utf8Length
            }
        }
        return nil
    }

    private static func isText(_ token: TokenSyntax) -> Bool {
        switch token.tokenKind {
        case .stringSegment, .regexLiteralPattern: true
        default: false
        }
    }

    private static func problem(in piece: TriviaPiece, at place: Int) -> SyntaxProblem? {
        // A no-break space, which web pages are full of, is a space to Swift.
        guard case .unexpectedText(let text) = piece, text != "\u{A0}" else { return nil }
        if let problem = hidden(in: text, at: place) { return problem }
        guard let scalar = text.unicodeScalars.first else { return nil }
        if text.hasPrefix("<<<<<<<") || text.hasPrefix("=======") || text.hasPrefix(">>>>>>>") {
            return SyntaxProblem(message: "a merge left its conflict marker here", span: Span(place, place + 7))
        }
        // Bytes that are no text at all, and what other editors leave behind after a merge, have words of the parser's.
        let width = text.utf8.count == 1 || text.unicodeScalars.count == 1 ? text.utf8.count : scalar.utf8.count
        let name = scalar.properties.generalCategory == .spaceSeparator ? VisibleText.name(of: scalar) : "'\(scalar)'"
        let instead = UnknownOperator.replacement(for: String(scalar)).map { ": \($0)" } ?? ""
        return SyntaxProblem(message: "\(name) is no part of Swift\(instead)", span: Span(place, place + width))
    }

    private static func hidden(in text: String, at place: Int) -> SyntaxProblem? {
        var place = place
        for scalar in text.unicodeScalars {
            // A joiner joins something; a name of nothing else is as invisible as it.
            let joinsNothing = text.unicodeScalars.allSatisfy { $0 == "\u{200C}" || $0 == "\u{200D}" }
            if VisibleText.isHidden(scalar) || joinsNothing {
                return SyntaxProblem(
                    message: "there is an invisible character here, \(VisibleText.name(of: scalar)): take it out",
                    span: Span(place, place + scalar.utf8.count))
            }
            place += scalar.utf8.count
        }
        return nil
    }
}

extension Unicode.Scalar {
    fileprivate var utf8: String.UTF8View { String(self).utf8 }
}
