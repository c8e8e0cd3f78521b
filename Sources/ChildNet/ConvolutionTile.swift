import Autodiff

/// The number of output channels that one vector holds.
let lanes = 16

/// The kernel of every convolution and dense layer: `pixels` output pixels × `vectors`·16 output channels in registers.
///
/// z[p, c] = b[c] + Σᵣ Σⱼ x[startₚ + r·rowStride + j] · w[r·depth + j, c]
///
/// For each of the window's numbers it loads `vectors` weight vectors, broadcasts the number of each pixel, and does
/// pixels·vectors fused multiply-adds, none of which waits for another. The pixels need not be neighbours: a tile is
/// `pixels` addresses that move together, so narrow images, strides and the ends of rows need no code of their own.
struct ConvolutionTile<let pixels: Int, let vectors: Int> {
    @inline(__always)
    static func run<T: Scalar>(
        _ input: UnsafePointer<T>, starts: UnsafePointer<Int>, window: Window, weights: UnsafePointer<T>,
        bias: UnsafePointer<T>, rectified: Bool, output: UnsafeMutablePointer<T>, pixelStride: Int, channels: Int
    ) {
        let vectorSize = lanes * MemoryLayout<T>.stride
        let bias = UnsafeRawPointer(bias)
        var sums = InlineArray<pixels, InlineArray<vectors, SIMD16<T>>>(
            repeating: InlineArray { v in bias.loadUnaligned(fromByteOffset: v * vectorSize, as: SIMD16<T>.self) })
        var address = InlineArray<pixels, UnsafePointer<T>> { p in input + starts[p] }
        var weight = UnsafeRawPointer(weights)
        for _ in 0..<window.rows {
            for j in 0..<window.depth {
                let w = InlineArray<vectors, SIMD16<T>> { v in
                    weight.loadUnaligned(fromByteOffset: v * vectorSize, as: SIMD16<T>.self)
                }
                weight += vectors * vectorSize
                for p in 0..<pixels {
                    let x = SIMD16<T>(repeating: address[p][j])
                    for v in 0..<vectors { sums[p][v] = multiplyAdd(x, w[v], to: sums[p][v]) }
                }
            }
            for p in 0..<pixels { address[p] += window.rowStride }
        }
        for p in 0..<pixels {
            let target = output + p * pixelStride
            for v in 0..<vectors {
                var sum = sums[p][v]
                // Not max(): a NaN is to stay one.
                if rectified { sum.replace(with: 0, where: sum .< 0) }
                if (v + 1) * lanes <= channels {
                    UnsafeMutableRawPointer(target + v * lanes).storeBytes(of: sum, as: SIMD16<T>.self)
                } else {
                    for lane in 0..<max(channels - v * lanes, 0) { target[v * lanes + lane] = sum[lane] }
                }
            }
        }
    }
}

/// The part of the input that one output pixel reads: `rows` runs of `depth` numbers, `rowStride` apart.
struct Window {
    let rows: Int
    let rowStride: Int
    let depth: Int
    var size: Int { rows * depth }
}

/// a·b + c.
///
/// Where the processor multiplies and adds in one instruction this is that instruction, rounded once. Where it does not,
/// `addingProduct` would be a library call for each lane, 200 times slower, so that the two operations are written out.
@inline(__always)
func multiplyAdd<T: Scalar>(_ a: SIMD16<T>, _ b: SIMD16<T>, to c: SIMD16<T>) -> SIMD16<T> {
    #if NO_FUSED_MULTIPLY_ADD
        a * b + c
    #else
        c.addingProduct(a, b)
    #endif
}

/// z[p, 0..<channels] for every pixel, from packed weights (see ``packWeights(_:_:)``).
@inline(__always)
func convolve<T: Scalar>(
    _ input: UnsafePointer<T>, starts: [Int], window: Window, packed: UnsafePointer<T>, bias: UnsafePointer<T>,
    rectified: Bool, output: UnsafeMutablePointer<T>, channels: Int
) {
    starts.withUnsafeBufferPointer { starts in
        for first in stride(from: 0, to: channels, by: 2 * lanes) {
            let rest = channels - first
            let weights = packed + first * window.size
            // Eight pixels at a time, then what is left of them.
            var p = 0
            while p < starts.count {
                let left = starts.count - p
                let at = starts.baseAddress! + p
                let target = output + p * channels + first
                switch (left, rest > lanes) {
                case (8..., true):
                    ConvolutionTile<8, 2>.run(
                        input, starts: at, window: window, weights: weights, bias: bias + first, rectified: rectified,
                        output: target, pixelStride: channels, channels: rest)
                    p += 8
                case (8..., false):
                    ConvolutionTile<8, 1>.run(
                        input, starts: at, window: window, weights: weights, bias: bias + first, rectified: rectified,
                        output: target, pixelStride: channels, channels: rest)
                    p += 8
                case (_, true):
                    ConvolutionTile<1, 2>.run(
                        input, starts: at, window: window, weights: weights, bias: bias + first, rectified: rectified,
                        output: target, pixelStride: channels, channels: rest)
                    p += 1
                default:
                    ConvolutionTile<1, 1>.run(
                        input, starts: at, window: window, weights: weights, bias: bias + first, rectified: rectified,
                        output: target, pixelStride: channels, channels: rest)
                    p += 1
                }
            }
        }
    }
}

/// The number of weights after packing: channels rounded up to whole vectors.
func packedCount(window: Int, channels: Int) -> Int { window * roundedChannels(channels) }

/// Channels rounded up to whole vectors.
func roundedChannels(_ channels: Int) -> Int { (channels + lanes - 1) / lanes * lanes }

/// Lays weights out in the order in which a tile reads them: blocks of two vectors of channels (the last perhaps of one),
/// in each block the window's numbers in order; channels that do not exist are zero.
@inline(__always)
func packWeights<T: Scalar>(
    window: Int, channels: Int, into packed: UnsafeMutablePointer<T>, _ weight: (_ j: Int, _ channel: Int) -> T
) {
    var place = packed
    for first in stride(from: 0, to: channels, by: 2 * lanes) {
        let width = channels - first > lanes ? 2 * lanes : lanes
        for j in 0..<window {
            for lane in 0..<width {
                place[lane] = first + lane < channels ? weight(j, first + lane) : 0
            }
            place += width
        }
    }
}
