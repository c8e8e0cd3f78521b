import Autodiff

// Winograd's minimal filtering (Winograd 1980; for convolutional networks Lavin and Gray 2016), in one dimension.
//
// m neighboring sums yᵢ = Σₖ dᵢ₊ₖ wₖ with r weights are a part of the product of two polynomials. The product is known when
// its values at n = m + r − 1 points are known, and a value of a product takes one multiplication:
//
//     y = Aᵀ[(G w) ⊙ (Bᵀ d)]
//
// n multiplications for m·r. Bᵀ (n×n) and G (n×r) evaluate, Aᵀ (m×n) puts together; all are small and constant. In two
// dimensions it is done along columns of what was done along rows, Y = Aᵀ[(G w Gᵀ) ⊙ (Bᵀ d B)]A: 36 multiplications for the
// 144 of 4×4 pixels with a 3×3 kernel, or for the 100 of 2×2 pixels with a 5×5 kernel.
//
// Here n = 6, with the points 0, ±a, ±b and ∞. The usual a = 1, b = 2 loses about a bit more than the a = 3/4, b = 3/2 taken
// here, whose squares are exact, too: beside a direct sum in Float over 64 channels, the root mean square of the errors is 2.4
// times as large with 3×3 weights (4.5 times with the usual points), and 1.5 times with 5×5 (3.1 times).
//
// The transposed matrices give the gradients: ∂L/∂w = Gᵀ[(A g) ⊙ (Bᵀ d)] with g = ∂L/∂y.

/// How many points there are: the numbers of a tile, before and after its transform.
let winogradPoints = 6

private func a<T: Scalar>(_ type: T.Type) -> T { 0.75 }
private func b<T: Scalar>(_ type: T.Type) -> T { 1.5 }

/// G, `[6][taps]`: the row of a point p is (1, p, p², …)/∏(p − q) over the other points q; that of ∞ is (0, …, 0, 1).
func winogradWeightMatrix<T: Scalar>(taps: Int, of type: T.Type) -> [[T]] {
    let a = a(T.self), b = b(T.self)
    let points = [0, a, -a, b, -b]
    return points.map { p in
        let divisor = points.reduce(T(1)) { $1 == p ? $0 : $0 * (p - $1) }
        var power = 1 / divisor
        return (0..<taps).map { _ in
            defer { power *= p }
            return power
        }
    } + [(0..<taps).map { $0 == taps - 1 ? 1 : 0 }]
}

/// Bᵀd, for a vector of channels at once: six vectors `step` apart become six others.
///
///     a²b²    0     −(a²+b²)    0       1   0
///      0    ∓ab²      −b²       ±a      1   0      (two rows)
///      0    ∓a²b      −a²       ±b      1   0      (two rows)
///      0    a²b²       0     −(a²+b²)   0   1
@inline(__always)
func winogradInput<T: Scalar, V: SIMD<T>>(
    _ source: UnsafePointer<T>, _ step: Int, to target: UnsafeMutablePointer<T>, _ targetStep: Int, in vector: V.Type
) {
    let a = a(T.self), b = b(T.self)
    let d0: V = load(source), d1: V = load(source + step), d2: V = load(source + 2 * step)
    let d3: V = load(source + 3 * step), d4: V = load(source + 4 * step), d5: V = load(source + 5 * step)
    let minusA2 = V(repeating: -a * a), minusB2 = V(repeating: -b * b)
    let product = V(repeating: a * a * b * b), minusSum = V(repeating: -(a * a + b * b))
    store(multiplyAdd(product, d0, to: multiplyAdd(minusSum, d2, to: d4)), to: target)
    let evenA = multiplyAdd(minusB2, d2, to: d4), oddA = multiplyAdd(minusB2, d1, to: d3)
    store(multiplyAdd(V(repeating: a), oddA, to: evenA), to: target + targetStep)
    store(multiplyAdd(V(repeating: -a), oddA, to: evenA), to: target + 2 * targetStep)
    let evenB = multiplyAdd(minusA2, d2, to: d4), oddB = multiplyAdd(minusA2, d1, to: d3)
    store(multiplyAdd(V(repeating: b), oddB, to: evenB), to: target + 3 * targetStep)
    store(multiplyAdd(V(repeating: -b), oddB, to: evenB), to: target + 4 * targetStep)
    store(multiplyAdd(product, d1, to: multiplyAdd(minusSum, d3, to: d5)), to: target + 5 * targetStep)
}

/// Aᵀm, for a vector of channels at once: six vectors become `count`, four or two. Row i is (0ⁱ, aⁱ, (−a)ⁱ, bⁱ, (−b)ⁱ, 0), and
/// the last row ends in 1.
@inline(__always)
func winogradOutput<T: Scalar, V: SIMD<T>>(
    _ source: UnsafePointer<T>, _ step: Int, count: Int, in vector: V.Type, _ body: (_ i: Int, _ y: V) -> Void
) {
    let a = a(T.self), b = b(T.self)
    let m1: V = load(source + step), m2: V = load(source + 2 * step)
    let m3: V = load(source + 3 * step), m4: V = load(source + 4 * step), last: V = load(source + 5 * step)
    let sumA = m1 + m2, differenceA = m1 - m2, sumB = m3 + m4, differenceB = m3 - m4
    body(0, load(source) + (sumA + sumB))
    let y1 = multiplyAdd(V(repeating: a), differenceA, to: V(repeating: b) * differenceB)
    if count == 2 {
        body(1, y1 + last)
    } else {
        body(1, y1)
        body(2, multiplyAdd(V(repeating: a * a), sumA, to: V(repeating: b * b) * sumB))
        body(
            3,
            multiplyAdd(
                V(repeating: a * a * a), differenceA, to: multiplyAdd(V(repeating: b * b * b), differenceB, to: last)))
    }
}

/// A g, for a vector of channels at once: `count` vectors, four or two, become six.
@inline(__always)
func winogradGradient<T: Scalar, V: SIMD<T>>(
    _ source: UnsafePointer<T>, _ step: Int, count: Int, to target: UnsafeMutablePointer<T>, _ targetStep: Int,
    in vector: V.Type
) {
    let a = a(T.self), b = b(T.self)
    let g0: V = load(source), g1: V = load(source + step)
    var evenA = g0, oddA = g1, evenB = g0, oddB = g1, last = g1
    if count == 4 {
        let g2: V = load(source + 2 * step)
        last = load(source + 3 * step)
        evenA = multiplyAdd(V(repeating: a * a), g2, to: g0)
        oddA = multiplyAdd(V(repeating: a * a), last, to: g1)
        evenB = multiplyAdd(V(repeating: b * b), g2, to: g0)
        oddB = multiplyAdd(V(repeating: b * b), last, to: g1)
    }
    store(g0, to: target)
    store(multiplyAdd(V(repeating: a), oddA, to: evenA), to: target + targetStep)
    store(multiplyAdd(V(repeating: -a), oddA, to: evenA), to: target + 2 * targetStep)
    store(multiplyAdd(V(repeating: b), oddB, to: evenB), to: target + 3 * targetStep)
    store(multiplyAdd(V(repeating: -b), oddB, to: evenB), to: target + 4 * targetStep)
    store(last, to: target + 5 * targetStep)
}
