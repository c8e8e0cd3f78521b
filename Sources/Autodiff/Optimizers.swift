import TextDisplay

/// A rule that turns gradients into steps of the parameters.
///
/// Optimizers minimize: they go against the gradient that they are given. To ascend J, give them −∇J.
public protocol Optimizer<Element>: Sendable {
    /// The type of the numbers.
    associatedtype Element: Scalar
    /// Moves the model's parameters one step against the gradient.
    mutating func update<Model: Parameterized<Element>>(_ model: inout Model, with gradient: Gradient<Element>)
    /// Whatever the next step depends on besides the parameters, for saving and restoring.
    var state: [Tensor<Element>] { get set }
}

/// Stochastic gradient descent with Nesterov's momentum and weight decay.
///
/// g ← ∇L + λθ,  v ← μv + g,  θ ← θ − α(g + μv); Sutskever et al. 2013 in the form that PyTorch uses. Biases and other
/// parameters of fewer than two axes do not decay.
public struct SGD<Element: Scalar>: Optimizer {
    /// The step size α.
    public var learningRate: Element
    /// The momentum μ; 0 for plain descent.
    public var momentum: Element
    /// The weight decay λ.
    public var weightDecay: Element
    /// The velocity v of every parameter; empty before the first step.
    public var state: [Tensor<Element>] = []

    /// An optimizer that has not stepped yet.
    public init(learningRate: Element, momentum: Element = 0, weightDecay: Element = 0) {
        self.learningRate = learningRate
        self.momentum = momentum
        self.weightDecay = weightDecay
    }

    /// Why the settings train nothing, or nil where they may.
    public var problem: InvalidArgument? {
        if !learningRate.isFinite { return InvalidArgument("learningRate is a finite number; not \(learningRate)") }
        if !(0..<1 ~= momentum) { return InvalidArgument("momentum is at least 0 and less than 1; not \(momentum)") }
        if !(weightDecay >= 0 && weightDecay.isFinite) {
            return InvalidArgument("weightDecay is at least 0; not \(weightDecay)")
        }
        return nil
    }

    /// Moves the model's parameters one step against the gradient.
    public mutating func update<Model: Parameterized<Element>>(
        _ model: inout Model, with gradient: Gradient<Element>
    ) {
        require(problemOfStep(model.parameters, gradient, self.state, first: 0, perParameter: 1))
        var parameters = model.parameters
        if state.isEmpty { state = parameters.map { Tensor(repeating: 0, shape: $0.shape) } }
        for i in parameters.indices {
            guard let slope = gradient[parameters[i]] else { continue }
            let decay = parameters[i].shape.count > 1 ? weightDecay : 0
            let (value, velocity) = Self.stepped(
                parameters[i].value, slope, state[i], learningRate, momentum, decay)
            parameters[i].value = value
            state[i] = velocity
        }
        model.parameters = parameters
    }

    /// One pass over the memory for all three assignments.
    @specialized(where Element == Float)
    @specialized(where Element == Double)
    private static func stepped(
        _ value: Tensor<Element>, _ slope: Tensor<Element>, _ velocity: Tensor<Element>,
        _ α: Element, _ μ: Element, _ λ: Element
    ) -> (value: Tensor<Element>, velocity: Tensor<Element>) {
        var newVelocity = velocity
        let newValue = Tensor<Element>(shape: value.shape) { θ in
            newVelocity = Tensor<Element>(shape: value.shape) { v in
                let oldθ = value.buffer.elements, oldV = velocity.buffer.elements, slope = slope.buffer.elements
                for i in 0..<θ.count {
                    let g = slope[i] + λ * oldθ[i]
                    v[i] = μ * oldV[i] + g
                    θ[i] = oldθ[i] - α * (g + μ * v[i])
                }
            }
        }
        return (newValue, newVelocity)
    }
}

