import Autodiff

/// A group of padded images, block by block transformed: Bᵀ d B.
struct WinogradInput<T: Scalar> {
    private let geometry: WinogradGeometry
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
        self.geometry = geometry
        self.units = units
        padded = PaddedGroup(
            images: group, height: geometry.rows.size, width: geometry.columns.size, channels: geometry.inputChannels,
            padded: (geometry.rows.padded, geometry.columns.padded),
            before: (geometry.rows.before, geometry.columns.before))
        halfway = scratch(T.self, count: geometry.rows.isTransformed ? winogradPoints * geometry.paddedRowStride : 0)
        blocks = scratch(T.self, count: geometry.points * units * geometry.inputSize)
    }

    /// Transforms units of the group, from the number `first` on.
    @inline(__always)
    func transform(_ first: Int, _ count: Int) {
        let pointSize = units * geometry.inputSize
        for unit in 0..<count {
            let image = (first + unit) / geometry.unitsPerImage, tileRow = (first + unit) % geometry.unitsPerImage
            let source =
                padded.start + image * padded.layout.image
                + (geometry.rows.isTransformed ? tileRow * geometry.rows.outputs * geometry.paddedRowStride : 0)
            let target = blocks.elements.baseAddress! + unit * geometry.inputSize
            switch (geometry.rows.isTransformed, geometry.columns.isTransformed) {
            case (true, true):
                let halfway = halfway.elements.baseAddress!
                winogradInputRows(
                    source, geometry.paddedRowStride, to: halfway, geometry.paddedRowStride,
                    length: geometry.paddedRowStride)
                for point in 0..<winogradPoints {
                    winogradInputColumns(
                        halfway + point * geometry.paddedRowStride, geometry,
                        to: target + point * winogradPoints * pointSize, pointSize)
                }
            case (true, false):
                winogradInputRows(
                    source, geometry.paddedRowStride, to: target, pointSize, length: geometry.paddedRowStride)
            default:
                for y in 0..<geometry.rows.padded {
                    winogradInputColumns(
                        source + y * geometry.paddedRowStride, geometry,
                        to: target + y * geometry.inputColumns * geometry.inputChannels, pointSize)
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
    _ source: UnsafePointer<T>, _ geometry: WinogradGeometry, to target: UnsafeMutablePointer<T>, _ targetStep: Int
) {
    let channels = geometry.inputChannels
    for tile in 0..<geometry.columns.tiles {
        let pixels = source + tile * geometry.columns.outputs * channels, place = target + tile * channels
        forEachVector(of: channels) {
            winogradInput(pixels + $0, channels, to: place + $0, targetStep, in: Vector<T>.self)
        } half: {
            winogradInput(pixels + $0, channels, to: place + $0, targetStep, in: HalfVector<T>.self)
        }
    }
}
