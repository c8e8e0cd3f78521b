import Autodiff

/// The number of output channels that one vector holds.
let lanes = 16

/// The kernel of every convolution and dense layer: `pixels` output pixels × 32 output channels in registers, or 16 where
/// there are no more.
///
/// z[p, c] = b[c] + Σᵣ Σⱼ x[startₚ + r·rowStride + j] · w[r·depth + j, c]
///
/// For each of the window's numbers it loads two vectors of weights, broadcasts the number of each pixel, and does two
/// fused multiply-adds a pixel, none of which waits for another. The pixels need not be neighbours: a tile is `pixels`
/// addresses that move together, so narrow images, strides and the ends of rows need no code of their own.
struct ConvolutionTile<let pixels: Int> {
    /// - Parameters:
    ///   - wide: 32 channels and not 16; a literal at every call, so that each case is compiled on its own.
    ///   - spill: room for `pixels`·32 numbers, for the channels that do not fill a vector.
    @inline(__always)
    static func run<T: Scalar>(
        wide: Bool, _ input: UnsafePointer<T>, starts: UnsafePointer<Int>, window: Window, weights: UnsafePointer<T>,
        bias: UnsafePointer<T>, rectified: Bool, output: UnsafeMutablePointer<T>, spill: UnsafeMutablePointer<T>,
        pixelStride: Int, channels: Int
    ) {
        // Two arrays, not an array of pairs: the compiler keeps these in registers.
        var low = InlineArray<pixels, SIMD16<T>>(repeating: vector(bias))
        var high = InlineArray<pixels, SIMD16<T>>(repeating: wide ? vector(bias + lanes) : SIMD16(repeating: 0))
        var address = InlineArray<pixels, UnsafePointer<T>> { p in input + starts[p] }
        var weight = weights
        for _ in 0..<window.rows {
            for j in 0..<window.depth {
                let w = vector(weight), w2 = wide ? vector(weight + lanes) : w
                weight += wide ? 2 * lanes : lanes
                for p in 0..<pixels {
                    let x = SIMD16<T>(repeating: address[p][j])
                    low[p] = multiplyAdd(x, w, to: low[p])
                    if wide { high[p] = multiplyAdd(x, w2, to: high[p]) }
                }
            }
            for p in 0..<pixels { address[p] += window.rowStride }
        }
        // The last vector of channels may be wider than what is left of them, and a rectifier looks at each number: then the
        // sums go where there is room first. These loops are kept as small as they are so that the compiler unrolls them and
        // the sums stay in registers.
        let width = wide ? 2 * lanes : lanes
        let fits = channels >= width
        let isDirect = fits && !rectified
        let target = isDirect ? output : spill
        let targetStride = isDirect ? pixelStride : width
        for p in 0..<pixels { store(low[p], to: target + p * targetStride) }
        if wide { for p in 0..<pixels { store(high[p], to: target + p * targetStride + lanes) } }
        if rectified {
            // From one place to another: a store that is always made, so that the loop becomes vectors.
            for p in 0..<pixels {
                let row = output + p * pixelStride, sums = spill + p * width
                if fits {
                    for c in 0..<width { row[c] = positivePart(sums[c]) }
                } else {
                    for c in 0..<channels { row[c] = positivePart(sums[c]) }
                }
            }
        } else if !fits {
            for p in 0..<pixels { (output + p * pixelStride).update(from: spill + p * width, count: channels) }
        }
    }
}

/// max(x, 0), but a NaN stays one.
@inline(__always)
func positivePart<T: Scalar>(_ x: T) -> T { x < 0 ? 0 : x }

/// Sixteen numbers to memory.
@inline(__always)
func store<T: Scalar>(_ vector: SIMD16<T>, to address: UnsafeMutablePointer<T>) {
    UnsafeMutableRawPointer(address).storeBytes(of: vector, as: SIMD16<T>.self)
}

/// Sixteen numbers from memory.
@inline(__always)
func vector<T: Scalar>(_ address: UnsafePointer<T>) -> SIMD16<T> {
    UnsafeRawPointer(address).loadUnaligned(as: SIMD16<T>.self)
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
    let spill = scratch(T.self, count: 8 * 2 * lanes)
    starts.withUnsafeBufferPointer { starts in
        for first in stride(from: 0, to: channels, by: 2 * lanes) {
            let rest = channels - first
            let weights = packed + first * window.size
            var p = 0
            // Each case is compiled on its own: the number of pixels and `wide` are literals where this is called.
            @inline(__always)
            func run<let pixels: Int>(_ tile: ConvolutionTile<pixels>.Type, wide: Bool) {
                tile.run(
                    wide: wide, input, starts: starts.baseAddress! + p, window: window, weights: weights,
                    bias: bias + first, rectified: rectified, output: output + p * channels + first,
                    spill: spill.elements.baseAddress!, pixelStride: channels, channels: rest)
                p += pixels
            }
            while p < starts.count {
                switch (starts.count - p, rest > lanes) {
                case (8..., true): run(ConvolutionTile<8>.self, wide: true)
                case (_, true): run(ConvolutionTile<1>.self, wide: true)
                // With one vector of channels, more pixels: a sum is ready for its next product only after some others.
                case (12..., false): run(ConvolutionTile<12>.self, wide: false)
                case (8..., false): run(ConvolutionTile<8>.self, wide: false)
                case (_, false): run(ConvolutionTile<1>.self, wide: false)
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
