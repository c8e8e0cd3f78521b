import TextDisplay

extension Tensor: CustomStringConvertible {
    /// The numbers with six significant digits: a scalar alone, a vector in brackets, a matrix a row a line.
    ///
    /// Long axes are shortened in the middle.
    public var description: String {
        if shape.isEmpty { return formatted(Double(value)) }
        // Numbers stand below each other in matrices.
        let width = shape.count > 1 ? shownPlaces(0, shape[...]).map { text($0).count }.max() ?? 0 : 0
        return rendered(0, shape[...], width: width, indent: "")
    }

    private func text(_ place: Int) -> String { formatted(Double(buffer.elements[place])) }

    private func rendered(_ start: Int, _ shape: ArraySlice<Int>, width: Int, indent: String) -> String {
        let size = shape.dropFirst().reduce(1, *)
        let parts = Self.shown(shape.first!).map { index -> String in
            guard let index else { return "…" }
            if shape.count > 1 {
                return rendered(start + index * size, shape.dropFirst(), width: width, indent: indent + " ")
            }
            return text(start + index).padded(to: width, .right)
        }
        return "[" + parts.joined(separator: shape.count > 1 ? ",\n" + indent + " " : ", ") + "]"
    }

    /// The places of the numbers that are shown.
    private func shownPlaces(_ start: Int, _ shape: ArraySlice<Int>) -> [Int] {
        guard let length = shape.first else { return [start] }
        let size = shape.dropFirst().reduce(1, *)
        return Self.shown(length).compactMap(\.self).flatMap { shownPlaces(start + $0 * size, shape.dropFirst()) }
    }

    /// The indices of an axis that are shown: all of a short one, both ends of a long one with nil between them.
    private static func shown(_ length: Int) -> [Int?] {
        length <= 12 ? Array(0..<length) : Array(0..<6) + [nil] + Array(length - 6..<length)
    }
}
