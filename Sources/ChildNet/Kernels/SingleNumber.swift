/// A vector of one number: for channels that do not fill half a ``Vector`` a kernel does what it does for a vector, in the same
/// words and rounded alike, one channel at a time.
struct SingleNumber<Scalar: SIMDScalar & ExpressibleByIntegerLiteral>: SIMD {
    typealias MaskStorage = SingleNumber<Scalar.SIMDMaskScalar>

    private var number: Scalar = 0

    @inline(__always)
    init() {}

    @inline(__always)
    var scalarCount: Int { 1 }

    @inline(__always)
    subscript(index: Int) -> Scalar {
        get { number }
        set { number = newValue }
    }
}
