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
            // Positions y = first + i·stride take z = base + i − m from the kernel's position phase + m·stride.
            let found = (0..<stride).map { phase -> (first: Int, base: Int, count: Int, taps: [Int]) in
                let first = ((phase - padding) % stride + stride) % stride
                let count = size > first ? (size - first + stride - 1) / stride : 0
                return (
                    first, (first + padding - phase) / stride, count,
                    Array(Swift.stride(from: phase, to: kernel, by: stride))
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

    /// A phase of rows with one of columns.
    struct Phase {
        let rows: Line
        let columns: Line
    }

    var phases: [Phase] { rows.phases.flatMap { rows in columns.phases.map { Phase(rows: rows, columns: $0) } } }

    /// How a group of padded gradients is read in a phase.
    func plan(_ phase: Phase) -> WindowPlan {
        let row = forward.width * forward.inputChannels
        func axis(_ line: Line, before: Int, size: Int) -> WindowAxis {
            WindowAxis(
                outputs: line.count, step: 1, taps: line.taps.count, offset: line.start - before, size: size)
        }
        return WindowPlan(
            window: Window(
                rows: phase.rows.taps.count, rowStride: rowStride,
                depth: phase.columns.taps.count * forward.outputChannels),
            rows: axis(phase.rows, before: rows.before, size: forward.outputHeight),
            columns: axis(phase.columns, before: columns.before, size: forward.outputWidth),
            channels: forward.outputChannels,
            inputs: PixelLayout(
                first: phase.rows.start * rowStride + phase.columns.start * forward.outputChannels,
                image: rows.padded * rowStride, row: rowStride, pixel: forward.outputChannels),
            outputs: PixelLayout(
                first: phase.rows.first * row + phase.columns.first * forward.inputChannels, image: forward.imageSize,
                row: forward.stride * row, pixel: forward.stride * forward.inputChannels))
    }

    /// A group of the output's gradients with the zeros around them.
    func paddedGroup<T: Scalar>(of type: T.Type, images: Int) -> PaddedGroup<T> {
        PaddedGroup(
            images: images, height: forward.outputHeight, width: forward.outputWidth,
            channels: forward.outputChannels, padded: (rows.padded, columns.padded),
            before: (rows.before, columns.before))
    }
}
