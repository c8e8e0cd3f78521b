import Autodiff

/// A convolution of stride 1 in Winograd's way: Y = Aᵀ[(G w Gᵀ) ⊙ (Bᵀ d B)]A for each tile, summed over the channels in.
struct WinogradConvolution<T: Scalar> {
    private let geometry: WinogradGeometry
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
        self.geometry = geometry
        self.rectified = rectified
        let channels = roundedChannels(geometry.outputChannels), window = geometry.window.size
        units = min(
            group * geometry.unitsPerImage,
            geometry.unitsPerBlock(elementSize: MemoryLayout<T>.stride, bytes: winogradBlockBytes))
        let size = packedCount(window: window, channels: geometry.outputChannels)
        weights = scratch(T.self, count: geometry.points * size)
        let transformed = winogradWeights(plain, geometry)
        for point in 0..<geometry.points {
            packWeights(
                transformed.elements.baseAddress! + point * window * geometry.outputChannels, window: window,
                channels: geometry.outputChannels, into: weights.elements.baseAddress! + point * size)
        }
        noBias = scratch(T.self, count: channels)
        noBias.elements.initialize(repeating: 0)
        self.bias = bias ?? noBias
        input = WinogradInput(geometry, imagesPerGroup: group, units: units)
        starts = geometry.windowStarts(units: units)
        places = scratch(Int.self, count: units * geometry.outputPixels)
        for p in places.elements.indices { places.elements[p] = p * channels }
        products = scratch(T.self, count: geometry.points * units * geometry.outputPixels * channels)
        halfway = scratch(
            T.self, count: geometry.rows.outputs * geometry.columns.points * geometry.outputColumns * channels)
    }

    /// Writes the results of the group's first `count` images, one behind the other.
    @inline(__always)
    func write(count: Int, to output: UnsafeMutablePointer<T>) {
        let channels = roundedChannels(geometry.outputChannels)
        let inputs = units * geometry.inputSize, outputs = units * geometry.outputPixels * channels
        let size = packedCount(window: geometry.window.size, channels: geometry.outputChannels)
        for first in stride(from: 0, to: count * geometry.unitsPerImage, by: units) {
            let present = min(units, count * geometry.unitsPerImage - first), pixels = present * geometry.outputPixels
            input.transform(first, present)
            for point in 0..<geometry.points {
                convolve(
                    input.transformed + point * inputs, starts: starts.prefix(pixels), window: geometry.window,
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
        let channels = roundedChannels(geometry.outputChannels), rowLength = geometry.outputColumns * channels
        let pointSize = units * geometry.outputPixels * channels
        let image = number / geometry.unitsPerImage, firstRow = number % geometry.unitsPerImage * geometry.rows.outputs
        let source = products.elements.baseAddress! + unit * geometry.outputPixels * channels
        let target = output + image * geometry.rows.size * geometry.columns.size * geometry.outputChannels
        if geometry.rows.isTransformed {
            let halfway = halfway.elements.baseAddress!
            for column in 0..<geometry.columns.points {
                winogradOutputRows(
                    source + column * pointSize, geometry.columns.points * pointSize, count: geometry.rows.outputs,
                    to: halfway + column * rowLength, geometry.columns.points * rowLength, length: rowLength)
            }
            for row in 0..<min(geometry.rows.outputs, geometry.rows.size - firstRow) {
                winogradOutputColumns(
                    UnsafePointer(halfway + row * geometry.columns.points * rowLength), rowLength, geometry,
                    bias: bias.elements.baseAddress!, rectified: rectified,
                    to: target + (firstRow + row) * geometry.columns.size * geometry.outputChannels)
            }
        } else {
            for y in 0..<geometry.rows.size {
                winogradOutputColumns(
                    UnsafePointer(source + y * rowLength), pointSize, geometry, bias: bias.elements.baseAddress!,
                    rectified: rectified, to: target + y * geometry.columns.size * geometry.outputChannels)
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
    _ source: UnsafePointer<T>, _ step: Int, _ geometry: WinogradGeometry, bias: UnsafePointer<T>, rectified: Bool,
    to target: UnsafeMutablePointer<T>
) {
    let channels = roundedChannels(geometry.outputChannels)
    @inline(__always)
    func write<V: SIMD<T>>(_ tile: Int, _ c: Int, _ vector: V.Type) {
        let sums = source + tile * channels + c, bias: V = load(bias + c)
        @inline(__always)
        func put(_ x: Int, _ y: V) {
            let z = y + bias
            store(rectified ? positivePart(z) : z, to: target + x * geometry.outputChannels + c)
        }
        if geometry.columns.isTransformed {
            let first = tile * geometry.columns.outputs
            winogradOutput(sums, step, count: geometry.columns.outputs, in: V.self) { i, y in
                if first + i < geometry.columns.size { put(first + i, y) }
            }
        } else {
            put(tile, load(sums))
        }
    }
    for tile in 0..<geometry.outputColumns {
        forEachVector(of: geometry.outputChannels) {
            write(tile, $0, Vector<T>.self)
        } half: {
            write(tile, $0, HalfVector<T>.self)
        }
    }
}
