import Autodiff

/// ∂L/∂w in Winograd's way: Gᵀ[Σ (A g Aᵀ) ⊙ (Bᵀ d B)]G, summed over all tiles, with g = ∂L/∂z.
struct WinogradWeightGradient<T: Scalar> {
    private let w: WinogradGeometry
    private let images: JoinedMaps<T>
    private let units: Int
    private let input: WinogradInput<T>
    private let starts: Scratch<Int>
    private let offsets: Scratch<Int>
    /// The output's gradient with zeros to whole tiles, and a unit of it between the two transforms.
    private let framed: Scratch<T>
    private let halfway: Scratch<T>
    /// A g Aᵀ of a block, `[point][unit][pixel][channel]`.
    private let gradients: Scratch<T>
    /// `[point][window][channel in][channel out]`
    private let sums: Scratch<T>

    init(_ geometry: WinogradGeometry, _ images: JoinedMaps<T>, imagesPerGroup group: Int) {
        w = geometry
        self.images = images
        let channels = roundedChannels(w.outputChannels), window = w.window
        // Each block adds to all of the sums, so that blocks are larger here.
        units = min(
            group * w.unitsPerImage,
            w.unitsPerBlock(elementSize: MemoryLayout<T>.stride, bytes: 2 * winogradBlockBytes))
        input = WinogradInput(w, imagesPerGroup: group, units: units)
        starts = w.windowStarts(units: units)
        offsets = window.offsets
        framed = scratch(T.self, count: w.isFramed ? group * w.framedPixels * channels : 0)
        framed.elements.initialize(repeating: 0)
        halfway = scratch(T.self, count: winogradPoints * w.columns.framed * channels)
        gradients = scratch(T.self, count: w.points * units * w.outputPixels * channels)
        sums = scratch(T.self, count: w.points * window.size * channels)
        sums.elements.initialize(repeating: 0)
    }

    /// Adds the share of a group, `count` images from the number `image` on.
    ///
    /// - Parameter slope: ∂L/∂z, with channels rounded up to whole vectors.
    @inline(__always)
    func add(_ slope: UnsafePointer<T>, _ image: Int, _ count: Int) {
        input.padded.fill(images, from: image, count: count)
        let gradient = frame(slope, count: count)
        let channels = roundedChannels(w.outputChannels), window = w.window.size
        for first in stride(from: 0, to: count * w.unitsPerImage, by: units) {
            let present = min(units, count * w.unitsPerImage - first)
            input.transform(first, present)
            for unit in 0..<present { transform(gradient, unit, first + unit) }
            for point in 0..<w.points {
                accumulateWeightGradient(
                    input.transformed + point * units * w.inputSize, starts: starts.prefix(present * w.outputPixels),
                    offsets: offsets.prefix(window),
                    gradient: gradients.elements.baseAddress! + point * units * w.outputPixels * channels,
                    places: nil, channels: channels,
                    sums: sums.elements.baseAddress! + point * window * channels)
            }
        }
    }

    /// The gradient with room for whole tiles.
    @inline(__always)
    private func frame(_ slope: UnsafePointer<T>, count: Int) -> UnsafePointer<T> {
        if !w.isFramed { return slope }
        let channels = roundedChannels(w.outputChannels), target = framed.elements.baseAddress!
        for image in 0..<count {
            for y in 0..<w.rows.size {
                copyPixels(
                    slope + (image * w.rows.size + y) * w.columns.size * channels, channels,
                    to: target + (image * w.rows.framed + y) * w.columns.framed * channels, channels,
                    channels: channels,
                    count: w.columns.size)
            }
        }
        return UnsafePointer(target)
    }

    /// A g Aᵀ of one unit.
    @inline(__always)
    private func transform(_ gradient: UnsafePointer<T>, _ unit: Int, _ number: Int) {
        let channels = roundedChannels(w.outputChannels), rowLength = w.columns.framed * channels
        let image = number / w.unitsPerImage, firstRow = number % w.unitsPerImage * w.rows.outputs
        let source = gradient + (image * w.rows.framed + (w.rows.isTransformed ? firstRow : 0)) * rowLength
        let pointSize = units * w.outputPixels * channels
        let target = gradients.elements.baseAddress! + unit * w.outputPixels * channels
        switch (w.rows.isTransformed, w.columns.isTransformed) {
        case (true, true):
            let halfway = halfway.elements.baseAddress!
            winogradGradientRows(source, rowLength, count: w.rows.outputs, to: halfway, rowLength, length: rowLength)
            for u in 0..<winogradPoints {
                winogradGradientColumns(
                    halfway + u * rowLength, w, to: target + u * winogradPoints * pointSize, pointSize)
            }
        case (true, false):
            winogradGradientRows(source, rowLength, count: w.rows.outputs, to: target, pointSize, length: rowLength)
        default:
            for y in 0..<w.rows.size {
                winogradGradientColumns(
                    source + y * rowLength, w, to: target + y * w.outputColumns * channels, pointSize)
            }
        }
    }

    func tensor(shape: [Int]) -> Tensor<T> {
        let channels = roundedChannels(w.outputChannels)
        let whole = winogradWeightsTransposed(UnsafePointer(sums.elements.baseAddress!), w, channels: channels)
        return Tensor(shape: shape) { result in
            copyPixels(
                UnsafePointer(whole.elements.baseAddress!), channels, to: result.baseAddress!, w.outputChannels,
                channels: w.outputChannels, count: w.rows.kernel * w.columns.kernel * w.inputChannels)
        }
    }
}

extension WinogradGeometry {
    /// Whether the images do not end where tiles end.
    fileprivate var isFramed: Bool { rows.framed != rows.size || columns.framed != columns.size }
    fileprivate var framedPixels: Int { rows.framed * columns.framed }
}

/// A along rows: `count` rows become six.
@inline(never)
@specialized(where T == Float)
@specialized(where T == Double)
private func winogradGradientRows<T: Scalar>(
    _ source: UnsafePointer<T>, _ step: Int, count: Int, to target: UnsafeMutablePointer<T>, _ targetStep: Int,
    length: Int
) {
    forEachVector(of: length) {
        winogradGradient(source + $0, step, count: count, to: target + $0, targetStep, in: Vector<T>.self)
    } half: {
        winogradGradient(source + $0, step, count: count, to: target + $0, targetStep, in: HalfVector<T>.self)
    }
}

/// A along columns: the pixels of a tile become six, for each tile of a row.
@inline(never)
@specialized(where T == Float)
@specialized(where T == Double)
private func winogradGradientColumns<T: Scalar>(
    _ source: UnsafePointer<T>, _ w: WinogradGeometry, to target: UnsafeMutablePointer<T>, _ targetStep: Int
) {
    let channels = roundedChannels(w.outputChannels), outputs = w.columns.outputs
    for tile in 0..<w.columns.tiles {
        let pixels = source + tile * outputs * channels, place = target + tile * channels
        forEachVector(of: channels) {
            winogradGradient(pixels + $0, channels, count: outputs, to: place + $0, targetStep, in: Vector<T>.self)
        } half: {
            winogradGradient(pixels + $0, channels, count: outputs, to: place + $0, targetStep, in: HalfVector<T>.self)
        }
    }
}
