import TextDisplay

/// The matrix product of `[m, k]` and `[k, n]`: y = a b, of shape `[m, n]`.
///
/// ∂L/∂a = (∂L/∂y) bᵀ,  ∂L/∂b = aᵀ (∂L/∂y).
@specialized(where Element == Float)
@specialized(where Element == Double)
public func matmul<Element: Scalar>(_ a: Tensor<Element>, _ b: Tensor<Element>) -> Tensor<Element> {
    require(Tensor.problem(multiplying: a, by: b))
    let (left, right) = (a.detached, b.detached)
    return Tensor(product(left, right), from: [a, b]) { upstream, wanted in
        [
            wanted[0] ? product(upstream, right.transposed()) : nil,
            wanted[1] ? product(left.transposed(), upstream) : nil,
        ]
    }
}

/// yᵢⱼ = Σₖ aᵢₖ bₖⱼ; the innermost loop runs along rows of b and y, so that it vectorizes.
@inline(__always)
private func product<Element: Scalar>(_ a: Tensor<Element>, _ b: Tensor<Element>) -> Tensor<Element> {
    let (m, k, n) = (a.shape[0], a.shape[1], b.shape[1])
    return withExtendedLifetime((a, b)) {
        let a = a.buffer.elements, b = b.buffer.elements
        return Tensor(shape: [m, n]) { y in
            y.initialize(repeating: 0)
            for i in 0..<m {
                for l in 0..<k {
                    let factor = a[i * k + l]
                    for j in 0..<n { y[i * n + j] += factor * b[l * n + j] }
                }
            }
        }
    }
}

extension Tensor {
    /// The transposed matrix, not differentiated.
    @inline(__always)
    func transposed() -> Tensor {
        let (m, n) = (shape[0], shape[1])
        return Tensor(shape: [n, m]) { result in
            for i in 0..<m { for j in 0..<n { result[j * m + i] = buffer.elements[i * n + j] } }
        }
    }
}
