import Autodiff
import TextDisplay

extension Network: CustomStringConvertible {
    /// The network as a table: its layers with the shapes that they make, their parameters and the operations of a forward
    /// pass for one image, and its skip connections as lines at the left.
    public var description: String { diagram(of: summaries, input: input) }
}

/// A table of a network's layers, with skip connections as lines at the left.
///
///     ┌ input                       32×32×3
///     │┌ 1  conv 3×3, 36 filters    32×32×36     1,008     2.0 M
///     ││ 2  …
///     │└▶ 3  join of 1, 2
func diagram(of summaries: [LayerSummary], input: ImageShape) -> String {
    let last = summaries.count - 1
    let digits = "\(last)".count
    var rows: [[String]] = [[String(repeating: " ", count: digits) + "  input", "\(input)", "", ""]]
    for (i, summary) in summaries.enumerated() {
        let number = i == last ? String(repeating: " ", count: digits) : leftPadded("\(i + 1)", digits)
        let name = i == last ? "dense, to \(summary.output.channels) classes" : "\(summary.layer)"
        rows.append([
            "\(number)  \(name)", i == last ? "\(summary.output.channels)" : "\(summary.output)",
            summary.parameters == 0 ? "" : grouped(Double(summary.parameters)),
            summary.flops == 0 ? "" : abbreviated(summary.flops),
        ])
    }
    rows.append([
        String(repeating: " ", count: digits) + "  in all", "",
        grouped(Double(summaries.reduce(0) { $0 + $1.parameters })),
        abbreviated(summaries.reduce(0) { $0 + $1.flops }),
    ])
    let header = ["", "makes", "parameters", "FLOPs"]
    let widths = header.indices.map { column in (rows + [header]).map { $0[column].count }.max()! }
    let arcs = skipLines(of: summaries)
    return ([("", header)] + zip(arcs + [""], rows)).map { arc, row in
        let margin = arc.isEmpty ? String(repeating: " ", count: arcs[0].count) : arc
        let cells = [
            row[0].padding(widths[0]), row[1].padding(widths[1]), leftPadded(row[2], widths[2]),
            leftPadded(row[3], widths[3]),
        ]
        let line = margin + cells.joined(separator: "  ")
        return String(line.reversed().drop { $0 == " " }.reversed())
    }.joined(separator: "\n")
}

/// For the images and for each layer the part of the skip connections' lines that stands left of it.
///
/// Every join has a column of its own, from the first of its sources down to itself; what comes from the layer just
/// before needs no line. Columns are used again where their lines have ended.
private func skipLines(of summaries: [LayerSummary]) -> [String] {
    let count = summaries.count + 1
    var columns: [[Character]] = []
    var ends: [Int] = []
    for (i, summary) in summaries.enumerated() {
        let target = i + 1
        let far = summary.layer.kind.sources.filter { $0 < target - 1 }.sorted()
        guard let first = far.first else { continue }
        let column = ends.firstIndex { $0 < first } ?? ends.count
        if column == ends.count {
            columns.append(Array(repeating: " ", count: count))
            ends.append(0)
        }
        for row in first...target { columns[column][row] = "│" }
        for source in far { columns[column][source] = source == first ? "┌" : "├" }
        columns[column][target] = "└"
        ends[column] = target
    }
    return (0..<count).map { row in
        // From its corner or branch a line runs to the right, under the lines that it has nothing to do with.
        var isRunning = false
        var text = ""
        for column in columns.indices {
            let mark = columns[column][row]
            switch mark {
            case "┌", "├", "└":
                text.append(isRunning ? (mark == "┌" ? "┬" : mark == "├" ? "┼" : "┴") : mark)
                isRunning = true
            case "│": text.append("│")
            default: text.append(isRunning ? "─" : " ")
            }
        }
        if columns.isEmpty { return "" }
        let isTarget = columns.contains { $0[row] == "└" }
        return text + (isTarget ? "▶" : isRunning ? "─" : " ")
    }
}

/// A count with three digits and a unit: `104 M`.
func abbreviated(_ count: Double) -> String {
    // What three digits would round up to a thousand has the next unit already.
    for (size, unit) in [(1e9, " G"), (1e6, " M"), (1e3, " k")] where count >= 0.9995 * size {
        return formatted(count / size, digits: 3) + unit
    }
    return "\(Int(count))"
}

extension String {
    fileprivate func padding(_ width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}

private func leftPadded(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
}
