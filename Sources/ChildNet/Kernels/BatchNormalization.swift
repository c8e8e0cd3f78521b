import Autodiff
import RealModule

/// The mean and the variance of each channel over the images of a batch and all their pixels.
public struct ChannelStatistics<T: Scalar>: Sendable {
    /// μ, of shape `[channels]`.
    public var mean: Tensor<T>
    /// σ², of shape `[channels]`: the mean squared distance from μ.
    public var variance: Tensor<T>
    /// How many numbers of each channel there were.
    public var count: Int
}

/// Batch normalisation (Ioffe and Szegedy 2015, algorithm 1), and through a rectifier if wanted.
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
/// - Returns: y, and the statistics that it was normalised with.
public func batchNormalization<T: Scalar>(
    _ images: Tensor<T>, scale: Tensor<T>, shift: Tensor<T>, rectified: Bool = false
) -> (y: Tensor<T>, statistics: ChannelStatistics<T>) {
    precondition(images.shape.count == 4, "images have shape [batch, height, width, channels], not \(images.shape)")
    let channels = images.shape[3]
    precondition(
        scale.shape == [channels] && shift.shape == [channels],
        "one scale and one shift for each of \(channels) channels, not \(scale.shape) and \(shift.shape)")
    let x = images.detached
    let statistics = channelStatistics(x)
    let affine = ChannelMap(statistics, scale: scale.detached, shift: shift.detached)
    let y = affine.applied(to: x, rectified: rectified)
    return (
        Tensor(y, from: [images, scale, shift]) { upstream, _ in
            affine.pullback(upstream, x, statistics, rectified: rectified)
        }, statistics
    )
}

/// The ε under the root: keeps a channel that is constant finite.
func normalizationEpsilon<T: Scalar>(_ type: T.Type) -> T { 1e-5 }

/// Batch normalisation with given statistics is a line for each channel: y = a x + b with a = γ/√(σ² + ε), b = β − a μ.
struct ChannelMap<T: Scalar>: Sendable {
    /// a
    let slope: Tensor<T>
    /// b
    let offset: Tensor<T>

    init(_ statistics: ChannelStatistics<T>, scale: Tensor<T>, shift: Tensor<T>) {
        slope = scale / sqrt(statistics.variance + normalizationEpsilon(T.self))
        offset = shift - slope * statistics.mean
    }

    @specialized(where T == Float)
    @specialized(where T == Double)
    func applied(to x: Tensor<T>, rectified: Bool) -> Tensor<T> {
        let channels = slope.count
        return Tensor(shape: x.shape) { y in
            x.withElements { x in
                slope.withElements { a in
                    offset.withElements { b in
                        for first in stride(from: 0, to: x.count, by: channels) {
                            let source = x.baseAddress! + first, target = y.baseAddress! + first
                            if rectified {
                                for c in 0..<channels { target[c] = positivePart(a[c] * source[c] + b[c]) }
                            } else {
                                for c in 0..<channels { target[c] = a[c] * source[c] + b[c] }
                            }
                        }
                    }
                }
            }
        }
    }

    /// ∂L/∂x, ∂L/∂γ and ∂L/∂β: a pass over the batch for the two sums, and one for the gradient of the images.
    @specialized(where T == Float)
    @specialized(where T == Double)
    func pullback(
        _ upstream: Tensor<T>, _ x: Tensor<T>, _ statistics: ChannelStatistics<T>, rectified: Bool
    ) -> [Tensor<T>?] {
        let channels = slope.count
        // Of each block of pixels, so that sums of many small numbers are sums of not so many.
        let block = 64 * channels
        let inverseDeviation = 1 / sqrt(statistics.variance + normalizationEpsilon(T.self))
        var sums = Tensor<T>(repeating: 0, shape: [channels])
        let products = Tensor<T>(shape: [channels]) { products in
            sums = Tensor(shape: [channels]) { sums in
                products.initialize(repeating: 0)
                sums.initialize(repeating: 0)
                let held = scratch(T.self, count: 2 * channels)
                defer { extendLifetime(held) }
                let part = held.elements.baseAddress!, partX = held.elements.baseAddress! + channels
                withAll(upstream, x, statistics.mean) { upstream, x, μ, a, b in
                    for start in stride(from: 0, to: x.count, by: block) {
                        held.elements.initialize(repeating: 0)
                        for first in stride(from: start, to: min(start + block, x.count), by: channels) {
                            let source = x.baseAddress! + first, g = upstream.baseAddress! + first
                            for c in 0..<channels {
                                let slope = passed(g[c], a[c] * source[c] + b[c], rectified)
                                part[c] += slope
                                partX[c] += slope * (source[c] - μ[c])
                            }
                        }
                        for c in 0..<channels {
                            sums[c] += part[c]
                            products[c] += partX[c]
                        }
                    }
                }
            }
        }
        let n = T(x.count / channels)
        // ∂L/∂γ = Σ g x̂
        let scaleGradient = products * inverseDeviation
        // ∂L/∂x = a (g − m − (x − μ) q) with m = (1/n) Σ g and q = (1/n) Σ g (x − μ) / (σ² + ε)
        let m = (1 / n) * sums, q = (1 / n) * scaleGradient * inverseDeviation
        let gradient = Tensor<T>(shape: x.shape) { target in
            withAll(upstream, x, statistics.mean) { upstream, x, μ, a, b in
                m.withElements { m in
                    q.withElements { q in
                        for first in stride(from: 0, to: x.count, by: channels) {
                            let source = x.baseAddress! + first, g = upstream.baseAddress! + first
                            let result = target.baseAddress! + first
                            for c in 0..<channels {
                                let slope = passed(g[c], a[c] * source[c] + b[c], rectified)
                                result[c] = a[c] * (slope - m[c] - (source[c] - μ[c]) * q[c])
                            }
                        }
                    }
                }
            }
        }
        return [gradient, scaleGradient, sums]
    }

