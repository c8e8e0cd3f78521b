import TextDisplay

extension Tensor: CustomStringConvertible {
    /// The numbers with six significant digits: a scalar alone, a vector in brackets, a matrix a row a line.
    ///
    /// Long axes are shortened in the middle.
    public var description: String {
        if shape.isEmpty { return formatted(Double(value)) }
        guard let edge = [6, 3, 2, 1].first(where: { shownCount(edge: $0) <= 20_000 }) else {
            return "a tensor of shape \(shape)"
        }
        // Numbers stand below each other in matrices.
        let width = shape.count > 1 ? shownPlaces(0, shape[...], edge).map { text($0).count }.max() ?? 0 : 0
        return rendered(0, shape[...], edge, width: width, indent: "")
    }

    /// How many numbers are shown with that many at the ends of a long axis.
    private func shownCount(edge: Int) -> Int {
        shape.reduce(1) { Swift.min($0, 1_000_000) * Swift.min($1, 2 * edge) }
    }

    private func text(_ place: Int) -> String { formatted(Double(buffer.elements[place])) }

    private func rendered(
        _ start: Int, _ shape: ArraySlice<Int>, _ edge: Int, width: Int, indent: String
    ) -> String {
        let size = shape.dropFirst().reduce(1, *)
        let parts = Self.shown(shape.first!, edge).map { index -> String in
            guard let index else { return "…" }
            if shape.count > 1 {
                return rendered(start + index * size, shape.dropFirst(), edge, width: width, indent: indent + " ")
            }
            return text(start + index).padded(to: width, .right)
        }
        return "[" + parts.joined(separator: shape.count > 1 ? ",\n" + indent + " " : ", ") + "]"
    }

    /// The places of the numbers that are shown.
    private func shownPlaces(_ start: Int, _ shape: ArraySlice<Int>, _ edge: Int) -> [Int] {
        guard let length = shape.first else { return [start] }
        let size = shape.dropFirst().reduce(1, *)
        return Self.shown(length, edge).compactMap(\.self).flatMap {
            shownPlaces(start + $0 * size, shape.dropFirst(), edge)
        }
    }

    /// The indices of an axis that are shown: all of a short one, both ends of a long one with nil between them.
    private static func shown(_ length: Int, _ edge: Int) -> [Int?] {
        length <= 2 * edge ? Array(0..<length) : Array(0..<edge) + [nil] + Array(length - edge..<length)
    }
}
