/// Text in columns, each as wide as its widest cell.
///
///     TextTable([.left("estimator"), .right("bias")], [["total return", "0"], ["reward to go", "0.25"]])
///
///     estimator     bias
///     total return     0
///     reward to go  0.25
package struct TextTable: Sendable, CustomStringConvertible {
    /// What the cells of a column have in common.
    package struct Column: Sendable {
        let header: String
        let minimumWidth: Int
        let alignment: TextAlignment

        /// A column of words.
        package static func left(_ header: String = "", minimumWidth: Int = 0) -> Column {
            Column(header: header, minimumWidth: minimumWidth, alignment: .left)
        }

        /// A column of numbers.
        package static func right(_ header: String = "", minimumWidth: Int = 0) -> Column {
            Column(header: header, minimumWidth: minimumWidth, alignment: .right)
        }
    }

    private let columns: [Column]
    private let rows: [[String]]
    private let gap: Int

    /// A table with a line of headers, where a column has one.
    ///
    /// - Parameters:
    ///   - rows: the cells of each row from the left; those that are missing are empty.
    ///   - gap: the spaces between two columns.
    package init(_ columns: [Column], _ rows: [[String]], gap: Int = 2) {
        self.columns = columns
        self.rows = rows
        self.gap = gap
    }

    /// The lines from top to bottom, none of which ends in a space.
    package var lines: [String] {
        let headers = columns.map(\.header)
        let all = (headers.allSatisfy(\.isEmpty) ? [] : [headers]) + rows
        let widths = columns.indices.map { column in
            all.reduce(columns[column].minimumWidth) { width, row in
                column < row.count ? max(width, row[column].displayWidth) : width
            }
        }
        return all.map { row in
            var line = zip(row, zip(columns, widths)).map { cell, column in
                cell.padded(to: column.1, column.0.alignment)
            }.joined(separator: String(repeating: " ", count: gap))
            while line.last == " " { line.removeLast() }
            return line
        }
    }

    /// The lines, one below the other.
    package var description: String { lines.joined(separator: "\n") }
}
