import Autodiff

/// The kernel of the gradient of the weights: `numbers` of a window × two vectors of output channels in registers, the second
/// perhaps half as wide, or one.
///
/// ∂L/∂w[j, c] = Σₚ x[startₚ + offsetⱼ] · ∂L/∂z[p, c], summed over the pixels p of a group
///
/// The same shape as ``ConvolutionTile``: two vectors are loaded, `numbers` are broadcast, and no multiply-add waits for
/// another.
struct WeightGradientTile<let numbers: Int, let vectors: Int> {
    @inline(__always)
    static func run<T: Scalar, V: SIMD<T>, W: SIMD<T>>(
        _ work: WeightGradientWork<T>, in vector: V.Type, and second: W.Type
    ) {
        let lanes = V.scalarCount, wide = vectors == 2, starts = work.starts, channels = work.channels
        var low = InlineArray<numbers, V>(repeating: V(repeating: 0))
        var high = InlineArray<numbers, W>(repeating: W(repeating: 0))
        let address = InlineArray<numbers, UnsafePointer<T>> { j in work.input + work.offsets[j] }
        let step = work.gradientStep
        var pixel = work.gradient
        for p in 0..<starts.count {
            let start = starts[p]
            let lowGradient: V = load(pixel)
            let highGradient: W = wide ? load(pixel + lanes) : W(repeating: 0)
            pixel += step
            for j in 0..<numbers {
                let x = address[j][start]
                low[j] = multiplyAdd(V(repeating: x), lowGradient, to: low[j])
                if wide { high[j] = multiplyAdd(W(repeating: x), highGradient, to: high[j]) }
            }
        }
        for j in 0..<numbers {
            add(low[j], to: work.sums + j * channels)
            if wide { add(high[j], to: work.sums + j * channels + lanes) }
        }
    }

    @inline(__always)
    private static func add<T: Scalar, V: SIMD<T>>(_ sum: V, to target: UnsafeMutablePointer<T>) {
        store(load(target) + sum, to: target)
    }
}

/// What some numbers of a window and a block of channels are computed from.
struct WeightGradientWork<T: Scalar> {
    let input: UnsafePointer<T>
    /// Where in the input each pixel's window starts.
    let starts: UnsafeBufferPointer<Int>
    /// Where in the window the numbers stand.
    let offsets: UnsafePointer<Int>
    /// The block's first channel of ∂L/∂z.
    let gradient: UnsafePointer<T>
    /// How far its pixels are apart.
    let gradientStep: Int
    let sums: UnsafeMutablePointer<T>
    /// How far the numbers of the window are apart in the sums.
    let channels: Int
}

extension WeightGradientTile {
    /// The tile of that many numbers: each is compiled on its own.
    @inline(__always)
    static func run<T: Scalar, V: SIMD<T>, W: SIMD<T>>(
        _ count: Int, _ work: WeightGradientWork<T>, in vector: V.Type, and second: W.Type
    ) {
        switch count {
        case 8: WeightGradientTile<8, vectors>.run(work, in: vector, and: second)
        case 7: WeightGradientTile<7, vectors>.run(work, in: vector, and: second)
        case 6: WeightGradientTile<6, vectors>.run(work, in: vector, and: second)
        case 5: WeightGradientTile<5, vectors>.run(work, in: vector, and: second)
        case 4: WeightGradientTile<4, vectors>.run(work, in: vector, and: second)
        case 3: WeightGradientTile<3, vectors>.run(work, in: vector, and: second)
        case 2: WeightGradientTile<2, vectors>.run(work, in: vector, and: second)
        default: WeightGradientTile<1, vectors>.run(work, in: vector, and: second)
        }
    }
}

/// Adds a group's share to ∂L/∂w, an array of `[offsets.count, channels]` with channels rounded up to whole vectors.
///
/// - Parameters:
///   - starts: where in the input each pixel's window starts.
///   - offsets: where in a window each of its numbers stands (see ``Window/offsets``).
///   - places: where in the gradient each pixel stands; nil where they stand one behind the other.
@inline(never)
@specialized(where T == Float)
@specialized(where T == Double)
func accumulateWeightGradient<T: Scalar>(
    _ input: UnsafePointer<T>, starts: UnsafeBufferPointer<Int>, offsets: UnsafeBufferPointer<Int>,
    gradient: UnsafePointer<T>, places: UnsafeBufferPointer<Int>?, channels: Int, sums: UnsafeMutablePointer<T>
) {
    // Tiles of nearly one size: nine numbers are five and four, and not eight and a single one that waits for itself. Chunks of
    // pixels likewise.
    let tiles = (offsets.count + windowTileLimit - 1) / windowTileLimit
    let chunks = (starts.count + pixelsOfChunk - 1) / pixelsOfChunk
    withUnsafeTemporaryAllocation(of: T.self, capacity: places == nil ? 1 : pixelsOfChunk * 2 * lanes) { gathered in
        for block in ChannelBlocks(channels) {
            for chunk in 0..<chunks {
                let pixels = chunk * starts.count / chunks..<(chunk + 1) * starts.count / chunks
                var slope = gradient + pixels.lowerBound * channels + block.first, step = channels
                if let places {
                    for (p, place) in places[pixels].enumerated() {
                        copyChannels(
                            gradient + place + block.first, to: gathered.baseAddress! + p * block.width,
                            count: block.width)
                    }
                    (slope, step) = (UnsafePointer(gathered.baseAddress!), block.width)
                }
                for tile in 0..<tiles {
                    let first = tile * offsets.count / tiles, end = (tile + 1) * offsets.count / tiles
                    let work = WeightGradientWork(
                        input: input, starts: UnsafeBufferPointer(rebasing: starts[pixels]),
                        offsets: offsets.baseAddress! + first, gradient: slope, gradientStep: step,
                        sums: sums + first * channels + block.first, channels: channels)
                    switch block.width {
                    case 2 * lanes:
                        WeightGradientTile<1, 2>.run(end - first, work, in: Vector<T>.self, and: Vector<T>.self)
                    case lanes + lanes / 2:
                        WeightGradientTile<1, 2>.run(end - first, work, in: Vector<T>.self, and: HalfVector<T>.self)
                    case lanes:
                        WeightGradientTile<1, 1>.run(end - first, work, in: Vector<T>.self, and: Vector<T>.self)
                    default:
                        WeightGradientTile<1, 1>.run(
                            end - first, work, in: HalfVector<T>.self, and: HalfVector<T>.self)
                    }
                }
            }
        }
    }
}

/// The most pixels that are summed before their sum is added to the others': what is read of them for one tile is in the
/// first-level cache for the next. Pixels of 64 channels are 256 bytes apart, so that a column of them has a quarter of a cache
/// of 32 KiB, 128 lines, and there is to be room for the images, too. The same on every machine, as the rounding is.
let pixelsOfChunk = 96
