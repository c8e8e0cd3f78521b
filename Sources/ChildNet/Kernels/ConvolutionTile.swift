import Autodiff

/// The kernel of every convolution and dense layer: `pixels` output pixels × two vectors of output channels in registers, the
/// second perhaps half as wide, or one vector where there are no more.
///
/// z[p, c] = b[c] + Σᵣ Σⱼ x[startₚ + r·rowStride + j] · w[r·depth + j, c]
///
/// For each of the window's numbers it loads two vectors of weights, broadcasts the number of each pixel, and does two
/// fused multiply-adds a pixel, none of which waits for another. The pixels need not be neighbors: a tile is `pixels`
/// addresses that move together, so narrow images, strides and the ends of rows need no code of their own.
struct ConvolutionTile<let pixels: Int, let vectors: Int> {
    static var pixelCount: Int { pixels }

    /// As many tiles as there are pixels left for, from pixel p on.
    @inline(__always)
    static func cover<T: Scalar, V: SIMD<T>, W: SIMD<T>>(
        _ work: ConvolutionWork<T>, in vector: V.Type, and second: W.Type, from p: inout Int
    ) {
        while work.starts.count - p >= pixels {
            run(work, in: vector, and: second, at: p)
            p += pixels
        }
    }

    @inline(__always)
    private static func run<T: Scalar, V: SIMD<T>, W: SIMD<T>>(
        _ work: ConvolutionWork<T>, in vector: V.Type, and second: W.Type, at first: Int
    ) {
        let window = work.window, lanes = V.scalarCount, wide = vectors == 2
        let width = wide ? lanes + W.scalarCount : lanes
        // Two arrays, not an array of pairs: the compiler keeps these in registers.
        var low = InlineArray<pixels, V>(repeating: load(work.bias))
        var high = InlineArray<pixels, W>(repeating: wide ? load(work.bias + lanes) : W(repeating: 0))
        let starts = work.starts.baseAddress! + first
        var address = InlineArray<pixels, UnsafePointer<T>> { p in work.input + starts[p] }
        var weight = work.weights
        for _ in 0..<window.rows {
            for j in 0..<window.depth {
                let lowWeight: V = load(weight)
                let highWeight: W = wide ? load(weight + lanes) : W(repeating: 0)
                weight += width
                for p in 0..<pixels {
                    let x = address[p][j]
                    low[p] = multiplyAdd(V(repeating: x), lowWeight, to: low[p])
                    if wide { high[p] = multiplyAdd(W(repeating: x), highWeight, to: high[p]) }
                }
            }
            for p in 0..<pixels { address[p] += window.rowStride }
            weight += (window.step - window.depth) * width
        }
        let targets = work.targets.baseAddress! + first
        if work.rectified {
            for p in 0..<pixels { low[p] = positivePart(low[p]) }
            if wide { for p in 0..<pixels { high[p] = positivePart(high[p]) } }
        }
        // These loops are kept as small as they are so that the compiler unrolls them and the sums stay in registers.
        if work.channels >= width {
            for p in 0..<pixels { store(low[p], to: work.output + targets[p]) }
            if wide { for p in 0..<pixels { store(high[p], to: work.output + targets[p] + lanes) } }
            return
        }
        // The last vector of channels is wider than what is left of them: it goes where there is room first.
        let spill = work.spill
        for p in 0..<pixels { store(low[p], to: spill + p * width) }
        if wide { for p in 0..<pixels { store(high[p], to: spill + p * width + lanes) } }
        for p in 0..<pixels { (work.output + targets[p]).update(from: spill + p * width, count: work.channels) }
    }
}

/// What a block of channels is computed from.
struct ConvolutionWork<T: Scalar> {
    let input: UnsafePointer<T>
    /// Where in the input each pixel's window starts.
    let starts: UnsafeBufferPointer<Int>
    let window: Window
    /// The block's own, packed.
    let weights: UnsafePointer<T>
    let bias: UnsafePointer<T>
    let rectified: Bool
    /// Where in the output each pixel goes.
    let targets: UnsafeBufferPointer<Int>
    /// The block's first channel.
    let output: UnsafeMutablePointer<T>
    /// The channels from the block's first on; perhaps more than the block has, perhaps fewer.
    let channels: Int
    /// Room for a tile, for channels that do not fill a vector.
    let spill: UnsafeMutablePointer<T>
}

/// A vector to memory.
@inline(__always)
func store<T: Scalar, V: SIMD<T>>(_ vector: V, to address: UnsafeMutablePointer<T>) {
    UnsafeMutableRawPointer(address).storeBytes(of: vector, as: V.self)
}

