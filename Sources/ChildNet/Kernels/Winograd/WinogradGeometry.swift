import Autodiff

/// How a convolution is cut into tiles for Winograd's filtering (see `WinogradTransform.swift`).
///
/// Along an axis with a kernel of three or five, tiles of six numbers are transformed; along another axis the sum is taken as
/// it is. A **unit** is what the transforms work on at once: a row of tiles, or a whole image where the rows are not
/// transformed. After the transforms there is a small convolution of stride 1 for each point, on maps of `inputRows` ×
/// `inputColumns` pixels, and the ordinary kernel does it: with both axes transformed a matrix product.
struct WinogradGeometry: Sendable {
    /// One axis of the images.
    struct Axis: Sendable {
        let size: Int
        let kernel: Int
        let isTransformed: Bool
        /// Zeros before the image.
        let before: Int

        init(size: Int, kernel: Int) {
            self.size = size
            self.kernel = kernel
            isTransformed = kernel == 3 || kernel == 5
            before = kernel / 2
        }

        var points: Int { isTransformed ? winogradPoints : 1 }
        /// Outputs of a tile.
        var outputs: Int { isTransformed ? winogradPoints + 1 - kernel : 1 }
        var tiles: Int { (size + outputs - 1) / outputs }
        /// The size with zeros on both sides, to whole tiles.
        var padded: Int { isTransformed ? (tiles - 1) * outputs + winogradPoints : size + kernel - 1 }
        /// The size of the outputs of whole tiles.
        var framed: Int { isTransformed ? tiles * outputs : size }
        /// The numbers of the kernel that are left after its transform.
        var taps: Int { isTransformed ? 1 : kernel }
    }

    let rows: Axis
    let columns: Axis
    let inputChannels: Int
    let outputChannels: Int

    /// The tiles of a convolution; nil where it is cheaper as it is.
    init?(_ convolution: ConvolutionGeometry) {
        self.init(
            height: convolution.height, width: convolution.width, kernelHeight: convolution.kernelHeight,
            kernelWidth: convolution.kernelWidth,
            inputChannels: convolution.inputChannels, outputChannels: convolution.outputChannels)
        // Fewer channels would not fill half a vector of the widest, and an even kernel is not in the middle of its padding.
        // What is chosen here does not depend on the machine, so that sums are rounded alike everywhere.
        guard convolution.stride == 1, convolution.kernelHeight % 2 == 1, convolution.kernelWidth % 2 == 1, points > 1,
            min(inputChannels, outputChannels) >= 8, isCheaper
        else { return nil }
    }

    private init(
        height: Int, width: Int, kernelHeight: Int, kernelWidth: Int, inputChannels: Int, outputChannels: Int
    ) {
        rows = Axis(size: height, kernel: kernelHeight)
        columns = Axis(size: width, kernel: kernelWidth)
        self.inputChannels = inputChannels
        self.outputChannels = outputChannels
    }

    /// The convolution of the output's gradient with the turned weights, which has the same tiles.
    var turned: WinogradGeometry {
        WinogradGeometry(
            height: rows.size, width: columns.size, kernelHeight: rows.kernel, kernelWidth: columns.kernel,
            inputChannels: outputChannels, outputChannels: inputChannels)
    }

    var points: Int { rows.points * columns.points }
    var unitsPerImage: Int { rows.isTransformed ? rows.tiles : 1 }
    /// Of a unit after the transform, for each point.
    var inputRows: Int { rows.isTransformed ? 1 : rows.padded }
    var inputColumns: Int { columns.isTransformed ? columns.tiles : columns.padded }
    var outputRows: Int { rows.isTransformed ? 1 : rows.size }
    var outputColumns: Int { columns.isTransformed ? columns.tiles : columns.size }
    /// Pixels of a unit for which the products are summed.
    var outputPixels: Int { outputRows * outputColumns }
    /// Numbers of a unit for each point, before the products.
    var inputSize: Int { inputRows * inputColumns * inputChannels }
    var window: Window {
        Window(rows: rows.taps, rowStride: inputColumns * inputChannels, depth: columns.taps * inputChannels)
    }

    var paddedRowStride: Int { columns.padded * inputChannels }

    /// Whether it takes less time: the multiply-adds that are left, and the transforms, which take about as long as twelve for
    /// each number before and after the products; and something to spare, because small products are slower than large ones.
    private var isCheaper: Bool {
        let products = Double(outputPixels * window.size * outputChannels)
        let transforms = 12.0 * Double(inputSize + outputPixels * outputChannels)
        let direct = Double(rows.size * columns.size * rows.kernel * columns.kernel * inputChannels * outputChannels)
        return Double(unitsPerImage * points) * (products + transforms) < 0.85 * direct
    }

    /// How many units are transformed before their products are taken: what they become stays in the cache, and their pixels
    /// come in eights, which fill tiles of the kernel or nearly do. (On every machine: the gradient of the weights is summed in
    /// these blocks.)
    func unitsPerBlock(elementSize: Int, bytes: Int) -> Int {
        let channels = (outputChannels + 7) / 8 * 8
        let size = points * (inputSize + outputPixels * channels) * elementSize
        var whole = 1
        // Where there are many pixels, it does not matter that some are left over.
        while outputPixels < 64 && whole * outputPixels % 8 != 0 { whole += 1 }
        return max(1, bytes / size / whole) * whole
    }

    /// Where each output pixel of some units starts to read.
    func windowStarts(units: Int) -> Scratch<Int> {
        PixelLayout(image: inputSize, row: inputColumns * inputChannels, pixel: inputChannels)
            .places(images: units, rows: 0..<outputRows, columns: 0..<outputColumns)
    }
}
