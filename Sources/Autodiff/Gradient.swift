import TextDisplay

prefix operator ∇

/// The gradient of a scalar with respect to every parameter that it depends on: ∇f = (∂f/∂θ₁, ∂f/∂θ₂, …).
///
/// `f` must be a tensor of one element; a `f` that depends on no parameter has an empty gradient. In the notebook,
/// type `\nabla` and Tab.
///
///     let θ = Parameter("θ", Tensor([3.0, 4.0]))
///     ∇(θ.tensor * θ.tensor).sum()      // ∂/∂θ Σθᵢ² = 2θ: [6, 8]
public prefix func ∇ <Element: Scalar>(f: Tensor<Element>) -> Gradient<Element> {
    require(f.problemOfScalar)
    return Gradient(f.gradients().map { Gradient.Part(parameter: $0.parameter, leaf: $0.leaf, value: $0.value) })
}

/// A gradient: for each parameter, the tensor of partial derivatives in the parameter's own shape.
///
/// Gradients are vectors: they add, subtract and scale, and have a ``norm``, a ``dot(_:)`` and a ``cosine(_:)``.
public struct Gradient<Element: Scalar>: Sendable {
    struct Part: Sendable {
        let parameter: ParameterIdentity
        /// The leaf that was differentiated: tells `π` from an older copy of it in the same graph. It is held, so that
        /// no other leaf can come to have its identity.
        let leaf: Node<Element>
        let value: Tensor<Element>
    }
    let parts: [Part]

    init(_ parts: [Part]) { self.parts = parts }

    /// The names of the parameters.
    public var names: [String] { parts.map(\.parameter.name) }

    /// Whether there is no parameter at all: the differentiated scalar was a constant.
    public var isEmpty: Bool { parts.isEmpty }

    /// The partial derivatives with respect to the parameter of that name, or nil where there is none.
    public subscript(name: String) -> Tensor<Element>? {
        parts.first { $0.parameter.name == name }?.value
    }

    /// The partial derivatives with respect to that parameter, or nil where the scalar did not depend on it.
    public subscript(parameter: Parameter<Element>) -> Tensor<Element>? {
        let leaf = parameter.tensor.node
        return
            (parts.first { $0.leaf === leaf } ?? parts.first { $0.parameter == parameter.identity })?.value
    }

    /// All partial derivatives one after the other.
    public var elements: [Element] { parts.flatMap(\.value.elements) }

    /// The Euclidean norm ‖g‖ = √Σgᵢ².
    public var norm: Element { dot(self).squareRoot() }

    /// The gradient in the same direction, but no longer than a limit: g · min(1, limit/‖g‖) (Pascanu et al. 2013,
    /// algorithm 1).
    public func shortened(to limit: Element) -> Gradient {
        let length = norm
        return length > limit ? limit / length * self : self
    }

    /// The inner product g·h = Σ gᵢhᵢ, over the parameters that both have.
    public func dot(_ other: Gradient) -> Element {
        require(self.problem(joining: other))
        return paired(with: other).pairs.reduce(0) { sum, pair in
            guard let partner = pair.partner else { return sum }
            return sum + innerProduct(pair.part.value, partner.value)
        }
    }

    /// The cosine of the angle between two gradients: g·h / (‖g‖ ‖h‖); 1 for the same direction.
    public func cosine(_ other: Gradient) -> Element {
        require(self.problem(joining: other))
        return dot(other) / (norm * other.norm)
    }

    /// Why parts of the gradient have other shapes than the parameters that they are of, or nil where they have theirs.
    @specialized(where Element == Float)
    @specialized(where Element == Double)
    package func problem(steppingAlong parameters: [Parameter<Element>]) -> InvalidArgument? {
        for parameter in parameters {
            for part in parts
            where part.parameter.number == parameter.identity.number && part.value.shape != parameter.shape {
                return InvalidArgument(
                    "the gradient of '\(parameter.name)' has shape \(part.value.shape), the parameter \(parameter.shape)"
                )
            }
        }
        return nil
    }

    /// Why two gradients are of different parameters that belong together, or nil where they are not.
    package func problem(joining other: Gradient) -> InvalidArgument? {
        for (part, partner) in paired(with: other).pairs {
            guard let partner, partner.value.shape != part.value.shape else { continue }
            return InvalidArgument(
                "'\(part.parameter.name)' has the shapes \(part.value.shape) and \(partner.value.shape)")
        }
        return nil
    }

    /// Each part with the part of another gradient that belongs to it, and what is left of the other.
    ///
    /// Parts of the same leaf belong together; then those of the same parameter at different times, each once.
    private func paired(with other: Gradient) -> (pairs: [(part: Part, partner: Part?)], rest: [Part]) {
        var rest = other.parts
        func take(_ matches: (Part) -> Bool) -> Part? {
            rest.firstIndex(where: matches).map { rest.remove(at: $0) }
        }
        var partners = parts.map { part in take { $0.leaf === part.leaf } }
        for (i, part) in parts.enumerated() where partners[i] == nil {
            partners[i] = take { $0.parameter == part.parameter }
        }
        return (Array(zip(parts, partners)).map { ($0, $1) }, rest)
    }

    private func combined(_ other: Gradient, _ otherFactor: Element) -> Gradient {
        let (pairs, rest) = paired(with: other)
        let sums = pairs.map { part, partner -> Part in
            guard let partner else { return part }
            return Part(parameter: part.parameter, leaf: part.leaf, value: part.value + otherFactor * partner.value)
        }
        let onlyOther = rest.map {
            Part(parameter: $0.parameter, leaf: $0.leaf, value: otherFactor * $0.value)
        }
        return Gradient((sums + onlyOther).sorted { $0.parameter.number < $1.parameter.number })
    }

    /// The sum of two gradients, parameter by parameter.
    public static func + (a: Gradient, b: Gradient) -> Gradient {
        require(a.problem(joining: b))
        return a.combined(b, 1)
    }

    /// The difference of two gradients, parameter by parameter.
    public static func - (a: Gradient, b: Gradient) -> Gradient {
        require(a.problem(joining: b))
        return a.combined(b, -1)
    }

    /// A gradient scaled by a number.
    public static func * (factor: Element, gradient: Gradient) -> Gradient {
        Gradient(
            gradient.parts.map { Part(parameter: $0.parameter, leaf: $0.leaf, value: factor * $0.value) })
    }
}

@specialized(where Element == Float)
@specialized(where Element == Double)
private func innerProduct<Element: Scalar>(_ a: Tensor<Element>, _ b: Tensor<Element>) -> Element {
    a.withElements { a in
        b.withElements { b in
            var sum = Element(0)
            for i in 0..<min(a.count, b.count) { sum += a[i] * b[i] }
            return sum
        }
    }
}

extension Gradient: CustomStringConvertible {
    /// Each parameter's name and shape, then its partial derivatives.
    public var description: String {
        if parts.isEmpty { return "∇ = 0: nothing here depends on a parameter" }
        return parts.map { part in
            let label = "∂\(part.parameter.name)"
            return part.value.shape.count < 2
                ? "\(label) = \(part.value)" : "\(label) \(part.value.shape) =\n\(part.value)"
        }.joined(separator: "\n")
    }
}
