import Autodiff

// Winograd's minimal filtering (Winograd 1980; for convolutional networks Lavin and Gray 2016), in one dimension.
//
// m neighboring sums yᵢ = Σₖ dᵢ₊ₖ wₖ with r weights are a part of the product of two polynomials. The product is known when
// its values at n = m + r − 1 points are known, and a value of a product takes one multiplication:
//
//     y = Aᵀ[(G w) ⊙ (Bᵀ d)]
//
// n multiplications for m·r. All three matrices are small and constant: Bᵀ (n×n) evaluates the input (`winogradInput`), G (n×r)
// the weights (`winogradWeightMatrix`), and Aᵀ (m×n) puts the output together (`winogradOutput`). In two dimensions
// it is done along columns of what was done along rows, Y = Aᵀ[(G w Gᵀ) ⊙ (Bᵀ d B)]A: 36 multiplications for the 144 of 4×4
// pixels with a 3×3 kernel, or for the 100 of 2×2 pixels with a 5×5 kernel.
//
// Here n = 6, with the points 0, ±p, ±q and ∞. The usual p = 1, q = 2 loses about a bit more than the p = 3/4, q = 3/2 taken
// here, whose squares are exact, too: beside a direct sum in Float over 64 channels, the root mean square of the errors is 2.4
// times as large with 3×3 weights (4.5 times with the usual points), and 1.5 times with 5×5 (3.1 times).
//
// The transposed matrices give the gradients: ∂L/∂w = Gᵀ[(A ∂L/∂y) ⊙ (Bᵀ d)], with `winogradGradient` for A.

/// How many points there are: the numbers of a tile, before and after its transform.
let winogradPoints = 6

/// p, of the points ±p.
private func innerPoint<T: Scalar>(_ type: T.Type) -> T { 0.75 }
/// q, of the points ±q.
private func outerPoint<T: Scalar>(_ type: T.Type) -> T { 1.5 }

/// G, `[6][taps]`: the row of a point x is (1, x, x², …)/∏(x − y) over the other points y; that of ∞ is (0, …, 0, 1).
func winogradWeightMatrix<T: Scalar>(taps: Int, of type: T.Type) -> [[T]] {
    let inner = innerPoint(T.self), outer = outerPoint(T.self)
    let points = [0, inner, -inner, outer, -outer]
    return points.map { point in
        let divisor = points.reduce(T(1)) { $1 == point ? $0 : $0 * (point - $1) }
        var power = 1 / divisor
        return (0..<taps).map { _ in
            defer { power *= point }
            return power
        }
    } + [(0..<taps).map { $0 == taps - 1 ? 1 : 0 }]
}

/// Bᵀd, for a vector of channels at once: six vectors `step` apart become six others.
///
///     p²q²    0     −(p²+q²)    0       1   0
///      0    ∓pq²      −q²       ±p      1   0      (two rows)
///      0    ∓p²q      −p²       ±q      1   0      (two rows)
///      0    p²q²       0     −(p²+q²)   0   1
@inline(__always)
func winogradInput<T: Scalar, V: SIMD<T>>(
    _ source: UnsafePointer<T>, _ step: Int, to target: UnsafeMutablePointer<T>, _ targetStep: Int, in vector: V.Type
) {
    let inner = innerPoint(T.self), outer = outerPoint(T.self)
    let d0: V = load(source), d1: V = load(source + step), d2: V = load(source + 2 * step)
    let d3: V = load(source + 3 * step), d4: V = load(source + 4 * step), d5: V = load(source + 5 * step)
    let minusInnerSquare = V(repeating: -inner * inner), minusOuterSquare = V(repeating: -outer * outer)
    let product = V(repeating: inner * inner * outer * outer)
    let minusSum = V(repeating: -(inner * inner + outer * outer))
    store(multiplyAdd(product, d0, to: multiplyAdd(minusSum, d2, to: d4)), to: target)
    let evenInner = multiplyAdd(minusOuterSquare, d2, to: d4), oddInner = multiplyAdd(minusOuterSquare, d1, to: d3)
    store(multiplyAdd(V(repeating: inner), oddInner, to: evenInner), to: target + targetStep)
    store(multiplyAdd(V(repeating: -inner), oddInner, to: evenInner), to: target + 2 * targetStep)
    let evenOuter = multiplyAdd(minusInnerSquare, d2, to: d4), oddOuter = multiplyAdd(minusInnerSquare, d1, to: d3)
    store(multiplyAdd(V(repeating: outer), oddOuter, to: evenOuter), to: target + 3 * targetStep)
    store(multiplyAdd(V(repeating: -outer), oddOuter, to: evenOuter), to: target + 4 * targetStep)
    store(multiplyAdd(product, d1, to: multiplyAdd(minusSum, d3, to: d5)), to: target + 5 * targetStep)
}

