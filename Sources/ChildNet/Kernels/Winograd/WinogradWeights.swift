import Autodiff

// The transform of the weights, and its transpose for their gradient. They are small beside the images: plain loops over long
// rows, which the compiler makes vectors of.

/// G w Gᵀ: `[point][window][channels in][channels out]`, along the axes that are transformed.
@inline(__always)
func winogradWeights<T: Scalar>(_ weights: UnsafePointer<T>, _ geometry: WinogradGeometry) -> Scratch<T> {
    let channels = geometry.inputChannels * geometry.outputChannels, row = geometry.columns.kernel * channels
    let lines = geometry.rows.isTransformed ? winogradPoints : geometry.rows.kernel
    let byRows = scratch(T.self, count: lines * row)
    if geometry.rows.isTransformed {
        let matrix = winogradWeightMatrix(taps: geometry.rows.kernel, of: T.self)
        for line in 0..<lines {
            combine(weights, row, matrix[line], into: byRows.elements.baseAddress! + line * row, length: row)
        }
    } else {
        byRows.elements.baseAddress!.update(from: weights, count: lines * row)
    }
    if !geometry.columns.isTransformed { return byRows }
    let matrix = winogradWeightMatrix(taps: geometry.columns.kernel, of: T.self)
    let result = scratch(T.self, count: lines * winogradPoints * channels)
    for line in 0..<lines {
        for point in 0..<winogradPoints {
            // A line is a point of the rows, or a row of the window that every point of the columns has.
            let place = geometry.rows.isTransformed ? line * winogradPoints + point : point * lines + line
            combine(
                byRows.elements.baseAddress! + line * row, channels, matrix[point],
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
    _ gradient: UnsafePointer<T>, _ geometry: WinogradGeometry, channels: Int
) -> Scratch<T> {
    let plane = geometry.inputChannels * channels, row = geometry.columns.kernel * plane
    let lines = geometry.rows.isTransformed ? winogradPoints : geometry.rows.kernel
    let byRows = scratch(T.self, count: lines * row)
    if geometry.columns.isTransformed {
        let matrix = winogradWeightMatrix(taps: geometry.columns.kernel, of: T.self)
        for line in 0..<lines {
            let (start, step) = geometry.rows.isTransformed ? (line * winogradPoints, 1) : (line, lines)
            for tap in 0..<geometry.columns.kernel {
                combine(
                    gradient + start * plane, step * plane, matrix.map { $0[tap] },
                    into: byRows.elements.baseAddress! + line * row + tap * plane, length: plane)
            }
        }
    } else {
        byRows.elements.baseAddress!.update(from: gradient, count: lines * row)
    }
    if !geometry.rows.isTransformed { return byRows }
    let matrix = winogradWeightMatrix(taps: geometry.rows.kernel, of: T.self)
    let whole = scratch(T.self, count: geometry.rows.kernel * row)
    for tap in 0..<geometry.rows.kernel {
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
