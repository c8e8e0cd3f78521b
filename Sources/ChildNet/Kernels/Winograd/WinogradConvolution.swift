import Autodiff

/// A convolution of stride 1 in Winograd's way: Y = Aᵀ[(G w Gᵀ) ⊙ (Bᵀ d B)]A for each tile, summed over the channels in.
struct WinogradConvolution<T: Scalar> {
    private let w: WinogradGeometry
    private let units: Int
    /// G w Gᵀ for each point, packed.
    private let weights: Scratch<T>
    private let bias: Scratch<T>
    private let noBias: Scratch<T>
    private let rectified: Bool
    /// Its group is what is convolved.
    let input: WinogradInput<T>
    private let starts: Scratch<Int>
    private let places: Scratch<Int>
    /// The sums, `[point][unit][pixel][channel]`, and a unit of them between the two transforms.
    private let products: Scratch<T>
    private let halfway: Scratch<T>

    /// - Parameter bias: one for each output channel, rounded up to whole vectors; nil for none.
    init(
        _ geometry: WinogradGeometry, weights plain: UnsafePointer<T>, bias: Scratch<T>?, rectified: Bool,
        imagesPerGroup group: Int
    ) {
        w = geometry
        self.rectified = rectified
        let channels = roundedChannels(w.outputChannels), window = w.window.size
        units = min(
            group * w.unitsPerImage, w.unitsPerBlock(elementSize: MemoryLayout<T>.stride, bytes: winogradBlockBytes))
        let size = packedCount(window: window, channels: w.outputChannels)
        weights = scratch(T.self, count: w.points * size)
        let transformed = winogradWeights(plain, w)
        for point in 0..<w.points {
            packWeights(
                transformed.elements.baseAddress! + point * window * w.outputChannels, window: window,
                channels: w.outputChannels, into: weights.elements.baseAddress! + point * size)
        }
        noBias = scratch(T.self, count: channels)
        noBias.elements.initialize(repeating: 0)
        self.bias = bias ?? noBias
        input = WinogradInput(w, imagesPerGroup: group, units: units)
        starts = w.windowStarts(units: units)
        places = scratch(Int.self, count: units * w.outputPixels)
        for p in places.elements.indices { places.elements[p] = p * channels }
        products = scratch(T.self, count: w.points * units * w.outputPixels * channels)
        halfway = scratch(T.self, count: w.rows.outputs * w.columns.points * w.outputColumns * channels)
    }

    /// Writes the results of the group's first `count` images, one behind the other.
    @inline(__always)
    func write(count: Int, to output: UnsafeMutablePointer<T>) {
        let channels = roundedChannels(w.outputChannels)
        let inputs = units * w.inputSize, outputs = units * w.outputPixels * channels
        let size = packedCount(window: w.window.size, channels: w.outputChannels)
        for first in stride(from: 0, to: count * w.unitsPerImage, by: units) {
            let present = min(units, count * w.unitsPerImage - first), pixels = present * w.outputPixels
            input.transform(first, present)
            for point in 0..<w.points {
                convolve(
                    input.transformed + point * inputs, starts: starts.prefix(pixels), window: w.window,
                    packed: weights.elements.baseAddress! + point * size, bias: noBias.elements.baseAddress!,
                    rectified: false, output: products.elements.baseAddress! + point * outputs,
                    targets: places.prefix(pixels), channels: channels)
            }
            for unit in 0..<present { write(unit, first + unit, to: output) }
        }
    }

    /// The products of one unit, put together, plus the bias, and through the rectifier.
    @inline(__always)
    private func write(_ unit: Int, _ number: Int, to output: UnsafeMutablePointer<T>) {
        let channels = roundedChannels(w.outputChannels), rowLength = w.outputColumns * channels
        let pointSize = units * w.outputPixels * channels
        let image = number / w.unitsPerImage, firstRow = number % w.unitsPerImage * w.rows.outputs
        let source = products.elements.baseAddress! + unit * w.outputPixels * channels
        let target = output + image * w.rows.size * w.columns.size * w.outputChannels
        if w.rows.isTransformed {
            let halfway = halfway.elements.baseAddress!
            for v in 0..<w.columns.points {
                winogradOutputRows(
                    source + v * pointSize, w.columns.points * pointSize, count: w.rows.outputs,
                    to: halfway + v * rowLength, w.columns.points * rowLength, length: rowLength)
            }
            for i in 0..<min(w.rows.outputs, w.rows.size - firstRow) {
                winogradOutputColumns(
                    UnsafePointer(halfway + i * w.columns.points * rowLength), rowLength, w,
                    bias: bias.elements.baseAddress!, rectified: rectified,
                    to: target + (firstRow + i) * w.columns.size * w.outputChannels)
            }
        } else {
            for y in 0..<w.rows.size {
                winogradOutputColumns(
                    UnsafePointer(source + y * rowLength), pointSize, w, bias: bias.elements.baseAddress!,
                    rectified: rectified, to: target + y * w.columns.size * w.outputChannels)
            }
        }
    }
}

/// What units and their products may take together: about what stays in a core's second-level cache beside the weights.
let winogradBlockBytes = 384 << 10

/// Aᵀ along rows: six rows `step` apart become `count` rows.
@inline(never)
@specialized(where T == Float)
@specialized(where T == Double)
private func winogradOutputRows<T: Scalar>(
    _ source: UnsafePointer<T>, _ step: Int, count: Int, to target: UnsafeMutablePointer<T>, _ targetStep: Int,
    length: Int
) {
    forEachVector(of: length) { i in
        winogradOutput(source + i, step, count: count, in: Vector<T>.self) { row, y in
            store(y, to: target + row * targetStep + i)
        }
    } half: { i in
        winogradOutput(source + i, step, count: count, in: HalfVector<T>.self) { row, y in
            store(y, to: target + row * targetStep + i)
        }
    }
}

/// Aᵀ along columns, for one row of output pixels: six sums `step` apart become the pixels of a tile, with the bias.
@inline(never)
@specialized(where T == Float)
@specialized(where T == Double)
private func winogradOutputColumns<T: Scalar>(
    _ source: UnsafePointer<T>, _ step: Int, _ w: WinogradGeometry, bias: UnsafePointer<T>, rectified: Bool,
    to target: UnsafeMutablePointer<T>
) {
    let channels = roundedChannels(w.outputChannels)
    @inline(__always)
    func write<V: SIMD<T>>(_ tile: Int, _ c: Int, _ vector: V.Type) {
        let sums = source + tile * channels + c, b: V = load(bias + c)
        @inline(__always)
        func put(_ x: Int, _ y: V) {
            let z = y + b
            store(rectified ? positivePart(z) : z, to: target + x * w.outputChannels + c)
        }
        if w.columns.isTransformed {
            let first = tile * w.columns.outputs
            winogradOutput(sums, step, count: w.columns.outputs, in: V.self) { i, y in
                if first + i < w.columns.size { put(first + i, y) }
            }
        } else {
            put(tile, load(sums))
        }
    }
    for tile in 0..<w.outputColumns {
        forEachVector(of: w.outputChannels) {
            write(tile, $0, Vector<T>.self)
        } half: {
            write(tile, $0, HalfVector<T>.self)
        }
    }
}
