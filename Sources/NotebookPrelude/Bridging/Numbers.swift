import Autodiff
import Notebook

/// What a network holds is in `Float`; literals become one where it is asked for.

extension Float: Bridged, ForeignBridged {
    public static func bridge(_ value: Value, _ evaluator: Evaluator) throws -> Float? {
        if let own = try held(value, evaluator) as? Float { return own }
        // A literal, whole or not, is a Double where nothing else is said.
        return try Double.bridge(value, evaluator).map { Float($0) }
    }
    public static var notebookName: String { "Float" }
}

/// A range of numbers that are not whole: `0.8...1.2`.
extension ClosedRange: Bridged, ForeignBridged where Bound == Double {
    public static func bridge(_ value: Value, _ evaluator: Evaluator) throws -> ClosedRange<Double>? {
        if let own = try held(value, evaluator) as? ClosedRange<Double> { return own }
        return try Range<Int>.bridge(value, evaluator).flatMap { range in
            range.isEmpty ? nil : Double(range.lowerBound)...Double(range.upperBound - 1)
        }
    }
    public static var notebookName: String { "ClosedRange<Double>" }
}

extension Tensor {
    /// A tensor as it is; one of numbers in `Double` becomes one in `Float` where a network asks for that, as it would have been
    /// made in a program.
    public static func bridge(_ value: Value, _ evaluator: Evaluator) throws -> Self? {
        let held = try held(value, evaluator)
        if let own = held as? Self { return own }
        guard let wide = held as? Tensor<Double>, !wide.dependsOnParameters else { return nil }
        return Tensor(wide.elements.map { Element($0) }, shape: wide.shape)
    }
}

extension Parameter {
    /// A parameter as it is, or a new one in `Float` where a network asks for that.
    public static func bridge(_ value: Value, _ evaluator: Evaluator) throws -> Self? {
        let held = try held(value, evaluator)
        if let own = held as? Self { return own }
        return (held as? Parameter<Double>).map { wide in
            Parameter(wide.name, Tensor(wide.value.elements.map { Element($0) }, shape: wide.shape))
        }
    }
}
