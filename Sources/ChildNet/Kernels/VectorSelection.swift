import Autodiff

// Choices between numbers, a vector at a time.
//
// The standard library's `replacing(with:where:)` is one instruction where the compiler sees which vector it is for, and a
// loop of branches in code that is generic over the vector. So each choice is written once for every vector that the kernels
// use, told apart by comparisons that the compiler decides.

/// max(x, 0) in each lane, but a NaN stays one.
@inline(__always)
func positivePart<T: Scalar, V: SIMD<T>>(_ x: V) -> V {
    let zero = V(repeating: 0)
    return choice(zero, where: x, isLessThan: zero, else: x)
}

/// `a` in the lanes where x < y, `b` in the others.
@inline(__always)
func choice<T: Scalar, V: SIMD<T>>(_ a: V, where x: V, isLessThan y: V, else b: V) -> V {
    if let (a, x, y, b) = known(a, x, y, b, as: Vector<Float>.self) { return cast(b.replacing(with: a, where: x .< y)) }
    if let (a, x, y, b) = known(a, x, y, b, as: HalfVector<Float>.self) {
        return cast(b.replacing(with: a, where: x .< y))
    }
    if let (a, x, y, b) = known(a, x, y, b, as: SingleNumber<T>.self) { return cast(x[0] < y[0] ? a : b) }
    return b.replacing(with: a, where: x .< y)
}

/// `a` in the lanes where x = y, `b` in the others.
@inline(__always)
func choice<T: Scalar, V: SIMD<T>>(_ a: V, where x: V, equals y: V, else b: V) -> V {
    if let (a, x, y, b) = known(a, x, y, b, as: Vector<Float>.self) {
        return cast(b.replacing(with: a, where: x .== y))
    }
    if let (a, x, y, b) = known(a, x, y, b, as: HalfVector<Float>.self) {
        return cast(b.replacing(with: a, where: x .== y))
    }
    if let (a, x, y, b) = known(a, x, y, b, as: SingleNumber<T>.self) { return cast(x[0] == y[0] ? a : b) }
    return b.replacing(with: a, where: x .== y)
}

/// Four vectors as what they are, if they are that.
@inline(__always)
private func known<V, W>(_ a: V, _ b: V, _ c: V, _ d: V, as type: W.Type) -> (W, W, W, W)? {
    V.self == W.self ? (cast(a), cast(b), cast(c), cast(d)) : nil
}

/// A vector as what it is: the two types are one.
@inline(__always)
private func cast<V, W>(_ vector: V) -> W { unsafeBitCast(vector, to: W.self) }

/// Calls one of the bodies with the places of vectors that cover all of some channels.
///
/// The last vector overlaps the one before where the channels do not fill it, so that what is done there is done twice, with
/// the same result. Channels too few for half a vector come one by one.
@inline(__always)
func forEachVector(
    of channels: Int, vector: (_ first: Int) -> Void, half: (_ first: Int) -> Void, single: (_ channel: Int) -> Void
) {
    if channels >= lanes {
        for c in stride(from: 0, to: channels, by: lanes) { vector(min(c, channels - lanes)) }
    } else if channels >= lanes / 2 {
        for c in stride(from: 0, to: channels, by: lanes / 2) { half(min(c, channels - lanes / 2)) }
    } else {
        for c in 0..<channels { single(c) }
    }
}

/// The same for channels that are known to fill half a vector.
@inline(__always)
func forEachVector(of channels: Int, vector: (_ first: Int) -> Void, half: (_ first: Int) -> Void) {
    forEachVector(of: channels, vector: vector, half: half) { _ in
        preconditionFailure("\(channels) channels do not fill half a vector")
    }
}
