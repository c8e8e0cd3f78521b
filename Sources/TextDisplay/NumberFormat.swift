import RealModule

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
    require(1...6 ~= digits, "a number is rounded to 1 to 6 digits; not \(digits)")
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

/// A whole number with its thousands apart: `12,345`; one that is too large for that as ``formatted(_:)`` writes it.
public func grouped(_ number: Double) -> String {
    guard abs(number) < 1e18 else { return formatted(number) }
    let digits = Array(String(Int(abs(number))))
    return (number <= -1 ? "-" : "")
        + String(
            digits.enumerated().flatMap { i, digit in
                i > 0 && (digits.count - i) % 3 == 0 ? [",", digit] : [digit]
            })
}