/// Aᵀm, for a vector of channels at once: six vectors become `count`, four or two. Row i is (0ⁱ, pⁱ, (−p)ⁱ, qⁱ, (−q)ⁱ, 0), and
/// the last row ends in 1.
@inline(__always)
func winogradOutput<T: Scalar, V: SIMD<T>>(
    _ source: UnsafePointer<T>, _ step: Int, count: Int, in vector: V.Type, _ body: (_ i: Int, _ y: V) -> Void
) {
    let inner = innerPoint(T.self), outer = outerPoint(T.self)
    let m1: V = load(source + step), m2: V = load(source + 2 * step)
    let m3: V = load(source + 3 * step), m4: V = load(source + 4 * step), last: V = load(source + 5 * step)
    let innerSum = m1 + m2, innerDifference = m1 - m2, outerSum = m3 + m4, outerDifference = m3 - m4
    body(0, load(source) + (innerSum + outerSum))
    let y1 = multiplyAdd(V(repeating: inner), innerDifference, to: V(repeating: outer) * outerDifference)
    if count == 2 {
        body(1, y1 + last)
    } else {
        body(1, y1)
        body(2, multiplyAdd(V(repeating: inner * inner), innerSum, to: V(repeating: outer * outer) * outerSum))
        body(
            3,
            multiplyAdd(
                V(repeating: inner * inner * inner), innerDifference,
                to: multiplyAdd(V(repeating: outer * outer * outer), outerDifference, to: last)))
    }
}

/// A ∂L/∂y, for a vector of channels at once: `count` vectors, four or two, become six.
@inline(__always)
func winogradGradient<T: Scalar, V: SIMD<T>>(
    _ source: UnsafePointer<T>, _ step: Int, count: Int, to target: UnsafeMutablePointer<T>, _ targetStep: Int,
    in vector: V.Type
) {
    let inner = innerPoint(T.self), outer = outerPoint(T.self)
    let gradient0: V = load(source), gradient1: V = load(source + step)
    var evenInner = gradient0, oddInner = gradient1, evenOuter = gradient0, oddOuter = gradient1, last = gradient1
    if count == 4 {
        let gradient2: V = load(source + 2 * step)
        last = load(source + 3 * step)
        evenInner = multiplyAdd(V(repeating: inner * inner), gradient2, to: gradient0)
        oddInner = multiplyAdd(V(repeating: inner * inner), last, to: gradient1)
        evenOuter = multiplyAdd(V(repeating: outer * outer), gradient2, to: gradient0)
        oddOuter = multiplyAdd(V(repeating: outer * outer), last, to: gradient1)
    }
    store(gradient0, to: target)
    store(multiplyAdd(V(repeating: inner), oddInner, to: evenInner), to: target + targetStep)
    store(multiplyAdd(V(repeating: -inner), oddInner, to: evenInner), to: target + 2 * targetStep)
    store(multiplyAdd(V(repeating: outer), oddOuter, to: evenOuter), to: target + 3 * targetStep)
    store(multiplyAdd(V(repeating: -outer), oddOuter, to: evenOuter), to: target + 4 * targetStep)
    store(last, to: target + 5 * targetStep)
}
