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
            let text = text(start + index)
            return String(repeating: " ", count: max(0, width - text.count)) + text
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

/// A number with at most six significant digits, as `%.6g` prints it, and never in disguise: NaN and ∞ by name.
public func formatted(_ number: Double) -> String {
    if number.isNaN { return "nan" }
    if number.isInfinite { return number < 0 ? "-inf" : "inf" }
    if number == 0 { return "0" }
    var exponent = Int(Double.log10(abs(number)).rounded(.down))
    // Six digits as a whole number; rounding may carry into a seventh. Divided in two steps, for the smallest numbers.
    var digits =
        exponent < -300
        ? (number * 1e30 / Double.pow(10, exponent + 30) * 1e5).rounded()
        : (number / Double.pow(10, exponent) * 1e5).rounded()
    if abs(digits) >= 1e6 {
        digits = (digits / 10).rounded()
        exponent += 1
    }
    if exponent < -4 || exponent >= 6 {
        let sign = exponent < 0 ? "-" : "+"
        return trimmed(digits / 1e5, decimals: 5) + "e\(sign)\(abs(exponent) < 10 ? "0" : "")\(abs(exponent))"
    }
    return trimmed(number, decimals: 5 - exponent)
}

/// A number rounded to that many significant digits, 1 to 6, and then written as ``formatted(_:)`` writes it.
public func formatted(_ number: Double, digits: Int) -> String {
    guard number != 0 else { return "0" }
    let scale = Double.pow(10, Double(digits - 1) - Double.log10(abs(number)).rounded(.down))
    // The smallest numbers have no such scale, and the largest none that they could be multiplied with.
    guard scale.isFinite, (number * scale).isFinite else { return formatted(number) }
    return formatted((number * scale).rounded() / scale)
}

/// The number with that many decimals, without trailing zeros.
private func trimmed(_ x: Double, decimals: Int) -> String {
    let scale = Double.pow(10, decimals)
    let scaled = (abs(x) * scale).rounded()
    let digits = String(Int(scaled))
    let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
    var fraction = padded.suffix(decimals)
    while fraction.last == "0" { fraction.removeLast() }
    let whole = padded.dropLast(decimals)
    return (x < 0 && scaled != 0 ? "-" : "") + whole + (fraction.isEmpty ? "" : "." + fraction)
}
