import Autodiff

/// The gradients of an LSTM cell, each of the shape of what it is the gradient of.
public struct LSTMGradients: Sendable {
    /// ∂L/∂x, ∂L/∂h and ∂L/∂c, each of shape `[1, inputs]` or `[1, units]`.
    public var x, h, c: Tensor<Double>
    /// ∂L/∂Wˣ `[inputs, 4·units]`, ∂L/∂Wʰ `[units, 4·units]` and ∂L/∂b `[1, 4·units]`.
    public var Wx, Wh, b: Tensor<Double>

    /// All six gradients.
    public init(
        x: Tensor<Double>, h: Tensor<Double>, c: Tensor<Double>, Wx: Tensor<Double>, Wh: Tensor<Double>,
        b: Tensor<Double>
    ) {
        (self.x, self.h, self.c, self.Wx, self.Wh, self.b) = (x, h, c, Wx, Wh, b)
    }
}

/// Exercise 11. The pullback of one step of an LSTM, the controller's.
///
/// Forward: z = x Wˣ + h Wʰ + b is cut into four parts of `units` columns, in this order: i = σ(z₁), f = σ(z₂), o = σ(z₃), g = tanh(z₄); then
/// c′ = f∘c + i∘g and h′ = o∘tanh(c′).
///
/// Backward, from ∂h′ and ∂c′ (∂L/∂h′ and ∂L/∂c′):  δ = ∂c′ + ∂h′∘o∘(1 − tanh²c′);  ∂c = δ∘f;
/// ∂z₁ = δ∘g∘i∘(1 − i);  ∂z₂ = δ∘c∘f∘(1 − f);  ∂z₃ = ∂h′∘tanh(c′)∘o∘(1 − o);  ∂z₄ = δ∘i∘(1 − g²);
/// and with ∂z, a dense layer backwards:  ∂x = ∂z Wˣᵀ,  ∂h = ∂z Wʰᵀ,  ∂Wˣ = xᵀ∂z,  ∂Wʰ = hᵀ∂z,  ∂b = ∂z.
///
/// - Parameters:
///   - x: the input, of shape `[1, inputs]`.
///   - h, c: the state before, each of shape `[1, units]`.
///   - Wx, Wh, b: the weights, of shapes `[inputs, 4·units]`, `[units, 4·units]` and `[1, 4·units]`.
///   - upstreamH, upstreamC: ∂L/∂h′ and ∂L/∂c′, each of shape `[1, units]`.
public func lstmCellBackward(
    x: Tensor<Double>, h: Tensor<Double>, c: Tensor<Double>, Wx: Tensor<Double>, Wh: Tensor<Double>, b: Tensor<Double>,
    upstreamH: Tensor<Double>, upstreamC: Tensor<Double>
) throws -> LSTMGradients {
    throw NotAttempted()
}
