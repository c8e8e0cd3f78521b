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
            // An output block reaches from the end of the line before it to the end of its last line: so one that is added
            // behind a file's last line, which has no end, takes none from it.
            let place =
                outputRange(of: cell, ranges) ?? ranges[cell.end - 1].upperBound..<ranges[cell.end - 1].upperBound
            // Its lines end as the one with the cell's opening fence does.
            let fence = cell.line - 2
            let end =
                fence + 1 < ranges.count
                ? Array(bytes[ranges[fence].upperBound..<ranges[fence + 1].lowerBound]) : [0x0A]
            let block = Self.outputBlock(difference.actual).flatMap { end + Array($0.utf8) }
            result.replaceSubrange(place, with: block)
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

    /// The lines of an output block; its fence is longer than any in the output.
    private static func outputBlock(_ output: String) -> [String] {
        if output.isEmpty { return [] }
        let lines = output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let longest = lines.map { $0.drop { $0 == " " }.prefix { $0 == "`" }.count }.max() ?? 0
        let fence = String(repeating: "`", count: max(3, longest + 1))
        return [fence + "output"] + lines + [fence]
    }

    private func outputRange(of cell: Cell, _ ranges: [Range<Int>]) -> Range<Int>? {
        cell.outputLines.map { ranges[$0.lowerBound - 1].upperBound..<ranges[$0.upperBound - 1].upperBound }
    }

    /// All of the file but its output blocks.
    private var bytesWithoutOutputs: [UInt8] {
        let ranges = PlainText.lines(of: bytes)
        var rest = bytes
        for cell in cells.reversed() {
            if let range = outputRange(of: cell, ranges) { rest.removeSubrange(range) }
        }
        return rest
    }
}
