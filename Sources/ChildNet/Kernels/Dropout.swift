import Autodiff
import TextDisplay

/// Dropout (Srivastava et al. 2014): each number is zero with probability `rate`, and the others are scaled so that the
/// expectation stays the same.
///
/// y = x·m/(1 − rate) with m drawn from {0, 1}, P(m = 0) = rate; ∂L/∂x = ∂L/∂y · m/(1 − rate).
///
/// - Parameter rate: at least 0 and less than 1.
public func dropout<T: Scalar>(_ x: Tensor<T>, rate: Double, using generator: inout RandomGenerator) -> Tensor<T> {
    require(problemOfDropout(rate: rate))
    if rate == 0 { return x }
    let kept = T(1 / (1 - rate))
    var drawn = generator
    let mask = Tensor<T>(shape: x.shape) { mask in
        for i in 0..<mask.count { mask[i] = drawn.uniform() < rate ? 0 : kept }
    }
    generator = drawn
    return x * mask
}

/// Why a number is no rate of dropout, or nil where it is one.
package func problemOfDropout(rate: Double) -> InvalidArgument? {
    0..<1 ~= rate ? nil : InvalidArgument("the rate is at least 0 and less than 1, not \(rate)")
}
