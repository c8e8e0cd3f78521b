import Foundation
import TextDisplay

/// The fused multiply-adds that one core can do in a second, measured by doing nothing else.
enum Peak {
    /// Billions of floating-point operations in a second (a multiply-add is two), the best of some tries; nil for a
    /// processor without fused multiply-adds, where there is no such peak.
    static func gigaflops() -> Double? {
        #if NO_FUSED_MULTIPLY_ADD
            nil
        #else
            (0..<5).map { _ in once() }.max()!
        #endif
    }

    // As many sums as fit into the registers (see ChildNet's TileShape.swift), none of which waits for another.
    #if WIDE_REGISTERS
        private typealias Sums = InlineArray<16, SIMD16<Float>>
    #else
        private typealias Sums = InlineArray<10, SIMD8<Float>>
    #endif

    private static func once() -> Double {
        let rounds = 4_000_000
        var sums = Sums(repeating: .zero)
        let x = Sums.Element(repeating: 0.999_999), y = Sums.Element(repeating: 1e-9)
        let start = ContinuousClock.now
        for _ in 0..<rounds { for i in 0..<Sums.count { sums[i] = y.addingProduct(sums[i], x) } }
        let seconds = start.duration(to: .now).seconds
        var total: Float = 0
        for i in 0..<Sums.count { total += sums[i].sum() }
        precondition(total.isFinite)
        return Double(rounds * Sums.count * Sums.Element.scalarCount * 2) / seconds / 1e9
    }
}
