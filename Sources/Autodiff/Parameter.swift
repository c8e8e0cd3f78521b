import Synchronization
import TextDisplay

/// Which parameter a leaf of the graph stands for: the number survives updates and copies, the name is for people.
struct ParameterIdentity: Hashable, Sendable {
    let number: Int
    let name: String
}

private let nextParameter = Atomic<Int>(0)

/// A tensor to be learned, with its name: what `∇` differentiates with respect to.
///
/// A parameter is a value. A copy keeps the numbers that it had: `var old = π` is the old policy, whatever becomes of
/// `π` afterwards, and in one graph the two are different leaves.
public struct Parameter<Element: Scalar>: Sendable {
    let identity: ParameterIdentity
    /// The parameter as a node of the graph: what is computed from it has a gradient with respect to it.
    public private(set) var tensor: Tensor<Element>

    /// A parameter of the given name that starts at `value`.
    public init(_ name: String, _ value: Tensor<Element>) {
        identity = ParameterIdentity(
            number: nextParameter.wrappingAdd(1, ordering: .relaxed).newValue, name: name)
        tensor = Self.leaf(value, identity)
    }

    /// The name that gradients and error messages show.
    public var name: String { identity.name }

    /// The shape of the parameter.
    public var shape: [Int] { tensor.shape }

    /// The numbers, cut from the graph; setting them starts a new leaf.
    public var value: Tensor<Element> {
        get { tensor.detached }
        set {
            require(newValue.shape == self.shape, "'\(self.name)' has shape \(self.shape), not \(newValue.shape)")
            tensor = Self.leaf(newValue, identity)
        }
    }

    private static func leaf(_ value: Tensor<Element>, _ identity: ParameterIdentity) -> Tensor<Element> {
        Tensor(shape: value.shape, buffer: value.buffer, node: Node(parameter: identity))
    }
}

/// Anything with parameters to learn: a policy, a network.
public protocol Parameterized<Element> {
    /// The type of the numbers.
    associatedtype Element: Scalar
    /// The parameters, always in the same order.
    ///
    /// - Precondition: `Self.problem(setting: newValue, to: self.parameters)` is nil.
    var parameters: [Parameter<Element>] { get set }
}

extension Parameterized {
    /// Why other parameters can't take the place of the old ones, or nil where they can: they have the same shapes.
    package static func problem(
        setting new: [Parameter<Element>], to old: [Parameter<Element>]
    ) -> InvalidArgument? {
        if new.map(\.shape) == old.map(\.shape) { return nil }
        return InvalidArgument(
            "the parameters have the shapes \(old.map(\.shape)), not \(new.map(\.shape))")
    }

    /// The number of learned numbers in all parameters together.
    public var parameterCount: Int { parameters.reduce(0) { $0 + $1.tensor.count } }

    /// One step along a gradient: θ ← θ + Δ, so that `π += α * ∇surrogate` is gradient ascent.
    ///
    /// Parameters that the gradient does not name stay as they are.
    public static func += (model: inout Self, step: Gradient<Element>) {
        require(step.problem(steppingAlong: model.parameters))
        model.parameters = model.parameters.map { parameter in
            var parameter = parameter
            if let change = step[parameter] { parameter.value = parameter.value + change }
            return parameter
        }
    }

    /// One step against a gradient: θ ← θ − Δ, gradient descent.
    public static func -= (model: inout Self, step: Gradient<Element>) {
        require(step.problem(steppingAlong: model.parameters))
        model += -1 * step
    }
}

extension Parameter: CustomStringConvertible {
    /// The name and the numbers: `θ: [1, 2]`.
    public var description: String { "\(name): \(value)" }
}
