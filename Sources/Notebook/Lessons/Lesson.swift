import CMarkGFM
import Foundation
import TextDisplay

/// A walkthrough: a Markdown file whose Swift cells run in the notebook, each followed by the output that it must have.
public struct Lesson: Sendable {
    /// The file.
    public let path: String
    /// The lines of the file.
    public let lines: [String]
    /// The file as it is, its line ends and byte order mark included.
    let bytes: [UInt8]
    /// The prose and the cells, in order.
    public let blocks: [Block]

    /// A part of a lesson.
    public enum Block: Sendable {
        /// Markdown to be read.
        case prose(String)
        /// Swift to be run.
        case cell(Cell)
        /// Markdown that helps with the exercise before it, for those who ask.
        case hint(String)
    }

    /// A Swift cell with its output.
    public struct Cell: Sendable {
        /// The number of the cell in its lesson, from 1.
        public let number: Int
        /// The text of the cell.
        public let source: String
        /// The line on which its text starts, from 1.
        public let line: Int
        /// The output that stands behind it; nil where there is no output block.
        public let output: String?
        /// The index of the line with the opening fence of the output block, and of the one behind its closing fence.
        let outputLines: Range<Int>?
        /// The index of the line behind the cell's own closing fence.
        let end: Int
        /// What the comment above the cell says.
        public let attributes: Attributes
    }

    /// What an HTML comment `<!-- nas: … -->` on the line above a cell can say.
    public struct Attributes: Sendable, Equatable {
        /// The cell is shown, not run.
        public var skip = false
        /// The cell is run, but its output is not compared.
        public var runOnly = false
        /// The cell must fail; its output is the error.
        public var error = false
        /// Numbers compare within this tolerance.
        public var tolerance: Double?
        /// The cell is where an exercise of this name starts: the next ordinary cell must come out right once the reader has
        /// written it, and does not before.
        public var exercise: String?
        /// What follows helps with the exercise; it is shown to those who ask, and not run.
        public var hint = false
        /// The cell solves the exercise.
        public var solution = false

        init(_ text: String) throws {
            for word in text.split(whereSeparator: { $0 == " " || $0 == "," }) {
                switch word {
                case "skip": skip = true
                case "run-only": runOnly = true
                case "error": error = true
                case "hint": hint = true
                case "solution": solution = true
                case let word where word.hasPrefix("exercise=") && word.count > 9 && exercise == nil:
                    exercise = String(word.dropFirst(9))
                default:
                    guard word.hasPrefix("tol="), let value = Double(word.dropFirst(4)), value >= 0 else {
                        throw LessonError(
                            "unknown attribute '\(word)': there are skip, run-only, error, tol=NUMBER, exercise=NAME, hint "
                                + "and solution")
                    }
                    tolerance = value
                }
            }
        }
        init() {}
    }

    /// The lesson in a file.
    ///
    /// - Throws: ``LessonError`` that names the file and the line.
    public init(path: String) throws {
        let text: String
        do {
            text = try TextFile.read(path)
        } catch {
            throw LessonError(error.description)
        }
        try self.init(text, path: path)
    }

    /// The lesson in a text, whatever its lines end with.
    public init(_ text: String, path: String) throws {
        self.path = path
        bytes = Array(text.utf8)
        let normalized = PlainText.normalized(text)
        lines = normalized.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        blocks = try Self.blocks(of: normalized, lines: lines, path: path)
    }

    /// The cells in order.
    public var cells: [Cell] {
        blocks.compactMap { if case .cell(let cell) = $0 { cell } else { nil } }
    }

    /// The cell that shows whether the exercise of a cell is solved: the first ordinary one behind its solution.
    public func check(of exercise: Cell) -> Cell? {
        let rest = cells.drop { $0.number <= exercise.number }
        return rest.drop { !$0.attributes.solution }.dropFirst().first
    }

    /// The first heading.
    public var title: String {
        lines.first { $0.hasPrefix("# ") }.map { String($0.dropFirst(2)) }
            ?? String(path[(path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex)...])
    }

