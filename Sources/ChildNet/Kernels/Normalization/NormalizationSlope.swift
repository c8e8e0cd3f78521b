import Autodiff
import RealModule

/// The gradients of a batch normalization, of which that of its input, ∂L/∂x, is written piece by piece.
///
/// ∂L/∂x = a (g − m − (x − μ) q) = a g − (a q) x + a (q μ − m), with g what the rectifier lets through of ∂L/∂y,
/// m = (1/n) Σ g and q = (1/n) Σ g (x − μ) / (σ² + ε)
struct NormalizationSlope<T: Scalar> {
    /// ∂L/∂γ = Σ g x̂
    let scaleGradient: Tensor<T>
    /// ∂L/∂β = Σ g
    let shiftGradient: Tensor<T>
    private let upstream: Tensor<T>
    private let x: Tensor<T>
    private let map: ChannelMap<T>
    private let rectified: Bool
    /// −a q
    private let factor: Tensor<T>
    /// a (q μ − m)
    private let constant: Tensor<T>

    /// A pass over the batch, for the two sums.
    ///
    /// - Parameters:
    ///   - upstream: ∂L/∂y.
    ///   - map: how y was made of x: max(0, a x + b) where `rectified`.
    init(
        _ upstream: Tensor<T>, _ x: Tensor<T>, _ statistics: ChannelStatistics<T>, _ map: ChannelMap<T>,
        rectified: Bool
    ) {
        (self.upstream, self.x, self.map, self.rectified) = (upstream, x, map, rectified)
        let (sums, products) = normalizationSums(upstream, x, statistics.mean, map, rectified: rectified)
        let inverseDeviation = 1 / sqrt(statistics.variance + normalizationEpsilon(T.self))
        shiftGradient = sums
        scaleGradient = products * inverseDeviation
        let n = T(statistics.count)
        let m = (1 / n) * sums, q = (1 / n) * scaleGradient * inverseDeviation
        factor = -1 * (map.slope * q)
        constant = map.slope * (q * statistics.mean - m)
    }

    /// Writes ∂L/∂x of some pixels.
    ///
    /// - Parameters:
    ///   - pixels: their numbers in the batch.
    ///   - stride: how far they are apart where they are written; the channels of the batch are one behind the other.
    @inline(never)
    @specialized(where T == Float)
    @specialized(where T == Double)
    func write(pixels: Range<Int>, to target: UnsafeMutablePointer<T>, stride: Int) {
        let channels = map.slope.count
        withPointers(upstream, x, map.slope, map.offset) { upstream, x, slope, offset in
            withPointers(factor, constant) { factor, constant in
                var result = target
                for pixel in pixels {
                    let source = x + pixel * channels, gradient = upstream + pixel * channels, target = result
                    @inline(__always)
                    func write<V: SIMD<T>>(_ c: Int, _ vector: V.Type) {
                        let slope: V = load(slope + c), x: V = load(source + c)
                        let y: V = multiplyAdd(slope, x, to: load(offset + c))
                        let passed: V = passed(load(gradient + c), y, rectified)
                        let rest: V = multiplyAdd(load(factor + c), x, to: load(constant + c))
                        store(multiplyAdd(slope, passed, to: rest), to: target + c)
                    }
                    forEachVector(of: channels) {
                        write($0, Vector<T>.self)
                    } half: {
                        write($0, HalfVector<T>.self)
                    } single: {
                        write($0, SingleNumber<T>.self)
                    }
                    result += stride
                }
            }
        }
    }
}

/// Σ g and Σ g (x − μ), block by block.
@specialized(where T == Float)
@specialized(where T == Double)
private func normalizationSums<T: Scalar>(
    _ upstream: Tensor<T>, _ x: Tensor<T>, _ mean: Tensor<T>, _ map: ChannelMap<T>, rectified: Bool
) -> (sums: Tensor<T>, products: Tensor<T>) {
    let channels = map.slope.count, pixels = x.count / max(channels, 1)
    let held = scratch(T.self, count: 4 * channels)
    held.elements.initialize(repeating: 0)
    defer { extendLifetime(held) }
    let sums = held.elements.baseAddress!, products = sums + channels
    let blockSums = sums + 2 * channels, blockProducts = sums + 3 * channels
    withPointers(upstream, x, map.slope, map.offset) { upstream, x, slope, offset in
        mean.withElements { mean in
            let mean = mean.baseAddress!
            for start in stride(from: 0, to: pixels, by: pixelsOfBlock) {
                let count = min(pixelsOfBlock, pixels - start)
                let source = x + start * channels, gradient = upstream + start * channels
                @inline(__always)
                func sum<V: SIMD<T>>(_ c: Int, _ vector: V.Type) {
                    let slope: V = load(slope + c), offset: V = load(offset + c), mean: V = load(mean + c)
                    var sum = V(repeating: 0), product = V(repeating: 0)
                    for p in 0..<count {
                        let x: V = load(source + p * channels + c)
                        let passed: V = passed(
                            load(gradient + p * channels + c), multiplyAdd(slope, x, to: offset), rectified)
                        sum += passed
                        product = multiplyAdd(passed, x - mean, to: product)
                    }
                    store(sum, to: blockSums + c)
                    store(product, to: blockProducts + c)
                }
                forEachVector(of: channels) {
                    sum($0, Vector<T>.self)
                } half: {
                    sum($0, HalfVector<T>.self)
                } single: {
                    sum($0, SingleNumber<T>.self)
                }
                for c in 0..<channels {
                    sums[c] += blockSums[c]
                    products[c] += blockProducts[c]
                }
            }
        }
    }
    func tensor(_ start: UnsafeMutablePointer<T>) -> Tensor<T> {
        Tensor(Array(UnsafeBufferPointer(start: start, count: channels)))
    }
    return (tensor(sums), tensor(products))
}

/// What the rectifier lets through of a gradient: all of it where y > 0, nothing elsewhere.
@inline(__always)
private func passed<T: Scalar, V: SIMD<T>>(_ gradient: V, _ y: V, _ rectified: Bool) -> V {
    let zero = V(repeating: 0)
    return rectified ? choice(gradient, where: zero, isLessThan: y, else: zero) : gradient
}