    @inline(__always)
    private func withAll(
        _ upstream: Tensor<T>, _ x: Tensor<T>, _ mean: Tensor<T>,
        _ body: (
            _ upstream: UnsafeBufferPointer<T>, _ x: UnsafeBufferPointer<T>, _ mean: UnsafeBufferPointer<T>,
            _ slope: UnsafeBufferPointer<T>, _ offset: UnsafeBufferPointer<T>
        ) -> Void
    ) {
        upstream.withElements { upstream in
            x.withElements { x in
                mean.withElements { mean in
                    slope.withElements { slope in
                        offset.withElements { offset in body(upstream, x, mean, slope, offset) }
                    }
                }
            }
        }
    }
}

/// What the rectifier lets through of a gradient: all of it where y > 0, nothing elsewhere.
@inline(__always)
private func passed<T: Scalar>(_ gradient: T, _ y: T, _ rectified: Bool) -> T { !rectified || y > 0 ? gradient : 0 }

/// The mean and variance of each channel, in one pass over memory: block by block, and the blocks put together by the
/// formula of Chan, Golub and LeVeque (1979), which loses no digits where the mean is large beside the deviation.
///
/// δ = μ₂ − μ₁,  μ = μ₁ + δ n₂/n,  M = M₁ + M₂ + δ² n₁n₂/n, with M the sum of squared distances from the mean
@specialized(where T == Float)
@specialized(where T == Double)
func channelStatistics<T: Scalar>(_ images: Tensor<T>) -> ChannelStatistics<T> {
    let channels = images.shape[3], pixels = images.count / max(channels, 1)
    let held = scratch(T.self, count: 2 * channels)
    defer { extendLifetime(held) }
    let blockMean = held.elements.baseAddress!, blockSquares = held.elements.baseAddress! + channels
    var squares = Tensor<T>(repeating: 0, shape: [channels])
    let mean = Tensor<T>(shape: [channels]) { mean in
        squares = Tensor(shape: [channels]) { squares in
            mean.initialize(repeating: 0)
            squares.initialize(repeating: 0)
            images.withElements { x in
                for start in stride(from: 0, to: pixels, by: 64) {
                    let end = min(start + 64, pixels)
                    held.elements.initialize(repeating: 0)
                    let n1 = T(start), n2 = T(end - start), n = T(end)
                    for p in start..<end {
                        let source = x.baseAddress! + p * channels
                        for c in 0..<channels { blockMean[c] += source[c] }
                    }
                    for c in 0..<channels { blockMean[c] /= n2 }
                    for p in start..<end {
                        let source = x.baseAddress! + p * channels
                        for c in 0..<channels {
                            let distance = source[c] - blockMean[c]
                            blockSquares[c] += distance * distance
                        }
                    }
                    for c in 0..<channels {
                        let δ = blockMean[c] - mean[c]
                        mean[c] += δ * n2 / n
                        squares[c] += blockSquares[c] + δ * δ * n1 * n2 / n
                    }
                }
            }
        }
    }
    return ChannelStatistics(mean: mean, variance: (1 / T(max(pixels, 1))) * squares, count: pixels)
}