/// Adam (Kingma and Ba 2015, algorithm 1).
///
/// m ← β₁m + (1 − β₁)g,  v ← β₂v + (1 − β₂)g²,  θ ← θ − α m̂ / (√v̂ + ε), with m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ).
public struct Adam<Element: Scalar>: Optimizer {
    /// The step size α.
    public var learningRate: Element
    /// The decay β₁ of the mean of the gradients.
    public var beta1: Element
    /// The decay β₂ of the mean of their squares.
    public var beta2: Element
    /// The ε that keeps the quotient finite.
    public var epsilon: Element
    /// The number of steps t, then m and v of each parameter; empty before the first step.
    public var state: [Tensor<Element>] = []

    /// An optimizer that has not stepped yet, with the paper's defaults.
    public init(learningRate: Element = 0.001, beta1: Element = 0.9, beta2: Element = 0.999, epsilon: Element = 1e-8) {
        self.learningRate = learningRate
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
    }

    /// Why the settings train nothing, or nil where they may.
    public var problem: InvalidArgument? {
        if !learningRate.isFinite { return InvalidArgument("learningRate is a finite number; not \(learningRate)") }
        for (name, decay) in [("beta1", beta1), ("beta2", beta2)] where !(0..<1 ~= decay) {
            return InvalidArgument("\(name) is at least 0 and less than 1; not \(decay)")
        }
        if !(epsilon >= 0 && epsilon.isFinite) { return InvalidArgument("epsilon is at least 0; not \(epsilon)") }
        return nil
    }

    /// Moves the model's parameters one step against the gradient.
    public mutating func update<Model: Parameterized<Element>>(
        _ model: inout Model, with gradient: Gradient<Element>
    ) {
        require(problemOfStep(model.parameters, gradient, self.state, first: 1, perParameter: 2))
        var parameters = model.parameters
        if state.isEmpty {
            state =
                [Tensor(0)] + parameters.flatMap { Array(repeating: Tensor(repeating: 0, shape: $0.shape), count: 2) }
        }
        let t = state[0].value + 1
        state[0] = Tensor(t)
        let correction1 = 1 - Element.pow(beta1, t), correction2 = 1 - Element.pow(beta2, t)
        for i in parameters.indices {
            guard let g = gradient[parameters[i]] else { continue }
            let m = beta1 * state[2 * i + 1] + (1 - beta1) * g
            let v = beta2 * state[2 * i + 2] + (1 - beta2) * (g * g)
            parameters[i].value =
                parameters[i].value - learningRate * (m / correction1) / (sqrt(v / correction2) + epsilon)
            state[2 * i + 1] = m
            state[2 * i + 2] = v
        }
        model.parameters = parameters
    }
}

/// Why an optimizer can't step, or nil where it can: its state and the gradient have the parameters' shapes.
///
/// - Parameters:
///   - first: how many scalars the state begins with.
///   - count: how many tensors of a parameter's shape the state has for each.
@specialized(where Element == Float)
@specialized(where Element == Double)
package func problemOfStep<Element: Scalar>(
    _ parameters: [Parameter<Element>], _ gradient: Gradient<Element>, _ state: [Tensor<Element>], first: Int,
    perParameter count: Int
) -> InvalidArgument? {
    // Asked at every step: nothing is made for it.
    var fits = state.isEmpty || state.count == first + count * parameters.count
    for i in state.indices where fits {
        fits = i < first ? state[i].shape.isEmpty : state[i].shape == parameters[(i - first) / count].shape
    }
    if !fits {
        return InvalidArgument(
            "the optimizer's state is of a model with other parameters: set it to [] to begin anew")
    }
    return gradient.problem(steppingAlong: parameters)
}

extension SGD: CustomStringConvertible {
    /// The settings and whether it has stepped.
    public var description: String {
        "SGD: learning rate \(formatted(Double(learningRate))), momentum \(formatted(Double(momentum))), "
            + "weight decay \(formatted(Double(weightDecay)))" + (state.isEmpty ? "; no step yet" : "")
    }
}

extension Adam: CustomStringConvertible {
    /// The settings and the number of steps.
    public var description: String {
        "Adam: learning rate \(formatted(Double(learningRate))), β₁ \(formatted(Double(beta1))), "
            + "β₂ \(formatted(Double(beta2))), ε \(formatted(Double(epsilon)))"
            + (state.first?.elements.first.map { ", after step \(formatted(Double($0)))" } ?? "; no step yet")
    }
}
