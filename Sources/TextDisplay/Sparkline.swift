/// Numbers as a row of bars between the smallest and the largest, at most 60 of them: means where there are more. What is
/// not finite is a dot.
public func sparkline(_ values: [Double]) -> String {
    let bars = Array("▁▂▃▄▅▆▇█")
    let columns = min(values.count, 60)
    let means = (0..<columns).map { column in
        let part = values[column * values.count / columns..<(column + 1) * values.count / columns]
        return part.reduce(0, +) / Double(part.count)
    }
    let finite = means.filter(\.isFinite)
    let low = finite.min() ?? 0, high = finite.max() ?? 0
    return String(
        means.map { mean in
            if !mean.isFinite { return "·" }
            // Halves, whose difference overflows for no numbers.
            return high == low ? bars[3] : bars[min(7, Int(8 * ((mean / 2 - low / 2) / (high / 2 - low / 2))))]
        })
}
