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
                        let a = a.baseAddress!, b = b.baseAddress!
                        for first in stride(from: 0, to: x.count, by: channels) {
                            let source = x.baseAddress! + first, target = y.baseAddress! + first
                            @inline(__always)
                            func write<V: SIMD<T>>(_ c: Int, _ vector: V.Type) {
                                let y: V = multiplyAdd(load(a + c), load(source + c), to: load(b + c))
                                store(rectified ? positivePart(y) : y, to: target + c)
                            }
                            forEachVector(of: channels) {
                                write($0, Vector<T>.self)
                            } half: {
                                write($0, HalfVector<T>.self)
                            } single: { c in
                                let y = multiplyAdd(a[c], source[c], to: b[c])
                                target[c] = rectified ? positivePart(y) : y
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
        let channels = slope.count, pixels = x.count / channels
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
                    for start in stride(from: 0, to: pixels, by: pixelsOfBlock) {
                        let count = min(pixelsOfBlock, pixels - start)
                        let source = x + start * channels, g = upstream + start * channels
                        @inline(__always)
                        func sum<V: SIMD<T>>(_ c: Int, _ vector: V.Type) {
                            let a: V = load(a + c), b: V = load(b + c), mean: V = load(μ + c), zero = V(repeating: 0)
                            var sum = zero, sumX = zero
                            for p in 0..<count {
                                let x: V = load(source + p * channels + c), slope: V = load(g + p * channels + c)
                                let passed = passed(slope, multiplyAdd(a, x, to: b), rectified)
                                sum += passed
                                sumX = multiplyAdd(passed, x - mean, to: sumX)
                            }
                            store(sum, to: part + c)
                            store(sumX, to: partX + c)
                        }
                        forEachVector(of: channels) {
                            sum($0, Vector<T>.self)
                        } half: {
                            sum($0, HalfVector<T>.self)
                        } single: { c in
                            (part[c], partX[c]) = (0, 0)
                            for p in 0..<count {
                                let x = source[p * channels + c]
                                let passed = passed(g[p * channels + c], multiplyAdd(a[c], x, to: b[c]), rectified)
                                part[c] += passed
                                partX[c] += passed * (x - μ[c])
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
        let n = T(pixels)
        // ∂L/∂γ = Σ g x̂
        let scaleGradient = products * inverseDeviation
        // ∂L/∂x = a (g − m − (x − μ) q) with m = (1/n) Σ g and q = (1/n) Σ g (x − μ) / (σ² + ε)
        //       = a g − (a q) x + a (q μ − m)
        let m = (1 / n) * sums, q = (1 / n) * scaleGradient * inverseDeviation
        let factor = -1 * (slope * q), constant = slope * (q * statistics.mean - m)
        let gradient = Tensor<T>(shape: x.shape) { target in
            withAll(upstream, x, constant) { upstream, x, constant, a, b in
                factor.withElements { factor in
                    let factor = factor.baseAddress!
                    for first in stride(from: 0, to: pixels * channels, by: channels) {
                        let source = x + first, g = upstream + first, result = target.baseAddress! + first
                        @inline(__always)
                        func write<V: SIMD<T>>(_ c: Int, _ vector: V.Type) {
                            let a: V = load(a + c), x: V = load(source + c)
                            let passed: V = passed(load(g + c), multiplyAdd(a, x, to: load(b + c)), rectified)
                            let rest: V = multiplyAdd(load(factor + c), x, to: load(constant + c))
                            store(multiplyAdd(a, passed, to: rest), to: result + c)
                        }
                        forEachVector(of: channels) {
                            write($0, Vector<T>.self)
                        } half: {
                            write($0, HalfVector<T>.self)
                        } single: { c in
                            let passed = passed(g[c], multiplyAdd(a[c], source[c], to: b[c]), rectified)
                            result[c] = multiplyAdd(
                                a[c], passed, to: multiplyAdd(factor[c], source[c], to: constant[c]))
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
            _ upstream: UnsafePointer<T>, _ x: UnsafePointer<T>, _ mean: UnsafePointer<T>, _ slope: UnsafePointer<T>,
            _ offset: UnsafePointer<T>
        ) -> Void
    ) {
        upstream.withElements { upstream in
            x.withElements { x in
                mean.withElements { mean in
                    slope.withElements { slope in
                        offset.withElements { offset in
                            body(
                                upstream.baseAddress!, x.baseAddress!, mean.baseAddress!, slope.baseAddress!,
                                offset.baseAddress!)
                        }
                    }
                }
            }
        }
    }
}

/// Of the pixels that are summed before their sum is added to the others': sums of many small numbers become sums of not so
/// many, and a block stays in the first-level cache for a second look at it.
private let pixelsOfBlock = 64

/// What the rectifier lets through of a gradient: all of it where y > 0, nothing elsewhere.
@inline(__always)
private func passed<T: Scalar>(_ gradient: T, _ y: T, _ rectified: Bool) -> T { !rectified || y > 0 ? gradient : 0 }

@inline(__always)
private func passed<T: Scalar, V: SIMD<T>>(_ gradient: V, _ y: V, _ rectified: Bool) -> V {
    let zero = V(repeating: 0)
    return rectified ? choice(gradient, where: zero, isLessThan: y, else: zero) : gradient
}

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
                for start in stride(from: 0, to: pixels, by: pixelsOfBlock) {
                    let end = min(start + pixelsOfBlock, pixels), count = end - start
                    let n1 = T(start), n2 = T(count), n = T(end)
                    let source = x.baseAddress! + start * channels
                    @inline(__always)
                    func write<V: SIMD<T>>(_ c: Int, _ vector: V.Type) {
                        var mean = V(repeating: 0), squares = V(repeating: 0)
                        for p in 0..<count { mean += load(source + p * channels + c) }
                        mean *= V(repeating: 1 / n2)
                        for p in 0..<count {
                            let distance: V = load(source + p * channels + c) - mean
                            squares = multiplyAdd(distance, distance, to: squares)
                        }
                        store(mean, to: blockMean + c)
                        store(squares, to: blockSquares + c)
                    }
                    forEachVector(of: channels) {
                        write($0, Vector<T>.self)
                    } half: {
                        write($0, HalfVector<T>.self)
                    } single: { c in
                        (blockMean[c], blockSquares[c]) = (0, 0)
                        for p in 0..<count { blockMean[c] += source[p * channels + c] }
                        blockMean[c] /= n2
                        for p in 0..<count {
                            let distance = source[p * channels + c] - blockMean[c]
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
