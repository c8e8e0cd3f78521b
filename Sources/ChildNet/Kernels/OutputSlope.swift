import Autodiff

/// ∂L/∂z of a convolution's output z, which is computed from ∂L/∂y of what follows it at once, a group of images at a time:
/// while a group is in the cache, all gradients are taken from it, and the whole is never written.
enum OutputSlope<T: Scalar> {
    /// y = z
    case plain(Tensor<T>)
    /// y = max(z, 0): ∂L/∂z = ∂L/∂y where y > 0, and 0 elsewhere.
    case rectified(Tensor<T>, y: Tensor<T>)
    /// The maxima y of 2×2 blocks of max(z, 0).
    case pooled(Tensor<T>, rectified: Tensor<T>, y: Tensor<T>)
    /// Batch normalization, and perhaps a rectifier.
    case normalized(NormalizationSlope<T>)

    /// ∂L/∂z, if it stands there as it is.
    var plain: Tensor<T>? { if case .plain(let slope) = self { slope } else { nil } }

    /// Whether there are numbers that are zero and are not written.
    var leavesZeros: Bool {
        if case .pooled(_, let z, _) = self { PoolingBlocks(z.shape).dropsPixels } else { false }
    }

    /// Writes the gradients of some images of a batch.
    ///
    /// - Parameters:
    ///   - shape: of z.
    ///   - stride: how far pixels are apart in `slope`; at least as many as there are channels.
    @inline(__always)
    func write(images: Range<Int>, of shape: [Int], to slope: UnsafeMutablePointer<T>, stride: Int) {
        let channels = shape[3], area = shape[1] * shape[2]
        let pixels = images.lowerBound * area..<images.upperBound * area, first = pixels.lowerBound * channels
        switch self {
        case .plain(let upstream):
            upstream.withElements { upstream in
                copyPixels(
                    upstream.baseAddress! + first, channels, to: slope, stride, channels: channels,
                    count: pixels.count)
            }
        case .rectified(let upstream, let y):
            withPointers(upstream, y) { upstream, y in
                // Where no channel is missing the pixels are one row.
                let (rows, length) = stride == channels ? (1, pixels.count * channels) : (pixels.count, channels)
                for p in 0..<rows {
                    let target = slope + p * stride, source = upstream + first + p * channels
                    let passed = y + first + p * channels
                    for c in 0..<length {
                        let gradient = source[c]
                        target[c] = passed[c] > 0 ? gradient : 0
                    }
                }
            }
        case .pooled(let upstream, let z, let y):
            let blocks = PoolingBlocks(z.shape)
            let pooled = images.lowerBound * (shape[1] / 2) * (shape[2] / 2) * channels
            withPointers(upstream, z, y) { upstream, z, y in
                writeMaximaGradient(
                    of: blocks.images(images.count), x: z + first, y: y + pooled, upstream: upstream + pooled,
                    to: slope, stride: stride, rectified: true)
            }
        case .normalized(let normalization): normalization.write(pixels: pixels, to: slope, stride: stride)
        }
    }
}