    private static func blocks(of text: String, lines: [String], path: String) throws -> [Block] {
        var blocks: [Block] = []
        var number = 0
        var attributes = Attributes()
        // The exercise that waits for its solution.
        var openExercise: String?
        for node in topLevelNodes(of: text) {
            func place(_ problem: String) -> LessonError {
                LessonError("\(path):\(node.lines.lowerBound + 1): \(problem)")
            }
            if attributes.hint {
                if case .comment = node.kind { throw place("a hint has its text right behind it") }
                guard openExercise != nil else { throw place("a hint stands between an exercise and its solution") }
                blocks.append(.hint(lines[node.lines].joined(separator: "\n")))
                attributes = Attributes()
                continue
            }
            switch node.kind {
            case .fence(let info, let literal) where info == "swift":
                switch (openExercise, attributes.exercise, attributes.solution) {
                case (nil, let name?, false):
                    if attributes.skip || attributes.error || attributes.runOnly {
                        throw place("an exercise starts from a cell that runs: it can't be skip, error or run-only")
                    }
                    openExercise = name
                case (_?, nil, true): openExercise = nil
                case (nil, nil, false): break
                case (let name?, _, _): throw place("the exercise '\(name)' has no solution before this cell")
                default: throw place("a solution without an exercise")
                }
                number += 1
                let source = literal.hasSuffix("\n") ? String(literal.dropLast()) : literal
                blocks.append(
                    .cell(
                        Cell(
                            number: number, source: source, line: node.lines.lowerBound + 2, output: nil,
                            outputLines: nil, end: node.lines.upperBound, attributes: attributes)))
                attributes = Attributes()
            case .fence(let info, let literal) where info == "output":
                guard case .cell(let cell)? = blocks.last, cell.output == nil else {
                    throw place("an output block belongs right behind a swift cell")
                }
                blocks[blocks.count - 1] = .cell(
                    Cell(
                        number: cell.number, source: cell.source, line: cell.line,
                        output: literal.hasSuffix("\n") ? String(literal.dropLast()) : literal,
                        outputLines: node.lines, end: cell.end, attributes: cell.attributes))
            case .comment(let text):
                do { attributes = try Attributes(text) } catch let error as LessonError {
                    throw place(error.description)
                }
            case .fence, .other:
                blocks.append(.prose(lines[node.lines].joined(separator: "\n")))
            }
        }
        if attributes != Attributes() { throw LessonError("\(path): the last attributes have no cell behind them") }
        if let openExercise { throw LessonError("\(path): the exercise '\(openExercise)' has no solution") }
        let cells = blocks.compactMap { if case .cell(let cell) = $0 { cell } else { nil } }
        for (n, cell) in cells.enumerated() where cell.attributes.solution {
            guard n + 1 < cells.count, cells[n + 1].attributes.exercise == nil, !cells[n + 1].attributes.skip else {
                throw LessonError("\(path):\(cell.line): no cell behind this solution checks it")
            }
        }
        return blocks
    }

    private enum NodeKind {
        case fence(info: String, literal: String)
        case comment(String)
        case other
    }

    /// The blocks that the document consists of, with the lines that they take.
    private static func topLevelNodes(of text: String) -> [(kind: NodeKind, lines: Range<Int>)] {
        guard let document = cmark_parse_document(text, text.utf8.count, CMARK_OPT_DEFAULT) else { return [] }
        defer { cmark_node_free(document) }
        var nodes: [(NodeKind, Range<Int>)] = []
        var next = cmark_node_first_child(document)
        while let node = next {
            let start = Int(cmark_node_get_start_line(node)) - 1
            let lines = start..<max(start, Int(cmark_node_get_end_line(node)))
            let literal = cmark_node_get_literal(node).map { String(cString: $0) } ?? ""
            if cmark_node_get_type(node) == CMARK_NODE_CODE_BLOCK,
                let info = cmark_node_get_fence_info(node).map({ String(cString: $0) }),
                let language = info.split(whereSeparator: \.isWhitespace).first
            {
                // As GitHub reads it: the first word, in any case.
                nodes.append((.fence(info: language.lowercased(), literal: literal), lines))
            } else if cmark_node_get_type(node) == CMARK_NODE_HTML_BLOCK,
                let open = literal.range(of: "<!-- nas:"), let close = literal.range(of: "-->")
            {
                nodes.append(
                    (
                        .comment(
                            literal[open.upperBound..<close.lowerBound].trimmingCharacters(in: .whitespacesAndNewlines)),
                        lines
                    ))
            } else {
                nodes.append((.other, lines))
            }
            next = cmark_node_next(node)
        }
        return nodes
    }
}

/// Why a lesson can't be read.
public struct LessonError: Error, CustomStringConvertible {
    /// The file, the line and the reason.
    public let description: String
    init(_ description: String) { self.description = description }
}
