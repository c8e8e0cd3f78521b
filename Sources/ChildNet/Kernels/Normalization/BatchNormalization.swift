import Autodiff
import TextDisplay

/// Batch normalization (Ioffe and Szegedy 2015, algorithm 1), and through a rectifier if wanted.
///
/// y = γ (x − μ)/√(σ² + ε) + β, channel by channel, with the mean μ and variance σ² of the batch itself, over its images and
/// pixels. With x̂ = (x − μ)/√(σ² + ε), n numbers in a channel and g = ∂L/∂y:
///
/// ∂L/∂β = Σ g,  ∂L/∂γ = Σ g x̂,  ∂L/∂x = γ/√(σ² + ε) · (g − (1/n) Σ g − x̂ (1/n) Σ g x̂)
///
/// - Parameters:
///   - images: shape `[batch, height, width, channels]`.
///   - scale: γ, shape `[channels]`.
///   - shift: β, shape `[channels]`.
///   - rectified: whether a ReLU follows; then g is zero where y is.
/// - Returns: y, and the statistics that it was normalized with.
public func batchNormalization<T: Scalar>(
    _ images: Tensor<T>, scale: Tensor<T>, shift: Tensor<T>, rectified: Bool = false
) -> (y: Tensor<T>, statistics: ChannelStatistics<T>) {
    require(problemOfImages(images.shape))
    require(problemOfNormalization(channels: images.shape[3], scale: scale.shape, shift: shift.shape))
    let x = images.detached
    let statistics = channelStatistics(x)
    let map = ChannelMap(statistics, scale: scale.detached, shift: shift.detached)
    let y = map.applied(to: x, rectified: rectified)
    return (
        Tensor(y, from: [images, scale, shift]) { upstream, _ in
            let slope = NormalizationSlope(upstream, x, statistics, map, rectified: rectified)
            let gradient = Tensor<T>(shape: x.shape) {
                slope.write(pixels: 0..<statistics.count, to: $0.baseAddress!, stride: map.slope.count)
            }
            return [gradient, slope.scaleGradient, slope.shiftGradient]
        }, statistics
    )
}

/// Why channels can't be scaled and shifted by tensors of those shapes, or nil where they can.
package func problemOfNormalization(channels: Int, scale: [Int], shift: [Int]) -> InvalidArgument? {
    scale == [channels] && shift == [channels]
        ? nil : InvalidArgument("one scale and one shift for each of \(channels) channels, not \(scale) and \(shift)")
}

/// A convolution without a bias, which the normalization would take away again, normalized, and a ReLU: as
/// ``convolution(_:_:bias:stride:rectified:)`` and ``batchNormalization(_:scale:shift:rectified:)`` one after the other.
///
/// The statistics are taken of each group of images when it leaves the convolution, and the gradient of the convolution's
/// output is computed for each group when the convolution's own gradients are; neither takes another pass over the batch.
///
/// - Parameter images: perhaps several maps side by side.
func normalizedConvolution<T: Scalar>(
    of images: JoinedMaps<T>, _ weights: Tensor<T>, scale: Tensor<T>, shift: Tensor<T>, stride: Int
) -> (y: Tensor<T>, statistics: ChannelStatistics<T>) {
    let geometry = ConvolutionGeometry(images: images.shape, weights: weights.shape, stride: stride)
    require(problemOfNormalization(channels: geometry.outputChannels, scale: scale.shape, shift: shift.shape))
    let (x, w) = (images.detached, weights.detached)
    let sums = ChannelSums<T>(channels: geometry.outputChannels)
    let z = convolutionForward(x, w, nil, geometry, rectified: false) { first, count, group in
        sums.add(group, pixels: count * geometry.outputPixels, after: first * geometry.outputPixels)
    }
    let statistics = sums.statistics(ofPixels: geometry.batch * geometry.outputPixels)
    let map = ChannelMap(statistics, scale: scale.detached, shift: shift.detached)
    let y = map.applied(to: z, rectified: true)
    let maps = images.maps.count
    return (
        Tensor(
            y, from: images.maps + [weights, scale, shift],
            addingPullback: { upstream, wanted, gradients in
                let slope = NormalizationSlope(upstream, z, statistics, map, rectified: true)
                if wanted[maps + 1] { gradients[maps + 1].add(slope.scaleGradient) }
                if wanted[maps + 2] { gradients[maps + 2].add(slope.shiftGradient) }
                convolutionPullback(
                    .normalized(slope), x, w, geometry, wanted: Array(wanted[...maps]), sums: &gradients)
            }), statistics
    )
}
