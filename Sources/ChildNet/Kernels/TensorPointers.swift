import Autodiff

// The first numbers of several tensors at once, for kernels.

@inline(__always)
func withPointers<T: Scalar>(
    _ a: Tensor<T>, _ b: Tensor<T>, _ body: (UnsafePointer<T>, UnsafePointer<T>) -> Void
) {
    a.withElements { a in b.withElements { b in body(a.baseAddress!, b.baseAddress!) } }
}

@inline(__always)
func withPointers<T: Scalar>(
    _ a: Tensor<T>, _ b: Tensor<T>, _ c: Tensor<T>,
    _ body: (UnsafePointer<T>, UnsafePointer<T>, UnsafePointer<T>) -> Void
) {
    withPointers(a, b) { a, b in c.withElements { c in body(a, b, c.baseAddress!) } }
}

@inline(__always)
func withPointers<T: Scalar>(
    _ a: Tensor<T>, _ b: Tensor<T>, _ c: Tensor<T>, _ d: Tensor<T>,
    _ body: (UnsafePointer<T>, UnsafePointer<T>, UnsafePointer<T>, UnsafePointer<T>) -> Void
) {
    withPointers(a, b) { a, b in withPointers(c, d) { c, d in body(a, b, c, d) } }
}
