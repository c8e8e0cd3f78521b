import Autodiff

// The transform of the weights, and its transpose for their gradient. They are small beside the images: plain loops over long
// rows, which the compiler makes vectors of.

/// G w Gᵀ: `[point][window][channels in][channels out]`, along the axes that are transformed.
@inline(__always)
func winogradWeights<T: Scalar>(_ weights: UnsafePointer<T>, _ w: WinogradGeometry) -> Scratch<T> {
    let channels = w.inputChannels * w.outputChannels, row = w.columns.kernel * channels
    let lines = w.rows.isTransformed ? winogradPoints : w.rows.kernel
    let byRows = scratch(T.self, count: lines * row)
    if w.rows.isTransformed {
        let matrix = winogradWeightMatrix(taps: w.rows.kernel, of: T.self)
        for u in 0..<lines {
            combine(weights, row, matrix[u], into: byRows.elements.baseAddress! + u * row, length: row)
        }
    } else {
        byRows.elements.baseAddress!.update(from: weights, count: lines * row)
    }
    if !w.columns.isTransformed { return byRows }
    let matrix = winogradWeightMatrix(taps: w.columns.kernel, of: T.self)
    let result = scratch(T.self, count: lines * winogradPoints * channels)
    for line in 0..<lines {
        for v in 0..<winogradPoints {
            // A line is a point of the rows, or a row of the window that every point of the columns has.
            let place = w.rows.isTransformed ? line * winogradPoints + v : v * lines + line
            combine(
                byRows.elements.baseAddress! + line * row, channels, matrix[v],
                into: result.elements.baseAddress! + place * channels, length: channels)
        }
    }
    return result
}

/// Gᵀ u G, for the gradient u of what ``winogradWeights(_:_:)`` makes: `[kernel height][kernel width][channel in][channel out]`.
///
/// - Parameter channels: out, as far apart as they are in u.
@inline(__always)
func winogradWeightsTransposed<T: Scalar>(
    _ gradient: UnsafePointer<T>, _ w: WinogradGeometry, channels: Int
) -> Scratch<T> {
    let plane = w.inputChannels * channels, row = w.columns.kernel * plane
    let lines = w.rows.isTransformed ? winogradPoints : w.rows.kernel
    let byRows = scratch(T.self, count: lines * row)
    if w.columns.isTransformed {
        let matrix = winogradWeightMatrix(taps: w.columns.kernel, of: T.self)
        for line in 0..<lines {
            let (start, step) = w.rows.isTransformed ? (line * winogradPoints, 1) : (line, lines)
            for tap in 0..<w.columns.kernel {
                combine(
                    gradient + start * plane, step * plane, matrix.map { $0[tap] },
                    into: byRows.elements.baseAddress! + line * row + tap * plane, length: plane)
            }
        }
    } else {
        byRows.elements.baseAddress!.update(from: gradient, count: lines * row)
    }
    if !w.rows.isTransformed { return byRows }
    let matrix = winogradWeightMatrix(taps: w.rows.kernel, of: T.self)
    let whole = scratch(T.self, count: w.rows.kernel * row)
    for tap in 0..<w.rows.kernel {
        combine(
            UnsafePointer(byRows.elements.baseAddress!), row, matrix.map { $0[tap] },
            into: whole.elements.baseAddress! + tap * row, length: row)
    }
    return whole
}

/// target[i] = Σₖ factorₖ · source[k · step + i]
@inline(__always)
private func combine<T: Scalar>(
    _ source: UnsafePointer<T>, _ step: Int, _ factors: [T], into target: UnsafeMutablePointer<T>, length: Int
) {
    let first = factors[0]
    for i in 0..<length { target[i] = first * source[i] }
    for (k, factor) in factors.enumerated().dropFirst() where factor != 0 {
        let line = source + k * step
        for i in 0..<length { target[i] += factor * line[i] }
    }
}
