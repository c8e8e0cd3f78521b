import Foundation

/// The fused multiply-adds that one core can do in a second, measured by doing nothing else.
enum Peak {
    /// Billions of floating-point operations in a second (a multiply-add is two), the best of some tries.
    static func gigaflops() -> Double {
        (0..<5).map { _ in once() }.max()!
    }

    /// Sixteen sums in registers, none of which waits for another.
    private static func once() -> Double {
        let rounds = 4_000_000
        var sums = InlineArray<16, SIMD16<Float>>(repeating: SIMD16(repeating: 0))
        let x = SIMD16<Float>(repeating: 0.999_999), y = SIMD16<Float>(repeating: 1e-9)
        let start = ContinuousClock.now
        for _ in 0..<rounds { for i in 0..<16 { sums[i] = y.addingProduct(sums[i], x) } }
        let seconds = start.duration(to: .now).seconds
        var total: Float = 0
        for i in 0..<16 { total += sums[i].sum() }
        precondition(total.isFinite)
        return Double(rounds * 16 * 16 * 2) / seconds / 1e9
    }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
