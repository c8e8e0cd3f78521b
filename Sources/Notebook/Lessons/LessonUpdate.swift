import TextDisplay

extension Lesson {
    /// The lesson with the outputs that the cells have, where they differ from those that it says.
    ///
    /// Everything else stays as it is, byte for byte: line ends, a byte order mark, a last line without an end. That this
    /// is so is proved on the result, by reading it again.
    ///
    /// - Throws: ``LessonError`` where an output can't be written so.
    public func updated(with differences: [Difference]) throws -> String {
        let ranges = PlainText.lines(of: bytes)
        var result = bytes
        for difference in differences.reversed() {
            let cell = difference.cell
            // New lines end as the one with the cell's opening fence does.
            let fence = cell.line - 2
            let end =
                fence + 1 < ranges.count
                ? Array(bytes[ranges[fence].upperBound..<ranges[fence + 1].lowerBound]) : [0x0A]
            let lines = Self.lines(of: difference.actual)
            if let inside = contentRange(of: cell, ranges, for: lines) {
                // The fences, whatever they look like, stay.
                result.replaceSubrange(inside, with: lines.flatMap { Array($0.utf8) + end })
                continue
            }
            let block = Self.fenced(lines)
            if let old = blockRange(of: cell, ranges) {
                let isLast = cell.outputLines!.upperBound == ranges.count
                result.replaceSubrange(
                    old, with: block.flatMap { isLast ? end + Array($0.utf8) : Array($0.utf8) + end })
            } else if cell.end < ranges.count {
                result.insert(contentsOf: block.flatMap { Array($0.utf8) + end }, at: ranges[cell.end].lowerBound)
            } else {
                result += block.flatMap { end + Array($0.utf8) }
            }
        }
        let text = String(decoding: result, as: UTF8.self)
        let new = try Lesson(text, path: path)
        let changed = Dictionary(differences.map { ($0.cell.number, $0.actual) }, uniquingKeysWith: { $1 })
        for (i, cell) in cells.enumerated() {
            let wanted = changed[cell.number] ?? cell.output ?? ""
            guard new.cells.indices.contains(i), case let found = new.cells[i], found.source == cell.source,
                found.attributes == cell.attributes, found.output ?? "" == wanted
            else {
                throw LessonError(
                    "\(path):\(cell.line): the output of cell \(cell.number) can't be written so that it can be read again"
                )
            }
        }
        guard new.cells.count == cells.count, new.bytesWithoutOutputs == bytesWithoutOutputs else {
            throw LessonError("\(path): the outputs can't be written without a change to something else")
        }
        return text
    }

    private static func lines(of output: String) -> [String] {
        output.isEmpty ? [] : output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    /// The lines of an output block; its fence is longer than any in the output.
    private static func fenced(_ lines: [String]) -> [String] {
        if lines.isEmpty { return [] }
        let longest = lines.map { $0.drop { $0 == " " }.prefix { $0 == "`" }.count }.max() ?? 0
        let fence = String(repeating: "`", count: max(3, longest + 1))
        return [fence + "output"] + lines + [fence]
    }

    /// Where the text between the fences of a cell's output block is, where other lines can stand there: nil for a block that
    /// is not closed, and for lines that would close it.
    private func contentRange(of cell: Cell, _ ranges: [Range<Int>], for new: [String]) -> Range<Int>? {
        guard let block = cell.outputLines, block.count >= 2, !new.isEmpty else { return nil }
        func fence(_ line: String) -> (mark: Character, length: Int)? {
            let text = line.drop { $0 == " " }
            guard let mark = text.first, mark == "`" || mark == "~" else { return nil }
            return (mark, text.prefix { $0 == mark }.count)
        }
        guard let open = fence(lines[block.lowerBound]), let close = fence(lines[block.upperBound - 1]),
            close.mark == open.mark, close.length >= open.length,
            !new.contains(where: { fence($0).map { $0.mark == open.mark && $0.length >= open.length } ?? false })
        else { return nil }
        return ranges[block.lowerBound + 1].lowerBound..<ranges[block.upperBound - 1].lowerBound
    }

    /// Where a cell's output block is, with the end of its last line, or, where that has none, with the end of the line
    /// before it: without these bytes the file has no such block.
    private func blockRange(of cell: Cell, _ ranges: [Range<Int>]) -> Range<Int>? {
        cell.outputLines.map { lines in
            lines.upperBound < ranges.count
                ? ranges[lines.lowerBound].lowerBound..<ranges[lines.upperBound].lowerBound
                : ranges[lines.lowerBound - 1].upperBound..<bytes.count
        }
    }

    /// All of the file but its output blocks.
    private var bytesWithoutOutputs: [UInt8] {
        let ranges = PlainText.lines(of: bytes)
        var rest = bytes
        for cell in cells.reversed() {
            if let range = blockRange(of: cell, ranges) { rest.removeSubrange(range) }
        }
        return rest
    }
}
