/// The shape that two shapes broadcast to, as in NumPy: aligned at their last axes, a length of 1 stretches; nil where
/// two lengths differ and neither is 1.
public func broadcastShape(_ a: [Int], _ b: [Int]) -> [Int]? {
    let rank = max(a.count, b.count)
    let paddedA = Array(repeating: 1, count: rank - a.count) + a
    let paddedB = Array(repeating: 1, count: rank - b.count) + b
    var shape: [Int] = []
    for (m, n) in zip(paddedA, paddedB) {
        guard m == n || m == 1 || n == 1 else { return nil }
        shape.append(m == 1 ? n : m)
    }
    return shape
}

/// Row-major strides in elements; 0 along the axes where `shape` stretches to `target`.
private func stretchedStrides(_ shape: [Int], to target: [Int]) -> [Int] {
    var strides = Array(repeating: 0, count: target.count)
    var stride = 1
    for axis in shape.indices.reversed() {
        let targetAxis = axis + target.count - shape.count
        strides[targetAxis] = shape[axis] == 1 ? 0 : stride
        stride *= shape[axis]
    }
    return strides
}

/// For each place of `target` in row-major order, the place in a tensor of `shape` that stretches to it.
private func forEachStretched(_ shape: [Int], to target: [Int], _ body: (_ place: Int, _ source: Int) -> Void) {
    let strides = stretchedStrides(shape, to: target)
    var index = Array(repeating: 0, count: target.count)
    var source = 0
    for place in 0..<target.reduce(1, *) {
        body(place, source)
        var axis = target.count - 1
        while axis >= 0 {
            index[axis] += 1
            source += strides[axis]
            if index[axis] < target[axis] { break }
            source -= strides[axis] * target[axis]
            index[axis] = 0
            axis -= 1
        }
    }
}

extension Tensor {
    /// The tensor stretched to a shape that it broadcasts to, not differentiated: the binary primitives do that.
    func stretched(to target: [Int]) -> Tensor {
        if target == shape { return detached }
        return Tensor(shape: target) { stretched in
            forEachStretched(shape, to: target) { stretched[$0] = buffer.elements[$1] }
        }
    }

    /// The pullback of broadcasting: sums over the axes along which a tensor of `original` shape was stretched.
    func unbroadcast(to original: [Int]) -> Tensor {
        if original == shape { return self }
        return Tensor(shape: original) { sums in
            sums.initialize(repeating: 0)
            forEachStretched(original, to: shape) { sums[$1] += buffer.elements[$0] }
        }
    }
}