/// A vector from memory.
@inline(__always)
func load<T: Scalar, V: SIMD<T>>(_ address: UnsafePointer<T>) -> V {
    UnsafeRawPointer(address).loadUnaligned(as: V.self)
}

/// The part of the input that one output pixel reads: `rows` runs of `depth` numbers, `rowStride` apart; and the weights that
/// they are multiplied by, which are perhaps not all: beside the edge of an image a part of the window lies outside.
struct Window {
    let rows: Int
    let rowStride: Int
    let depth: Int
    /// The numbers of a row of the whole kernel.
    let step: Int
    /// The numbers of the whole kernel.
    let size: Int
    /// The first of them that is in the window.
    let first: Int

    /// The window of a whole kernel.
    init(rows: Int, rowStride: Int, depth: Int) {
        (self.rows, self.rowStride, self.depth) = (rows, rowStride, depth)
        (step, size, first) = (depth, rows * depth, 0)
    }

    /// Some rows of a window and, of these, some numbers.
    init(_ whole: Window, rows: Range<Int>, depth: Range<Int>) {
        (self.rows, rowStride, self.depth) = (rows.count, whole.rowStride, depth.count)
        (step, size, first) = (whole.step, whole.size, rows.lowerBound * whole.step + depth.lowerBound)
    }

    /// Where in the whole window each of its numbers stands, relative to the start.
    var offsets: Scratch<Int> {
        let offsets = scratch(Int.self, count: size)
        for n in 0..<size { offsets.elements[n] = n / step * rowStride + n % step }
        return offsets
    }
}

/// a·b + c.
///
/// Where the processor multiplies and adds in one instruction this is that instruction, rounded once. Where it does not,
/// `addingProduct` would be a library call for each lane, 200 times slower, so that the two operations are written out.
@inline(__always)
func multiplyAdd<V: SIMD>(_ a: V, _ b: V, to c: V) -> V where V.Scalar: FloatingPoint {
    #if NO_FUSED_MULTIPLY_ADD
        a * b + c
    #else
        c.addingProduct(a, b)
    #endif
}

/// z[p, 0..<channels] for every pixel, at its target in the output, from packed weights (see `WeightPacking.swift`).
@inline(never)
@specialized(where T == Float)
@specialized(where T == Double)
func convolve<T: Scalar>(
    _ input: UnsafePointer<T>, starts: UnsafeBufferPointer<Int>, window: Window, packed: UnsafePointer<T>,
    bias: UnsafePointer<T>, rectified: Bool, output: UnsafeMutablePointer<T>, targets: UnsafeBufferPointer<Int>,
    channels: Int
) {
    let room = max(SlimTile.pixelCount, 2 * FullTile.pixelCount) * lanes
    withUnsafeTemporaryAllocation(of: T.self, capacity: room) { spill in
        for block in ChannelBlocks(channels) {
            let work = ConvolutionWork(
                input: input, starts: starts, window: window,
                weights: packed + block.first * window.size + window.first * block.width,
                bias: bias + block.first, rectified: rectified, targets: targets, output: output + block.first,
                channels: channels - block.first, spill: spill.baseAddress!)
            switch block.width {
            case 2 * lanes: coverWide(work, and: Vector<T>.self)
            case lanes + lanes / 2: coverWide(work, and: HalfVector<T>.self)
            case lanes: coverSlim(work, in: Vector<T>.self)
            default: coverSlim(work, in: HalfVector<T>.self)
            }
        }
    }
}

@inline(__always)
private func coverWide<T: Scalar, W: SIMD<T>>(_ work: ConvolutionWork<T>, and second: W.Type) {
    var p = 0
    FullTile.cover(work, in: Vector<T>.self, and: second, from: &p)
    ConvolutionTile<4, 2>.cover(work, in: Vector<T>.self, and: second, from: &p)
    ConvolutionTile<1, 2>.cover(work, in: Vector<T>.self, and: second, from: &p)
}

@inline(__always)
private func coverSlim<T: Scalar, V: SIMD<T>>(_ work: ConvolutionWork<T>, in vector: V.Type) {
    var p = 0
    SlimTile.cover(work, in: vector, and: vector, from: &p)
    ConvolutionTile<4, 1>.cover(work, in: vector, and: vector, from: &p)
    ConvolutionTile<1, 1>.cover(work, in: vector, and: vector, from: &p)
}
