import Autodiff

/// Exercise 8. The pullback of a dense layer y = x W + b.
///
/// Given G = ∂L/∂y:  ∂L/∂x = G Wᵀ,  ∂L/∂W = xᵀ G,  ∂L/∂b = Σₙ Gₙ, summed over the rows, not averaged.
///
/// - Parameters:
///   - input: x, of shape `[rows, inputs]`.
///   - weights: W, of shape `[inputs, outputs]`.
///   - upstream: G, of shape `[rows, outputs]`.
/// - Returns: gradients of the shapes of x, W and b; the last is `[outputs]`.
public func denseBackward(
    input: Tensor<Double>, weights: Tensor<Double>, upstream: Tensor<Double>
) throws -> (input: Tensor<Double>, weights: Tensor<Double>, bias: Tensor<Double>) {
    throw NotAttempted()
}
