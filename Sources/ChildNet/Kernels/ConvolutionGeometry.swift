import Autodiff

/// The sizes of a convolution of NHWC images with "same" padding, and where each output pixel starts to read.
///
/// An output pixel reads a window of kernelHeight × kernelWidth input pixels. In the padded input one row of that window
/// is kernelWidth·inputChannels numbers that stand next to each other, so a window is `kernelHeight` runs of `depth`
/// numbers, `rowStride` apart, whatever the number of channels.
struct ConvolutionGeometry: Sendable {
    let batch: Int
    let height: Int
    let width: Int
    let inputChannels: Int
    let kernelHeight: Int
    let kernelWidth: Int
    let outputChannels: Int
    let stride: Int

    /// The geometry for images `[batch, height, width, cᵢ]` and weights `[kernelHeight, kernelWidth, cᵢ, cₒ]`.
    init(images: [Int], weights: [Int], stride: Int) {
        precondition(images.count == 4, "images have shape [batch, height, width, channels], not \(images)")
        precondition(
            weights.count == 4, "weights have shape [height, width, channels in, channels out], not \(weights)")
        precondition(images[3] == weights[2], "the images have \(images[3]) channels, the weights expect \(weights[2])")
        precondition(stride > 0, "the stride is positive, not \(stride)")
        (batch, height, width, inputChannels) = (images[0], images[1], images[2], images[3])
        (kernelHeight, kernelWidth, outputChannels) = (weights[0], weights[1], weights[3])
        self.stride = stride
    }

    /// ⌈height / stride⌉
    var outputHeight: Int { (height + stride - 1) / stride }
    /// ⌈width / stride⌉
    var outputWidth: Int { (width + stride - 1) / stride }
    var outputShape: [Int] { [batch, outputHeight, outputWidth, outputChannels] }
    var outputPixels: Int { outputHeight * outputWidth }

    /// Rows of zeros above the image; the rest of the padding is below it.
    var paddingTop: Int { max((outputHeight - 1) * stride + kernelHeight - height, 0) / 2 }
    /// Columns of zeros left of the image.
    var paddingLeft: Int { max((outputWidth - 1) * stride + kernelWidth - width, 0) / 2 }
    var paddedHeight: Int { max((outputHeight - 1) * stride + kernelHeight, height) }
    var paddedWidth: Int { max((outputWidth - 1) * stride + kernelWidth, width) }
    /// Without padding the kernels read the images where they stand.
    var needsPadding: Bool { paddedHeight != height || paddedWidth != width }

    var rowStride: Int { paddedWidth * inputChannels }
    var depth: Int { kernelWidth * inputChannels }
    /// Numbers in one window.
    var windowSize: Int { kernelHeight * depth }
    var paddedImageSize: Int { paddedHeight * rowStride }
    var imageSize: Int { height * width * inputChannels }

    /// How many images are worked on together: their padded inputs and outputs stay in the second-level cache.
    func imagesPerGroup(elementSize: Int) -> Int {
        let bytes = (paddedImageSize + outputPixels * outputChannels) * elementSize
        return max(1, min(batch, (256 << 10) / max(bytes, 1)))
    }

    /// Where in a group of padded images each output pixel's window starts.
    func windowStarts(images: Int) -> [Int] {
        var starts: [Int] = []
        starts.reserveCapacity(images * outputPixels)
        for image in 0..<images {
            for y in 0..<outputHeight {
                for x in 0..<outputWidth {
                    starts.append(image * paddedImageSize + y * stride * rowStride + x * stride * inputChannels)
                }
            }
        }
        return starts
    }

    /// Where in a window each of its numbers stands, relative to the start.
    var windowOffsets: [Int] {
        (0..<kernelHeight).flatMap { row in (0..<depth).map { row * rowStride + $0 } }
    }

    /// The convolution that gives the gradient of the input: the gradient of the output, spread out by the stride and
    /// padded, with the kernel turned around and its channels exchanged.
    var inputGradient: InputGradientGeometry { InputGradientGeometry(forward: self) }

    /// Copies images into the middle of zeros.
    @inline(__always)
    func pad<T: Scalar>(_ images: UnsafePointer<T>, count: Int, into padded: UnsafeMutablePointer<T>) {
        padded.initialize(repeating: 0, count: count * paddedImageSize)
        let row = width * inputChannels
        for image in 0..<count {
            for y in 0..<height {
                let target =
                    padded + image * paddedImageSize + (y + paddingTop) * rowStride + paddingLeft * inputChannels
                target.update(from: images + image * imageSize + y * row, count: row)
            }
        }
    }
}

/// Where the gradient of the output goes before it is convolved into the gradient of the input.
///
/// ∂L/∂x[y] = Σₖ ∂L/∂z[(y + top − k)/stride] w[k], over the k for which the quotient is whole. With k′ = K − 1 − k this is a
/// convolution of stride 1 of the array that has row z of ∂L/∂z at row z·stride − top + K − 1 and zeros elsewhere.
struct InputGradientGeometry: Sendable {
    let forward: ConvolutionGeometry

    var paddedHeight: Int { forward.height + forward.kernelHeight - 1 }
    var paddedWidth: Int { forward.width + forward.kernelWidth - 1 }
    var rowStride: Int { paddedWidth * forward.outputChannels }
    var depth: Int { forward.kernelWidth * forward.outputChannels }
    var paddedImageSize: Int { paddedHeight * rowStride }

    func windowStarts(images: Int) -> [Int] {
        var starts: [Int] = []
        starts.reserveCapacity(images * forward.height * forward.width)
        for image in 0..<images {
            for y in 0..<forward.height {
                for x in 0..<forward.width {
                    starts.append(image * paddedImageSize + y * rowStride + x * forward.outputChannels)
                }
            }
        }
        return starts
    }

    /// Spreads a group's output gradient, whose pixels are `pixelStride` apart, over zeros.
    @inline(__always)
    func spread<T: Scalar>(
        _ gradient: UnsafePointer<T>, pixelStride: Int, count: Int, into padded: UnsafeMutablePointer<T>
    ) {
        let f = forward
        padded.initialize(repeating: 0, count: count * paddedImageSize)
        var source = gradient
        for image in 0..<count {
            for y in 0..<f.outputHeight {
                let row = y * f.stride - f.paddingTop + f.kernelHeight - 1
                for x in 0..<f.outputWidth {
                    let column = x * f.stride - f.paddingLeft + f.kernelWidth - 1
                    let target = padded + image * paddedImageSize + row * rowStride + column * f.outputChannels
                    target.update(from: source, count: f.outputChannels)
                    source += pixelStride
                }
            }
        }
    }
}
