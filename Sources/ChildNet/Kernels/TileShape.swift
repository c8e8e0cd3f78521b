import Autodiff

// How many numbers a kernel holds in registers: the one place where the kernels know the machine.
//
// A tile keeps its sums in registers, together with two vectors of weights and a number that is spread over a vector;
// one sum too many, and the compiler keeps some of them in memory, at a third of the speed. A tile too small, and a sum is
// asked for its next product before it is ready: with two multiply-adds a cycle that each take four, eight must be under way.
//
//     registers               processors                 Vector   full tile: pixels × channels   its sums take
//     32 of 64 bytes          AVX-512                    SIMD16   8 × 32                          16
//     16 of 32 bytes          AVX2 with FMA              SIMD8    6 × 16                          12
//     32 of 16 bytes          Arm's NEON                 SIMD8    6 × 16                          24
//     16 of 16 bytes, no FMA  older than 2013            SIMD4    4 × 8                            8
//
// Package.swift looks at the processor that it builds for and says which: `WIDE_REGISTERS` for the first,
// `NO_FUSED_MULTIPLY_ADD` for the last. The figures are for Float; Double takes twice the registers, and is for checking.

#if WIDE_REGISTERS
    typealias Vector<T: Scalar> = SIMD16<T>
    typealias HalfVector<T: Scalar> = SIMD8<T>
    typealias FullTile = ConvolutionTile<8, 2>
    /// With one vector of channels, more pixels, so that as many sums are under way.
    typealias SlimTile = ConvolutionTile<12, 1>
    /// The most numbers of a window that ``WeightGradientTile`` holds.
    let windowTileLimit = 8
#elseif NO_FUSED_MULTIPLY_ADD
    typealias Vector<T: Scalar> = SIMD4<T>
    typealias HalfVector<T: Scalar> = SIMD2<T>
    typealias FullTile = ConvolutionTile<4, 2>
    typealias SlimTile = ConvolutionTile<8, 1>
    let windowTileLimit = 4
#else
    typealias Vector<T: Scalar> = SIMD8<T>
    typealias HalfVector<T: Scalar> = SIMD4<T>
    typealias FullTile = ConvolutionTile<6, 2>
    typealias SlimTile = ConvolutionTile<12, 1>
    let windowTileLimit = 6
#endif

/// The numbers in a ``Vector``.
let lanes = Vector<Float>.scalarCount

/// A block of channels that a tile works on at once.
struct ChannelBlock {
    let first: Int
    let width: Int
}

/// Channels in blocks of two vectors; the rest in one and a half, in one, or in half a one: 36 channels are 32 and 4 of 8, and
/// 24 are 16 and 8 side by side, not 24 of 32.
struct ChannelBlocks: Sequence, IteratorProtocol {
    private let channels: Int
    private var first = 0

    init(_ channels: Int) { self.channels = roundedChannels(channels) }

    mutating func next() -> ChannelBlock? {
        let rest = channels - first
        if rest <= 0 { return nil }
        let width = Swift.min(rest, 2 * lanes)
        defer { first += width }
        return ChannelBlock(first: first, width: width)
    }
}

/// Channels rounded up to whole vectors of the narrowest kind.
func roundedChannels(_ channels: Int) -> Int { (channels + lanes / 2 - 1) / (lanes / 2) * (lanes / 2) }
