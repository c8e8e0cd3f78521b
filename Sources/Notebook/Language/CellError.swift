import Foundation
import TextDisplay

/// A stretch of a cell's text, in UTF-8 bytes.
public struct Span: Sendable, Hashable {
    /// The first byte.
    public var start: Int
    /// One beyond the last byte.
    public var end: Int

    /// A stretch of text.
    public init(_ start: Int, _ end: Int) {
        self.start = start
        self.end = max(start, end)
    }
}

/// Why a cell failed, as a fact with its place; ``rendered(in:)`` puts it into words.
public struct CellError: Error, Sendable {
    /// What is wrong.
    public let fact: Fact
    /// Where in the cell.
    public var span: Span?

    /// What can be wrong with a cell.
    public enum Fact: Sendable {
        /// The text is not Swift: the parser's message.
        case syntax(String)
        /// The text is Swift that the notebook does not know.
        case unsupported(String)
        /// A name that is not defined, with those that are.
        case unknown(String, nearest: String?)
        /// A member that a type does not have.
        case unknownMember(String, type: String, nearest: String?)
        /// A call whose arguments do not fit, with the forms that there are.
        case wrongArguments(String, given: String, expected: [String])
        /// A value of the wrong type.
        case wrongType(expected: String, given: String)
        /// An operator that does not join these types.
        case noOperator(String, types: [String])
        /// An operator that nobody declared.
        case unknownOperator(String)
        /// Assignment to what was declared with `let`.
        case constant(String)
        /// Whatever goes wrong while a cell runs: the rule and the value.
        case failure(String)
        /// The cell was stopped.
        case interrupted
    }

    /// An error at a place.
    public init(_ fact: Fact, at span: Span? = nil) {
        self.fact = fact
        self.span = span
    }

    /// What a function of the library threw. Its own errors have words; of a system's only the reason is for a reader.
    init(inWords error: any Error) {
        switch error {
        case let error as CellError: self = error
        case let error as POSIXError: self.init(.failure(String(cString: strerror(error.code.rawValue))))
        case is CocoaError, is DecodingError, is EncodingError:
            self.init(.failure("a file or its contents can't be used"))
        case let error as any CustomStringConvertible where !(type(of: error) is NSError.Type):
            self.init(.failure(error.description))
        default: self.init(.failure("this failed, and there are no words for why"))
        }
    }

    /// The error at this place, unless it has one already.
    func at(_ place: Span) -> CellError {
        var error = self
        if error.span == nil { error.span = place }
        return error
    }

    /// The error in a sentence.
    public var message: String {
        switch fact {
        case .syntax(let message): message
        case .unsupported(let what): "\(what) not known to the notebook"
        case .unknown(let name, let nearest): "unknown '\(name)'" + didYouMean(nearest)
        case .unknownMember(let name, let type, let nearest):
            "\(type) has no member '\(name)'" + didYouMean(nearest)
        case .wrongArguments(let name, let given, let expected):
            "'\(name)' does not take \(given)"
                + (expected.isEmpty ? "" : ": there is " + expected.joined(separator: " and "))
        case .wrongType(let expected, let given): "expected \(expected), not \(given)"
        case .noOperator(let name, let types):
            Set(types) == ["Int", "Double"]
                ? "'\(name)' does not join Int and Double: convert one, as in Double(n)"
                : types.count == 1
                    ? "'\(name)' does not apply to \(types[0])"
                    : "'\(name)' does not join \(types.joined(separator: " and "))"
        case .unknownOperator(let name):
            "unknown operator '\(name)'" + (UnknownOperator.replacement(for: name).map { ": \($0)" } ?? "")
        case .constant(let name): "'\(name)' is a constant: declare it with 'var' to change it"
        case .failure(let message): message
        case .interrupted: "interrupted"
        }
    }

    /// The error with the line that it is in and a caret below the place.
    public func rendered(in source: String) -> String {
        let message = VisibleText.escaped(message)
        guard let span, !source.isEmpty else { return "error: \(message)" }
        let bytes = PlainText.normalized(Array(source.utf8))
        let start = min(span.start, bytes.count)
        let lineStart = bytes[..<start].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        let lineEnd = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
        // Escaped before the columns are counted, so that the caret stands below what is seen.
        func text(_ range: Range<Int>) -> String { VisibleText.escaped(String(decoding: bytes[range], as: UTF8.self)) }
        let end = max(start, min(span.end, lineEnd))
        let before = text(lineStart..<start).map { $0 == "\t" ? "\t" : String(repeating: " ", count: $0.displayWidth) }
        let marked = text(start..<end).displayWidth
        let caret = before.joined() + "^" + String(repeating: "~", count: max(0, marked - 1))
        let number = bytes[..<start].count { $0 == UInt8(ascii: "\n") } + 1
        let place = bytes.contains(UInt8(ascii: "\n")) ? "line \(number): " : ""
        return "error: \(place)\(message)\n  \(text(lineStart..<lineEnd))\n  \(caret)"
    }
}
