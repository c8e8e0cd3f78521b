import Autodiff

/// ∂L/∂w in Winograd's way: Gᵀ[Σ (A ∂L/∂z Aᵀ) ⊙ (Bᵀ d B)]G, summed over all tiles.
struct WinogradWeightGradient<T: Scalar> {
    private let geometry: WinogradGeometry
    private let images: JoinedMaps<T>
    private let units: Int
    private let input: WinogradInput<T>
    private let starts: Scratch<Int>
    private let offsets: Scratch<Int>
    /// The output's gradient with zeros to whole tiles, and a unit of it between the two transforms.
    private let framed: Scratch<T>
    private let halfway: Scratch<T>
    /// A ∂L/∂z Aᵀ of a block, `[point][unit][pixel][channel]`.
    private let gradients: Scratch<T>
    /// `[point][window][channel in][channel out]`
    private let sums: Scratch<T>

    init(_ geometry: WinogradGeometry, _ images: JoinedMaps<T>, imagesPerGroup group: Int) {
        self.geometry = geometry
        self.images = images
        let channels = roundedChannels(geometry.outputChannels), window = geometry.window
        // Each block adds to all of the sums, so that blocks are larger here.
        units = min(
            group * geometry.unitsPerImage,
            geometry.unitsPerBlock(elementSize: MemoryLayout<T>.stride, bytes: 2 * winogradBlockBytes))
        input = WinogradInput(geometry, imagesPerGroup: group, units: units)
        starts = geometry.windowStarts(units: units)
        offsets = window.offsets
        framed = scratch(T.self, count: geometry.isFramed ? group * geometry.framedPixels * channels : 0)
        framed.elements.initialize(repeating: 0)
        halfway = scratch(T.self, count: winogradPoints * geometry.columns.framed * channels)
        gradients = scratch(T.self, count: geometry.points * units * geometry.outputPixels * channels)
        sums = scratch(T.self, count: geometry.points * window.size * channels)
        sums.elements.initialize(repeating: 0)
    }

    /// Adds the share of a group, `count` images from the number `image` on.
    ///
    /// - Parameter slope: ∂L/∂z, with channels rounded up to whole vectors.
    @inline(__always)
    func add(_ slope: UnsafePointer<T>, _ image: Int, _ count: Int) {
        input.padded.fill(images, from: image, count: count)
        let gradient = frame(slope, count: count)
        let channels = roundedChannels(geometry.outputChannels), window = geometry.window.size
        for first in stride(from: 0, to: count * geometry.unitsPerImage, by: units) {
            let present = min(units, count * geometry.unitsPerImage - first)
            input.transform(first, present)
            for unit in 0..<present { transform(gradient, unit, first + unit) }
            for point in 0..<geometry.points {
                accumulateWeightGradient(
                    input.transformed + point * units * geometry.inputSize,
                    starts: starts.prefix(present * geometry.outputPixels),
                    offsets: offsets.prefix(window),
                    gradient: gradients.elements.baseAddress! + point * units * geometry.outputPixels * channels,
                    places: nil, channels: channels,
                    sums: sums.elements.baseAddress! + point * window * channels)
            }
        }
    }

    /// The gradient with room for whole tiles.
    @inline(__always)
    private func frame(_ slope: UnsafePointer<T>, count: Int) -> UnsafePointer<T> {
        if !geometry.isFramed { return slope }
        let channels = roundedChannels(geometry.outputChannels), target = framed.elements.baseAddress!
        for image in 0..<count {
            for y in 0..<geometry.rows.size {
                copyPixels(
                    slope + (image * geometry.rows.size + y) * geometry.columns.size * channels, channels,
                    to: target + (image * geometry.rows.framed + y) * geometry.columns.framed * channels, channels,
                    channels: channels,
                    count: geometry.columns.size)
            }
        }
        return UnsafePointer(target)
    }

    /// A ∂L/∂z Aᵀ of one unit.
    @inline(__always)
    private func transform(_ gradient: UnsafePointer<T>, _ unit: Int, _ number: Int) {
        let channels = roundedChannels(geometry.outputChannels), rowLength = geometry.columns.framed * channels
        let image = number / geometry.unitsPerImage, firstRow = number % geometry.unitsPerImage * geometry.rows.outputs
        let source =
            gradient + (image * geometry.rows.framed + (geometry.rows.isTransformed ? firstRow : 0)) * rowLength
        let pointSize = units * geometry.outputPixels * channels
        let target = gradients.elements.baseAddress! + unit * geometry.outputPixels * channels
        switch (geometry.rows.isTransformed, geometry.columns.isTransformed) {
        case (true, true):
            let halfway = halfway.elements.baseAddress!
            winogradGradientRows(
                source, rowLength, count: geometry.rows.outputs, to: halfway, rowLength, length: rowLength)
            for point in 0..<winogradPoints {
                winogradGradientColumns(
                    halfway + point * rowLength, geometry, to: target + point * winogradPoints * pointSize, pointSize)
            }
        case (true, false):
            winogradGradientRows(
                source, rowLength, count: geometry.rows.outputs, to: target, pointSize, length: rowLength)
        default:
            for y in 0..<geometry.rows.size {
                winogradGradientColumns(
                    source + y * rowLength, geometry, to: target + y * geometry.outputColumns * channels, pointSize)
            }
        }
    }

    func tensor(shape: [Int]) -> Tensor<T> {
        let channels = roundedChannels(geometry.outputChannels)
        let whole = winogradWeightsTransposed(UnsafePointer(sums.elements.baseAddress!), geometry, channels: channels)
        return Tensor(shape: shape) { result in
            copyPixels(
                UnsafePointer(whole.elements.baseAddress!), channels, to: result.baseAddress!, geometry.outputChannels,
                channels: geometry.outputChannels,
                count: geometry.rows.kernel * geometry.columns.kernel * geometry.inputChannels)
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
    _ source: UnsafePointer<T>, _ geometry: WinogradGeometry, to target: UnsafeMutablePointer<T>, _ targetStep: Int
) {
    let channels = roundedChannels(geometry.outputChannels), outputs = geometry.columns.outputs
    for tile in 0..<geometry.columns.tiles {
        let pixels = source + tile * outputs * channels, place = target + tile * channels
        forEachVector(of: channels) {
            winogradGradient(pixels + $0, channels, count: outputs, to: place + $0, targetStep, in: Vector<T>.self)
        } half: {
            winogradGradient(pixels + $0, channels, count: outputs, to: place + $0, targetStep, in: HalfVector<T>.self)
        }
    }
}
