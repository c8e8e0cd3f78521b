/// Tables of numbers drawn as shades of gray, for a terminal and for a lesson's output: the larger, the darker.
///
///     Heatmap([[0, 1], [2, 3]])
public struct Heatmap: Sendable, CustomStringConvertible {
    /// The tables, drawn side by side in the same shades.
    public let tables: [[[Double]]]

    /// One table, row by row.
    public init(_ rows: [[Double]]) { tables = [rows] }

    /// Several tables side by side, in the same shades.
    public init(sideBySide tables: [[[Double]]]) { self.tables = tables }

    private static let shades = [" ", "░", "▒", "▓", "█"]
    /// The columns of a terminal that tables may take; what is left goes below.
    private static let lineWidth = 76

    /// Two characters for each number, and below what the lightest and the darkest stand for.
    public var description: String {
        let numbers = tables.joined().joined().filter(\.isFinite)
        guard let low = numbers.min(), let high = numbers.max() else { return "nothing to draw" }
        var lines: [String] = []
        var rest = tables[...]
        while !rest.isEmpty {
            // As many as fit beside each other, one at least.
            var width = 0
            let band = rest.prefix { table in
                width += 2 * (table.map(\.count).max() ?? 0) + 2
                return width <= Self.lineWidth + 2
            }
            let drawn = band.isEmpty ? rest.prefix(1) : band
            rest = rest.dropFirst(drawn.count)
            if !lines.isEmpty { lines.append("") }
            for row in 0..<(drawn.map(\.count).max() ?? 0) {
                let parts = drawn.map { table in
                    let numbers = row < table.count ? table[row] : []
                    let padding = (table.map(\.count).max() ?? 0) - numbers.count
                    return numbers.map { Self.shade($0, low, high) }.joined() + String(repeating: "  ", count: padding)
                }
                lines.append("│" + parts.joined(separator: "││") + "│")
            }
        }
        return lines.joined(separator: "\n") + "\n  \(formatted(low, digits: 3)) … \(formatted(high, digits: 3)) █"
    }

    private static func shade(_ number: Double, _ low: Double, _ high: Double) -> String {
        guard number.isFinite else { return "??" }
        // In halves: the distance of the largest numbers is none that can be written.
        let share = low == high ? 0 : (number / 2 - low / 2) / (high / 2 - low / 2)
        let shade = shades[min(shades.count - 1, Int(share * Double(shades.count)))]
        return shade + shade
    }
}
