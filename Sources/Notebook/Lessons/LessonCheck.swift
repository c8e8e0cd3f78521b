import Foundation
import Synchronization
import TextDisplay

extension Lesson {
    /// A cell whose output is not what the lesson says.
    public struct Difference: Sendable, CustomStringConvertible {
        /// The cell.
        public let cell: Cell
        /// What the lesson says.
        public let expected: String
        /// What the cell did.
        public let actual: String
        /// The file of the lesson.
        public let path: String

        /// Whether the cell fails and the lesson does not say that it must.
        public var failsUnexpectedly: Bool { Cell.fails(actual) && !cell.attributes.error }

        /// The file, the line and the cell, then the lines that differ.
        public var description: String {
            let old = expected.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            let new = actual.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            let changes = new.difference(from: old)
            let removed = changes.removals.map { change -> String in
                if case .remove(_, let line, _) = change { return "  - \(line)" } else { return "" }
            }
            let added = changes.insertions.map { change -> String in
                if case .insert(_, let line, _) = change { return "  + \(line)" } else { return "" }
            }
            return "\(path):\(cell.line): cell \(cell.number) differs (- the lesson, + the cell)\n"
                + (removed + added).joined(separator: "\n")
        }
    }

    /// Runs every cell in order, in one new session, and gives the output of each; nil for those that are skipped.
    ///
    /// A cell that fails does not keep the next from running. An exercise whose check comes out right before anything was
    /// written has an error as its output: it would teach nothing.
    public func outputs(with library: Library, stop: StopSignal = StopSignal()) -> [String?] {
        let text = Mutex("")
        let session = Session(library: library) { piece in text.withLock { $0 += piece } }
        func run(_ cell: Cell) -> String {
            text.withLock { $0 = "" }
            let outcome = session.run(cell.source, stop: stop) { shown in text.withLock { $0 += shown + "\n" } }
            if let error = outcome.error { text.withLock { $0 += error.rendered(in: cell.source) + "\n" } }
            return VisibleText.escaped(text.withLock { $0.hasSuffix("\n") ? String($0.dropLast()) : $0 })
        }
        return cells.map { cell in
            if cell.attributes.skip { return nil }
            let output = run(cell)
            guard cell.attributes.exercise != nil, let check = check(of: cell), check.accepts(run(check)) else {
                return output
            }
            return output + "\nerror: the check of this exercise comes out right before anything was written"
        }
    }

    /// Holds outputs against those that the lesson says.
    ///
    /// A cell without an output block must have no output; one that fails is a difference unless the lesson says `error`.
    ///
    /// - Parameter exactly: whether outputs that differ within their tolerance are differences, too.
    public func differences(from outputs: [String?], exactly: Bool = false) -> [Difference] {
        zip(cells, outputs).compactMap { cell, output in
            guard let output else { return nil }
            let expected = cell.output ?? ""
            let isSame = !exactly || cell.attributes.runOnly || expected.contains("...") || expected == output
            return isSame && cell.accepts(output)
                ? nil : Difference(cell: cell, expected: expected, actual: output, path: path)
        }
    }

    /// Whether an output is what was expected: `...` stands for anything, in a line or for whole lines, and numbers may
    /// differ by the tolerance, relative to the larger of them and 1.
    static func matches(_ actual: String, _ expected: String, tolerance: Double?) -> Bool {
        func lines(_ text: String) -> ArraySlice<Substring> {
            text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.trimmedAtEnd }[...]
        }
        func match(_ actual: ArraySlice<Substring>, _ expected: ArraySlice<Substring>) -> Bool {
            guard let first = expected.first else { return actual.isEmpty }
            if first.allSatisfy({ $0 == " " || $0 == "." }) && first.contains("...") {
                return (0...actual.count).contains { match(actual.dropFirst($0), expected.dropFirst()) }
            }
            guard let line = actual.first, matchesLine(line, first, tolerance) else { return false }
            return match(actual.dropFirst(), expected.dropFirst())
        }
        return match(lines(actual), lines(expected))
    }

    private static func matchesLine(_ actual: Substring, _ expected: Substring, _ tolerance: Double?) -> Bool {
        if actual == expected { return true }
        var rest = actual
        let pieces = String(expected).components(separatedBy: "...")
        for (i, piece) in pieces.enumerated() {
            if i == pieces.count - 1 && i > 0 {
                guard rest.hasSuffix(piece) else { return false }
                return true
            }
            if i == 0 {
                if pieces.count == 1 { return tolerance.map { isClose(actual, expected, $0) } ?? false }
                guard rest.hasPrefix(piece) else { return false }
                rest = rest.dropFirst(piece.count)
            } else {
                guard let found = rest.range(of: piece) else { return false }
                rest = rest[found.upperBound...]
            }
        }
        return true
    }

    private static func isClose(_ actual: Substring, _ expected: Substring, _ tolerance: Double) -> Bool {
        let a = words(actual), b = words(expected)
        return a.count == b.count
            && zip(a, b).allSatisfy { x, y in
                if x == y { return true }
                guard let x = Double(x), let y = Double(y) else { return false }
                return abs(x - y) <= tolerance * max(1, abs(x), abs(y))
            }
    }

    /// A line as numbers and the text between them.
    private static func words(_ line: Substring) -> [String] {
        var words: [String] = []
        var rest = line
        while let first = rest.first {
            let isNumber = first.isASCIIDigit || (first == "-" && rest.dropFirst().first?.isASCIIDigit == true)
            var end = rest.index(after: rest.startIndex)
            while end < rest.endIndex {
                let character = rest[end]
                let continues =
                    isNumber
                    ? character.isASCIIDigit || character == "." || character == "e"
                        || ((character == "-" || character == "+") && rest[rest.index(before: end)] == "e")
                    : !(character.isASCIIDigit || character == "-")
                guard continues else { break }
                end = rest.index(after: end)
            }
            // Spaces only align columns.
            let word = rest[..<end].filter { $0 != " " }
            if !word.isEmpty { words.append(String(word)) }
            rest = rest[end...]
        }
        return words
    }
}

extension Lesson.Cell {
    /// Whether an output ends with an error.
    static func fails(_ output: String) -> Bool { output.hasPrefix("error: ") || output.contains("\nerror: ") }

    /// Whether an output is the one that the lesson says.
    public func accepts(_ output: String) -> Bool {
        Self.fails(output) == attributes.error
            && (attributes.runOnly || Lesson.matches(output, self.output ?? "", tolerance: attributes.tolerance))
    }
}

extension Character {
    fileprivate var isASCIIDigit: Bool { isASCII && isNumber }
}

extension Substring {
    fileprivate var trimmedAtEnd: Substring {
        var result = self
        while let last = result.last, last == " " || last == "\t" || last == "\r" { result.removeLast() }
        return result
    }
}
