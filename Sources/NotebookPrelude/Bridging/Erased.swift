import Autodiff
import Notebook
import PolicyGradient
import TextDisplay

// Worlds, policies and models go to the library as values that hold any of them, and come back as they were.

/// A type that holds any of a protocol's values.
protocol Erasing: Bridged {
    associatedtype Base
    init(_ base: Base)
    var base: Base { get }
}

extension Erasing {
    public static func bridge(_ value: Value, _ evaluator: Evaluator) throws -> Self? {
        guard case .foreign(let foreign) = value, let base = foreign.value as? Base else { return nil }
        return Self(base)
    }
    public var bridged: Value { (base as? any ForeignBridged)?.bridged ?? .none }
}

/// The notebook's value of what is known by a protocol of the library alone.
func bridged(any value: Any) -> Value { (value as? any ForeignBridged)?.bridged ?? .none }

extension AnyWorld: Erasing {
    package static var notebookName: String { "World" }
}
extension AnyFiniteWorld: Erasing {
    package static var notebookName: String { "FiniteWorld" }
}
extension AnyPolicy: Erasing {
    package static var notebookName: String { "Policy" }
}
extension AnyNumberedPolicy: Erasing {
    package static var notebookName: String { "Policy<Int>" }
}
extension AnyFinitePolicy: Erasing {
    package static var notebookName: String { "FinitePolicy" }
}
extension AnyParameterized: Erasing {
    package static var notebookName: String { "Parameterized" }
}

extension AnyState: Bridged {
    package static func bridge(_ value: Value, _ evaluator: Evaluator) throws -> AnyState? {
        if let number = try Int.bridge(value, evaluator) { return .number(number) }
        return try [Int].bridge(value, evaluator).map { .tokens($0) }
    }
    package var bridged: Value {
        switch self {
        case .number(let number): number.bridged
        case .tokens(let tokens): tokens.bridged
        }
    }
    package static var notebookName: String { "State" }
}
