import Autodiff
import TextDisplay

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
        require(problemOfKernel(images: images, weights: weights, stride: stride))
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
    /// Whether there are zeros around the images; otherwise the kernels read them where they stand.
    var needsPadding: Bool { paddedHeight != height || paddedWidth != width }

    var rowStride: Int { paddedWidth * inputChannels }
    var depth: Int { kernelWidth * inputChannels }
    var window: Window { Window(rows: kernelHeight, rowStride: rowStride, depth: depth) }
    /// Numbers in one window.
    var windowSize: Int { kernelHeight * depth }
    var paddedImageSize: Int { paddedHeight * rowStride }
    var imageSize: Int { height * width * inputChannels }

    /// How many images are worked on together: their padded inputs and outputs stay in the second-level cache, but there are
    /// enough pixels to use each weight on, which for a dense layer is one of every image; but never more than 64 MiB, or one image.
    func imagesPerGroup(elementSize: Int) -> Int {
        let bytes = (paddedImageSize + outputPixels * outputChannels) * elementSize
        let enough = (128 + outputPixels - 1) / max(outputPixels, 1)
        return max(1, min(batch, max(enough, (256 << 10) / max(bytes, 1)), (64 << 20) / max(bytes, 1)))
    }

    /// How a group of padded images is read; the outputs' pixels are `outputStep` numbers apart.
    func plan(outputStep: Int) -> WindowPlan {
        WindowPlan(
            window: window,
            rows: WindowAxis(
                outputs: outputHeight, step: stride, taps: kernelHeight, offset: -paddingTop, size: height),
            columns: WindowAxis(
                outputs: outputWidth, step: stride, taps: kernelWidth, offset: -paddingLeft, size: width),
            channels: inputChannels,
            inputs: PixelLayout(image: paddedImageSize, row: stride * rowStride, pixel: stride * inputChannels),
            outputs: PixelLayout(height: outputHeight, width: outputWidth, channels: outputStep))
    }

    /// A group of images with the zeros around them.
    func paddedGroup<T: Scalar>(of type: T.Type, images: Int) -> PaddedGroup<T> {
        PaddedGroup(
            images: images, height: height, width: width, channels: inputChannels,
            padded: (paddedHeight, paddedWidth), before: (paddingTop, paddingLeft))
    }
}
