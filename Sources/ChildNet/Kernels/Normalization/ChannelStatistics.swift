import Autodiff

/// The mean and the variance of each channel over the images of a batch and all their pixels.
public struct ChannelStatistics<T: Scalar>: Sendable {
    /// μ, of shape `[channels]`.
    public var mean: Tensor<T>
    /// σ², of shape `[channels]`: the mean squared distance from μ.
    public var variance: Tensor<T>
    /// How many numbers of each channel there were.
    public var count: Int
}

extension ChannelStatistics: CustomStringConvertible {
    /// Both, and of how many numbers.
    public var description: String { "mean \(mean), variance \(variance), of \(count) numbers each" }
}

/// The statistics of all pixels of a batch.
@specialized(where T == Float)
@specialized(where T == Double)
func channelStatistics<T: Scalar>(_ images: Tensor<T>) -> ChannelStatistics<T> {
    let channels = images.shape[3], pixels = images.count / max(channels, 1)
    let sums = ChannelSums<T>(channels: channels)
    images.withElements { if pixels > 0 { sums.add($0.baseAddress!, pixels: pixels, after: 0) } }
    return sums.statistics(ofPixels: pixels)
}

/// The mean and variance of each channel, in one pass over memory: block by block, and the blocks put together by the
/// formula of Chan, Golub and LeVeque (1979), which loses no digits where the mean is large beside the deviation.
///
/// δ = μ₂ − μ₁,  μ = μ₁ + δ n₂/n,  M = M₁ + M₂ + δ² n₁n₂/n, with M the sum of squared distances from the mean
struct ChannelSums<T: Scalar> {
    private let channels: Int
    private let mean: Scratch<T>
    private let squares: Scratch<T>
    private let blockMean: Scratch<T>
    private let blockSquares: Scratch<T>

    init(channels: Int) {
        self.channels = channels
        mean = scratch(T.self, count: channels)
        squares = scratch(T.self, count: channels)
        blockMean = scratch(T.self, count: channels)
        blockSquares = scratch(T.self, count: channels)
        mean.elements.initialize(repeating: 0)
        squares.elements.initialize(repeating: 0)
    }

    /// Takes pixels that stand one behind the other.
    ///
    /// - Parameter before: how many there were already.
    @inline(never)
    @specialized(where T == Float)
    @specialized(where T == Double)
    func add(_ x: UnsafePointer<T>, pixels: Int, after before: Int) {
        let (mean, squares) = (mean.elements.baseAddress!, squares.elements.baseAddress!)
        let (blockMean, blockSquares) = (blockMean.elements.baseAddress!, blockSquares.elements.baseAddress!)
        for start in stride(from: 0, to: pixels, by: pixelsOfBlock) {
            let count = min(pixelsOfBlock, pixels - start), source = x + start * channels
            let n1 = T(before + start), n2 = T(count), n = T(before + start + count)
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
            } single: {
                write($0, SingleNumber<T>.self)
            }
            for c in 0..<channels {
                let δ = blockMean[c] - mean[c]
                mean[c] += δ * n2 / n
                squares[c] += blockSquares[c] + δ * δ * n1 * n2 / n
            }
        }
    }

    func statistics(ofPixels pixels: Int) -> ChannelStatistics<T> {
        ChannelStatistics(
            mean: Tensor(Array(mean.elements)),
            variance: (1 / T(max(pixels, 1))) * Tensor(Array(squares.elements)), count: pixels)
    }
}

/// Of the pixels that are summed before their sum is added to the others': sums of many small numbers become sums of not so
/// many, and a block stays in the first-level cache for a second look at it.
let pixelsOfBlock = 64
