import Autodiff

/// A group of padded images, block by block transformed: Bᵀ d B.
struct WinogradInput<T: Scalar> {
    private let w: WinogradGeometry
    private let units: Int
    /// The group, to be filled.
    let padded: PaddedGroup<T>
    /// Six rows of a unit after the first transform.
    private let halfway: Scratch<T>
    private let blocks: Scratch<T>

    /// `[point][unit][row][column][channel]` of the block.
    var transformed: UnsafePointer<T> { UnsafePointer(blocks.elements.baseAddress!) }

    /// - Parameter units: the most of a block.
    init(_ geometry: WinogradGeometry, imagesPerGroup group: Int, units: Int) {
        w = geometry
        self.units = units
        padded = PaddedGroup(
            images: group, height: w.rows.size, width: w.columns.size, channels: w.inputChannels,
            padded: (w.rows.padded, w.columns.padded), before: (w.rows.before, w.columns.before))
        halfway = scratch(T.self, count: w.rows.isTransformed ? winogradPoints * w.paddedRowStride : 0)
        blocks = scratch(T.self, count: w.points * units * w.inputSize)
    }

    /// Transforms units of the group, from the number `first` on.
    @inline(__always)
    func transform(_ first: Int, _ count: Int) {
        let pointSize = units * w.inputSize
        for unit in 0..<count {
            let image = (first + unit) / w.unitsPerImage, tileRow = (first + unit) % w.unitsPerImage
            let source =
                padded.start + image * padded.layout.image
                + (w.rows.isTransformed ? tileRow * w.rows.outputs * w.paddedRowStride : 0)
            let target = blocks.elements.baseAddress! + unit * w.inputSize
            switch (w.rows.isTransformed, w.columns.isTransformed) {
            case (true, true):
                let halfway = halfway.elements.baseAddress!
                winogradInputRows(source, w.paddedRowStride, to: halfway, w.paddedRowStride, length: w.paddedRowStride)
                for u in 0..<winogradPoints {
                    winogradInputColumns(
                        halfway + u * w.paddedRowStride, w, to: target + u * winogradPoints * pointSize, pointSize)
                }
            case (true, false):
                winogradInputRows(source, w.paddedRowStride, to: target, pointSize, length: w.paddedRowStride)
            default:
                for y in 0..<w.rows.padded {
                    winogradInputColumns(
                        source + y * w.paddedRowStride, w, to: target + y * w.inputColumns * w.inputChannels, pointSize)
                }
            }
        }
    }
}

/// Bᵀ along rows: six rows `step` apart become six others.
@inline(never)
@specialized(where T == Float)
@specialized(where T == Double)
private func winogradInputRows<T: Scalar>(
    _ source: UnsafePointer<T>, _ step: Int, to target: UnsafeMutablePointer<T>, _ targetStep: Int, length: Int
) {
    forEachVector(of: length) {
        winogradInput(source + $0, step, to: target + $0, targetStep, in: Vector<T>.self)
    } half: {
        winogradInput(source + $0, step, to: target + $0, targetStep, in: HalfVector<T>.self)
    }
}

/// Bᵀ along columns: six neighboring pixels of a row become six, for each of its tiles.
@inline(never)
@specialized(where T == Float)
@specialized(where T == Double)
private func winogradInputColumns<T: Scalar>(
    _ source: UnsafePointer<T>, _ w: WinogradGeometry, to target: UnsafeMutablePointer<T>, _ targetStep: Int
) {
    let channels = w.inputChannels
    for tile in 0..<w.columns.tiles {
        let pixels = source + tile * w.columns.outputs * channels, place = target + tile * channels
        forEachVector(of: channels) {
            winogradInput(pixels + $0, channels, to: place + $0, targetStep, in: Vector<T>.self)
        } half: {
            winogradInput(pixels + $0, channels, to: place + $0, targetStep, in: HalfVector<T>.self)
        }
    }
}
