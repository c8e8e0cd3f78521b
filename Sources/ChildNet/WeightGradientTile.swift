import Autodiff

/// The kernel of the gradient of the weights: `numbers` of a window × `vectors`·16 output channels in registers.
///
/// ∂L/∂w[j, c] = Σₚ x[startₚ + offsetⱼ] · g[p, c], summed over the pixels p of a group, with g = ∂L/∂z
///
/// The same shape as ``ConvolutionTile``: two vectors are loaded, `numbers` are broadcast, and no multiply-add waits for
/// another.
struct WeightGradientTile<let numbers: Int, let vectors: Int> {
    @inline(__always)
    static func run<T: Scalar>(
        _ input: UnsafePointer<T>, starts: UnsafeBufferPointer<Int>, offsets: UnsafePointer<Int>,
        gradient: UnsafePointer<T>, pixelStride: Int, sums target: UnsafeMutablePointer<T>, rowStride: Int
    ) {
        let vectorSize = lanes * MemoryLayout<T>.stride
        var sums = InlineArray<numbers, InlineArray<vectors, SIMD16<T>>>(
            repeating: InlineArray(repeating: SIMD16<T>(repeating: 0)))
        let address = InlineArray<numbers, UnsafePointer<T>> { j in input + offsets[j] }
        var g = UnsafeRawPointer(gradient)
        for p in 0..<starts.count {
            let start = starts[p]
            let row = InlineArray<vectors, SIMD16<T>> { v in
                g.loadUnaligned(fromByteOffset: v * vectorSize, as: SIMD16<T>.self)
            }
            g += pixelStride * MemoryLayout<T>.stride
            for j in 0..<numbers {
                let x = SIMD16<T>(repeating: address[j][start])
                for v in 0..<vectors { sums[j][v] = multiplyAdd(x, row[v], to: sums[j][v]) }
            }
        }
        for j in 0..<numbers {
            for v in 0..<vectors {
                let place = UnsafeMutableRawPointer(target + j * rowStride + v * lanes)
                place.storeBytes(of: place.loadUnaligned(as: SIMD16<T>.self) + sums[j][v], as: SIMD16<T>.self)
            }
        }
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
            while j < offsets.count {
                let left = offsets.count - j
                let at = offsets.baseAddress! + j
                let target = sums + j * channels + first
                switch (left, two) {
                case (8..., true):
                    WeightGradientTile<8, 2>.run(
                        input, starts: starts, offsets: at, gradient: gradient + first, pixelStride: channels,
                        sums: target, rowStride: channels)
                    j += 8
                case (8..., false):
                    WeightGradientTile<8, 1>.run(
                        input, starts: starts, offsets: at, gradient: gradient + first, pixelStride: channels,
                        sums: target, rowStride: channels)
                    j += 8
                case (3..., true):
                    WeightGradientTile<3, 2>.run(
                        input, starts: starts, offsets: at, gradient: gradient + first, pixelStride: channels,
                        sums: target, rowStride: channels)
                    j += 3
                case (3..., false):
                    WeightGradientTile<3, 1>.run(
                        input, starts: starts, offsets: at, gradient: gradient + first, pixelStride: channels,
                        sums: target, rowStride: channels)
                    j += 3
                case (_, true):
                    WeightGradientTile<1, 2>.run(
                        input, starts: starts, offsets: at, gradient: gradient + first, pixelStride: channels,
                        sums: target, rowStride: channels)
                    j += 1
                default:
                    WeightGradientTile<1, 1>.run(
                        input, starts: starts, offsets: at, gradient: gradient + first, pixelStride: channels,
                        sums: target, rowStride: channels)
                    j += 1
                }
            }
        }
    }
}
