import Autodiff

/// How the gradient of the output is convolved into the gradient of the input.
///
/// ∂L/∂x[y] = Σₖ ∂L/∂z[(y + top − k)/s] w[k], over the k for which the quotient is whole: with stride s these are every
/// s-th of the kernel's rows, those with k ≡ y + top (mod s). So the rows y of the input fall into s phases, and in each of
/// them the gradient is a convolution of stride 1 with the rows of the kernel that belong to it, turned around. The same
/// holds for columns: s² small convolutions, which together do no more than the forward pass did.
struct InputGradientGeometry {
    /// One dimension of a phase: which positions of the input, and which of the kernel.
    struct Line {
        /// The first position of the input that belongs to the phase; the others follow `stride` apart.
        let first: Int
        /// How many positions of the input belong to it.
        let count: Int
        /// Where in the padded gradient the window of the first position starts.
        let start: Int
        /// The positions in the kernel, the last first.
        let taps: [Int]
    }

    /// The sizes of one dimension and its phases.
    struct Dimension {
        let phases: [Line]
        /// Zeros before the gradient.
        let before: Int
        /// The size with zeros on both sides.
        let padded: Int

        init(size: Int, output: Int, kernel: Int, padding: Int, stride: Int) {
            // Positions y = first + i·stride take z = base + i − m from the kernel's position a + m·stride.
            let found = (0..<stride).map { a -> (first: Int, base: Int, count: Int, taps: [Int]) in
                let first = ((a - padding) % stride + stride) % stride
                let count = size > first ? (size - first + stride - 1) / stride : 0
                return (
                    first, (first + padding - a) / stride, count, Array(Swift.stride(from: a, to: kernel, by: stride))
                )
            }.filter { $0.count > 0 }
            let before = found.map { $0.taps.count - 1 - $0.base }.max().map { max($0, 0) } ?? 0
            self.before = before
            padded = before + (found.map { $0.base + $0.count } + [output]).max()!
            phases = found.map {
                Line(
                    first: $0.first, count: $0.count, start: $0.base - ($0.taps.count - 1) + before,
                    taps: $0.taps.reversed())
            }
        }
    }

    let forward: ConvolutionGeometry
    let rows: Dimension
    let columns: Dimension

    init(_ forward: ConvolutionGeometry) {
        self.forward = forward
        rows = Dimension(
            size: forward.height, output: forward.outputHeight, kernel: forward.kernelHeight,
            padding: forward.paddingTop, stride: forward.stride)
        columns = Dimension(
            size: forward.width, output: forward.outputWidth, kernel: forward.kernelWidth,
            padding: forward.paddingLeft, stride: forward.stride)
    }

    var rowStride: Int { columns.padded * forward.outputChannels }
    var paddedImageSize: Int { rows.padded * rowStride }

    /// A phase of rows with one of columns.
    struct Phase {
        let rows: Line
        let columns: Line
        var pixels: Int { rows.count * columns.count }
        /// Whether no part of the kernel reaches these pixels: with a stride wider than the kernel there are some.
        var isEmpty: Bool { rows.taps.isEmpty || columns.taps.isEmpty }
    }

    var phases: [Phase] { rows.phases.flatMap { rows in columns.phases.map { Phase(rows: rows, columns: $0) } } }

    func window(_ phase: Phase) -> Window {
        Window(
            rows: phase.rows.taps.count, rowStride: rowStride,
            depth: phase.columns.taps.count * forward.outputChannels)
    }

    /// Where in a group of padded gradients each pixel's window starts.
    func windowStarts(_ phase: Phase, images: Int) -> Scratch<Int> {
        pixelPlaces(
            images: images, imageSize: paddedImageSize, rows: phase.rows.count, rowStep: rowStride,
            columns: phase.columns.count, columnStep: forward.outputChannels,
            first: phase.rows.start * rowStride + phase.columns.start * forward.outputChannels)
    }

    /// Copies a group's output gradient, whose pixels are `pixelStride` apart, into the middle of what is zero and stays so.
    @inline(__always)
    func pad<T: Scalar>(
        _ gradient: UnsafePointer<T>, pixelStride: Int, count: Int, into padded: UnsafeMutablePointer<T>
    ) {
        let f = forward
        var source = gradient
        for image in 0..<count {
            for y in 0..<f.outputHeight {
                let target =
                    padded + image * paddedImageSize + (y + rows.before) * rowStride
                    + columns.before * f.outputChannels
                copyPixels(
                    source, pixelStride, to: target, f.outputChannels, channels: f.outputChannels, count: f.outputWidth)
                source += f.outputWidth * pixelStride
            }
        }
    }

    /// Where in a group of images each pixel of a phase stands.
    func places(_ phase: Phase, images: Int) -> Scratch<Int> {
        let f = forward, row = f.width * f.inputChannels
        return pixelPlaces(
            images: images, imageSize: f.imageSize, rows: phase.rows.count, rowStep: f.stride * row,
            columns: phase.columns.count, columnStep: f.stride * f.inputChannels,
            first: phase.rows.first * row + phase.columns.first * f.inputChannels)
    }
}
