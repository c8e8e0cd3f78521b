import Autodiff

/// Exercise 10. The gradient of the mean softmax cross-entropy with respect to the logits.
///
/// L = −(1/N) Σₙ log softmax(zₙ)[yₙ], so that ∂L/∂zₙₖ = (softmax(zₙ)ₖ − [k = yₙ]) / N.
///
/// - Parameters:
///   - logits: z, of shape `[rows, classes]`.
///   - labels: yₙ, the right class of each row.
/// - Returns: the gradient, of the logits' shape.
public func crossEntropyBackward(logits: Tensor<Double>, labels: [Int]) throws -> Tensor<Double> {
    throw NotAttempted()
}
