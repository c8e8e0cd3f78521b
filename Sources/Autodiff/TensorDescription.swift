extension Tensor: CustomStringConvertible {
    /// The numbers with six significant digits: a scalar alone, a vector in brackets, a matrix a row a line.
    ///
    /// Long axes are shortened in the middle.
    public var description: String {
        let texts = elements.map { formatted(Double($0)) }
        if shape.isEmpty { return texts[0] }
        let width = shape.count > 1 ? texts.map(\.count).max() ?? 0 : 0
        return Self.rendered(texts[...], shape: shape[...], width: width, indent: "")
    }

    private static func rendered(
        _ texts: ArraySlice<String>, shape: ArraySlice<Int>, width: Int, indent: String
    ) -> String {
        guard let length = shape.first, shape.count > 1 else {
            let padded = texts.map { String(repeating: " ", count: max(0, width - $0.count)) + $0 }
            return "[" + shortened(padded, atMost: 12).joined(separator: ", ") + "]"
        }
        let inner = shape.dropFirst()
        let size = inner.reduce(1, *)
        let rows = (0..<length).map { row in
            let start = texts.startIndex + row * size
            return rendered(texts[start..<start + size], shape: inner, width: width, indent: indent + " ")
        }
        return "[" + shortened(rows, atMost: 12).joined(separator: ",\n" + indent + " ") + "]"
    }

    private static func shortened(_ items: [String], atMost limit: Int) -> [String] {
        items.count <= limit ? items : items.prefix(limit / 2) + ["…"] + items.suffix(limit / 2)
    }
}

/// A number with at most six significant digits, as `%.6g` prints it, and never in disguise: NaN and ∞ by name.
public func formatted(_ number: Double) -> String {
    if number.isNaN { return "nan" }
    if number.isInfinite { return number < 0 ? "-inf" : "inf" }
    if number == 0 { return "0" }
    let exponent = Int(Double.log10(abs(number)).rounded(.down))
    if exponent < -4 || exponent >= 6 {
        // Rounding may carry into the next power of ten, hence the division by the power and not a shift of digits.
        let (mantissa, carried) = rounded(number / Double.pow(10, exponent), decimals: 5)
        let shown = carried ? exponent + 1 : exponent
        return trimmed(carried ? mantissa / 10 : mantissa, decimals: 5)
            + "e\(shown < 0 ? "-" : "+")\(abs(shown) < 10 ? "0" : "")\(abs(shown))"
    }
    return trimmed(number, decimals: 5 - exponent)
}

private func rounded(_ x: Double, decimals: Int) -> (Double, Bool) {
    let scale = Double.pow(10, decimals)
    let result = (x * scale).rounded() / scale
    return (result, abs(result) >= 10)
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
