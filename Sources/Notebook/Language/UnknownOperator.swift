import SwiftOperators
import SwiftSyntax

/// Operators that nobody declared, and what does what they do elsewhere.
enum UnknownOperator {
    /// What is written instead of an operator of another language, or of mathematics; nil for one that means nothing known.
    static func replacement(for name: String) -> String? { replacements[name] }

    private static let replacements = [
        "**": "pow(x, y) is x to the power of y", "^^": "pow(x, y) is x to the power of y",
        "×": "write *", "∙": "write *", "⋅": "write *", "∗": "write *", "⊙": "write *", ".*": "write *",
        "÷": "write /", "∕": "write /", "⁄": "write /", "./": "write /", "/%": "write /",
        "−": "write -", "–": "write -", "—": "write -", ".-": "write -", ".+": "write +",
        "≤": "write <=", "⩽": "write <=", "=<": "write <=", "≥": "write >=", "⩾": "write >=", "=>": "write >=",
        "≠": "write !=", "<>": "write !=", "=/=": "write !=", "!==": "write !=",
        "===": "write ==", "≡": "write ==", "≈": "write abs(x - y) < 1e-9",
        "∧": "write &&", "∨": "write ||", "¬": "write !", "√": "sqrt(x) is the square root",
        "%%": "write %", "<-": "write =", "←": "write =", "→": "write ->",
        "..": "write ... or ..<", "!!": "write !", "++": "write x += 1", "--": "write x -= 1", "|>": "write f(x)",
        "<<<": "write <<", ">>>": "write >>",
        "++=": "write +=", "**=": "write x = pow(x, y)", "<=>": "write <, == or >", "@": "write matmul(a, b)",
    ]

    /// The error of a cell whose operators can't be put into order.
    static func cellError(for error: any Error) -> CellError {
        switch error as? OperatorError {
        case .missingOperator(let name, let syntax):
            let start = syntax.positionAfterSkippingLeadingTrivia.utf8Offset
            return CellError(.unknownOperator(name), at: Span(start, start + name.utf8.count))
        case .incomparableOperators(let left, _, let right, _):
            let start = right.positionAfterSkippingLeadingTrivia.utf8Offset
            let names = (left.trimmedDescription, right.trimmedDescription)
            return CellError(
                .failure(
                    names.0 == names.1
                        ? "'\(names.0)' can't be repeated: put parentheses around one of them"
                        : "'\(names.0)' and '\(names.1)' have no order among them: put parentheses around one of them"),
                at: Span(start, start + names.1.utf8.count))
        default: return CellError(.unsupported("operators in this order are"))
        }
    }
}
