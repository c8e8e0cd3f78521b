import Autodiff

/// The kernel of the gradient of the weights: `numbers` of a window × 32 output channels in registers, or 16.
///
/// ∂L/∂w[j, c] = Σₚ x[startₚ + offsetⱼ] · g[p, c], summed over the pixels p of a group, with g = ∂L/∂z
///
/// The same shape as ``ConvolutionTile``: two vectors are loaded, `numbers` are broadcast, and no multiply-add waits for
/// another.
struct WeightGradientTile<let numbers: Int> {
    /// - Parameter wide: 32 channels and not 16; a literal at every call.
    @inline(__always)
    static func run<T: Scalar>(
        wide: Bool, _ input: UnsafePointer<T>, starts: UnsafeBufferPointer<Int>, offsets: UnsafePointer<Int>,
        gradient: UnsafePointer<T>, sums: UnsafeMutablePointer<T>, channels: Int
    ) {
        var low = InlineArray<numbers, SIMD16<T>>(repeating: SIMD16(repeating: 0))
        var high = InlineArray<numbers, SIMD16<T>>(repeating: SIMD16(repeating: 0))
        let address = InlineArray<numbers, UnsafePointer<T>> { j in input + offsets[j] }
        var pixel = gradient
        for p in 0..<starts.count {
            let start = starts[p]
            let g = vector(pixel), g2 = wide ? vector(pixel + lanes) : g
            pixel += channels
            for j in 0..<numbers {
                let x = SIMD16<T>(repeating: address[j][start])
                low[j] = multiplyAdd(x, g, to: low[j])
                if wide { high[j] = multiplyAdd(x, g2, to: high[j]) }
            }
        }
        for j in 0..<numbers {
            add(low[j], to: sums + j * channels)
            if wide { add(high[j], to: sums + j * channels + lanes) }
        }
    }

    @inline(__always)
    private static func add<T: Scalar>(_ sum: SIMD16<T>, to target: UnsafeMutablePointer<T>) {
        UnsafeMutableRawPointer(target).storeBytes(of: vector(target) + sum, as: SIMD16<T>.self)
    }
}

/// Adds a group's share to ∂L/∂w, an array of `[offsets.count, channels]` with channels rounded up to whole vectors.
@inline(__always)
func accumulateWeightGradient<T: Scalar>(
    _ input: UnsafePointer<T>, starts: UnsafeBufferPointer<Int>, offsets: [Int],
    gradient: UnsafePointer<T>, channels: Int, sums: UnsafeMutablePointer<T>
) {
    offsets.withUnsafeBufferPointer { offsets in
        for first in stride(from: 0, to: channels, by: 2 * lanes) {
            let two = channels - first > lanes
            var j = 0
            // Each case is compiled on its own, as in ``convolve(_:starts:window:packed:bias:rectified:output:channels:)``.
            @inline(__always)
            func run<let numbers: Int>(_ tile: WeightGradientTile<numbers>.Type, wide: Bool) {
                tile.run(
                    wide: wide, input, starts: starts, offsets: offsets.baseAddress! + j, gradient: gradient + first,
                    sums: sums + j * channels + first, channels: channels)
                j += numbers
            }
            while j < offsets.count {
                switch (offsets.count - j, two) {
                case (8..., true): run(WeightGradientTile<8>.self, wide: true)
                case (8..., false): run(WeightGradientTile<8>.self, wide: false)
                case (3..., true): run(WeightGradientTile<3>.self, wide: true)
                case (3..., false): run(WeightGradientTile<3>.self, wide: false)
                case (_, true): run(WeightGradientTile<1>.self, wide: true)
                case (_, false): run(WeightGradientTile<1>.self, wide: false)
                }
            }
        }
    }
}
