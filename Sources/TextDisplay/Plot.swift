/// Curves drawn with characters, for a terminal and for a lesson's output.
///
///     Plot(x: [1, 10, 100], ["error": [0.5, 0.16, 0.05], "1/√N": [1, 0.32, 0.1]], logarithmic: true)
public struct Plot: Sendable, CustomStringConvertible {
    /// The x of every point.
    public let x: [Double]
    /// The curves with their names; each has a y for every x.
    public let curves: [(name: String, y: [Double])]
    /// Whether both axes are logarithmic; points that are not positive are then left out.
    public let isLogarithmic: Bool

    /// Curves over common x; each must be as long as `x`.
    public init(x: [Double], _ curves: KeyValuePairs<String, [Double]>, logarithmic: Bool = false) {
        self.init(x: x, curves: curves.map { ($0.key, $0.value) }, logarithmic: logarithmic)
    }

    /// One curve over 0, 1, 2, …
    public init(_ name: String, _ y: [Double]) {
        self.init(x: y.indices.map(Double.init), curves: [(name, y)], logarithmic: false)
    }

    /// Curves over common x; each must be as long as `x`.
    public init(x: [Double], curves: [(name: String, y: [Double])], logarithmic: Bool) {
        require(Self.problem(x: x, curves: curves))
        self.x = x
        self.curves = curves
        isLogarithmic = logarithmic
    }

    /// Why such a plot can't be made, or nil where it can.
    public static func problem(x: [Double], curves: [(name: String, y: [Double])]) -> InvalidArgument? {
        if let wrong = curves.first(where: { $0.y.count != x.count }) {
            return InvalidArgument("'\(wrong.name)' has \(wrong.y.count) points, and there are \(x.count) x")
        }
        if curves.count > marks.count { return InvalidArgument("a plot has at most \(marks.count) curves") }
        return nil
    }

    private static let marks: [Character] = ["●", "○", "×", "+", "*", "▪"]
    private static let width = 60, height = 12

    /// The curves on 60 × 12 characters, with the ends of both axes and the names of the curves.
    public var description: String {
        func place(_ value: Double) -> Double? {
            guard value.isFinite, !isLogarithmic || value > 0 else { return nil }
            return isLogarithmic ? Double.log10(value) : value
        }
        let points = curves.enumerated().flatMap { number, curve in
            zip(x, curve.y).compactMap { x, y -> (number: Int, x: Double, y: Double)? in
                guard let x = place(x), let y = place(y) else { return nil }
                return (number, x, y)
            }
        }
        guard let left = points.map(\.x).min(), let right = points.map(\.x).max(),
            let bottom = points.map(\.y).min(), let top = points.map(\.y).max()
        else { return "nothing to plot" }
        var grid = [[Character]](repeating: [Character](repeating: " ", count: Self.width), count: Self.height)
        func step(_ value: Double, _ low: Double, _ high: Double, _ steps: Int) -> Int {
            // In halves: the distance of the largest numbers is none that can be written.
            let share = (value / 2 - low / 2) / (high / 2 - low / 2)
            return share.isFinite ? Int((share * Double(steps - 1)).rounded()) : 0
        }
        // The first curve is drawn last, so that it is on top.
        for point in points.reversed() {
            let row = Self.height - 1 - step(point.y, bottom, top, Self.height)
            grid[row][step(point.x, left, right, Self.width)] = Self.marks[point.number]
        }
        // Three digits are as many as an axis can show.
        func label(_ value: Double) -> String {
            formatted(isLogarithmic ? Double.pow(10, value) : value, digits: 3)
        }
        let labels = [0: label(top), Self.height - 1: label(bottom)]
        let margin = labels.values.map(\.count).max()!
        var lines = grid.enumerated().map { row, characters -> String in
            let text = labels[row] ?? ""
            var line = text.padded(to: margin, .right) + (labels[row] == nil ? " │" : " ┤")
            line += String(characters)
            while line.last == " " { line.removeLast() }
            return line
        }
        let indent = String(repeating: " ", count: margin + 1)
        lines.append(indent + "└" + String(repeating: "─", count: Self.width))
        let (start, end) = (label(left), label(right))
        lines.append(
            indent + " " + start + String(repeating: " ", count: max(1, Self.width - start.count - end.count)) + end)
        let names = curves.enumerated().map { "\(Self.marks[$0]) \($1.name)" }.joined(separator: "   ")
        lines.append(indent + " " + names + (isLogarithmic ? "   (both axes logarithmic)" : ""))
        return lines.joined(separator: "\n")
    }
}
