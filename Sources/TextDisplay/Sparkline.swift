/// Numbers as a row of bars between the smallest and the largest, at most 60 of them: means where there are more.
public func sparkline(_ values: [Double]) -> String {
    let bars = Array("▁▂▃▄▅▆▇█")
    let columns = min(values.count, 60)
    let means = (0..<columns).map { column in
        let part = values[column * values.count / columns..<(column + 1) * values.count / columns]
        return part.reduce(0, +) / Double(part.count)
    }
    guard let low = means.min(), let high = means.max() else { return "" }
    return String(
        means.map { high == low ? bars[3] : bars[min(7, Int(8 * ($0 - low) / (high - low)))] })
}
