import Foundation

/// A Swift type that notebook values convert to and from, so that functions on it can be bound in one line.
public protocol Bridged: Sendable {
    /// The Swift value of a notebook value; nil where it is of another type.
    ///
    /// - Throws: what went wrong where the value had to be made first, as that of `.constant(2)`.
    static func bridge(_ value: Value, _ evaluator: Evaluator) throws -> Self?
    /// The notebook value of this Swift value.
    var bridged: Value { get }
    /// The name of the type in signatures and messages.
    static var notebookName: String { get }
}

/// A type of the library: the notebook holds its values as they are.
///
/// It has a description for people: what Swift makes of a type without one is its insides.
public protocol ForeignBridged: Bridged, CustomStringConvertible {}

extension ForeignBridged {
    public static func bridge(_ value: Value, _ evaluator: Evaluator) throws -> Self? {
        try held(value, evaluator) as? Self
    }

    /// What the notebook holds: `.name` is looked up in the type that the use asks for.
    public static func held(_ value: Value, _ evaluator: Evaluator) throws -> (any Sendable)? {
        switch value {
        case .foreign(let foreign): foreign.value
        case .implicitMember(let member):
            try evaluator.library.resolve(member, in: notebookName, evaluator).flatMap { try held($0, evaluator) }
        default: nil
        }
    }
    public var bridged: Value { .foreign(Value.Foreign(self, typeName: Self.notebookName)) }
    /// The Swift type's own name, without its generic parameters.
    public static var notebookName: String { String("\(Self.self)".prefix { $0 != "<" }) }
}

/// A Swift type that needs no evaluator to be converted.
protocol SimplyBridged: Bridged {
    init?(bridging value: Value)
}

extension SimplyBridged {
    public static func bridge(_ value: Value, _ evaluator: Evaluator) throws -> Self? {
        // `.pi`
        if case .implicitMember(let member) = value {
            return try evaluator.library.resolve(member, in: notebookName, evaluator).flatMap { Self(bridging: $0) }
        }
        return Self(bridging: value)
    }
}

extension Int: SimplyBridged {
    init?(bridging value: Value) {
        switch value {
        case .int(let int): self = int
        case .literal(let literal):
            guard case .success(let int) = literal.int else { return nil }
            self = int
        default: return nil
        }
    }
    public var bridged: Value { .int(self) }
    public static var notebookName: String { "Int" }
}

extension Double: SimplyBridged {
    init?(bridging value: Value) {
        switch value {
        case .double(let double): self = double
        case .literal(let literal): self = literal.double
        default: return nil
        }
    }
    public var bridged: Value { .double(self) }
    public static var notebookName: String { "Double" }
}

extension Bool: SimplyBridged {
    init?(bridging value: Value) {
        guard case .bool(let bool) = value else { return nil }
        self = bool
    }
    public var bridged: Value { .bool(self) }
    public static var notebookName: String { "Bool" }
}

extension String: SimplyBridged {
    init?(bridging value: Value) {
        guard case .string(let string) = value else { return nil }
        self = string
    }
    public var bridged: Value { .string(self) }
    public static var notebookName: String { "String" }
}

extension Value: SimplyBridged {
    init?(bridging value: Value) {
        guard let settled = try? value.settled() else { return nil }
        self = settled
    }
    public var bridged: Value { self }
    public static var notebookName: String { "Any" }
}

extension Array: Bridged where Element: Bridged {
    public static func bridge(_ value: Value, _ evaluator: Evaluator) throws -> [Element]? {
        if case .array(let list) = value {
            var elements: [Element] = []
            elements.reserveCapacity(list.elements.count)
            for element in list.elements {
                guard let bridged = try Element.bridge(element, evaluator) else { return nil }
                elements.append(bridged)
            }
            return elements
        }
        return nil
    }
    public var bridged: Value { .array(Value.List(map(\.bridged))) }
    public static var notebookName: String { "[\(Element.notebookName)]" }
}

extension Optional: Bridged where Wrapped: Bridged {
    public static func bridge(_ value: Value, _ evaluator: Evaluator) throws -> Wrapped?? {
        if case .none = value { return .some(nil) }
        return try Wrapped.bridge(value, evaluator).map { .some($0) }
    }
    public var bridged: Value { self?.bridged ?? .none }
    public static var notebookName: String { Wrapped.notebookName + "?" }
}

extension Range: Bridged where Bound == Int {
    public static func bridge(_ value: Value, _ evaluator: Evaluator) -> Range<Int>? {
        guard case .range(let range, _) = value else { return nil }
        return range
    }
    public var bridged: Value { .range(self, isClosed: false) }
    public static var notebookName: String { "Range<Int>" }
}

/// Any sequence of the notebook, as the list of its elements.
public struct Elements: Bridged {
    /// The elements.
    public let values: [Value]
    private static let limit = Evaluator.sizeLimit / MemoryLayout<Value>.stride

    public static func bridge(_ value: Value, _ evaluator: Evaluator) -> Elements? {
        // What has too many elements for a list is no sequence here.
        switch value {
        case .range(let range, _):
            let (count, overflow) = range.upperBound.subtractingReportingOverflow(range.lowerBound)
            if overflow || count > limit { return nil }
        case .string(let string): if string.utf8.count > limit { return nil }
        default: break
        }
        guard case .some(let sequence) = try? evaluator.lazyElements(value) else { return nil }
        return Elements(values: Array(sequence))
    }
    public var bridged: Value { .array(Value.List(values)) }
    public static var notebookName: String { "sequence" }
}

/// A function of the notebook that Swift code calls.
public struct Callback: Bridged {
    let function: Value.Function
    /// The evaluator of the cell that the function is called in.
    public let evaluator: Evaluator

    /// Calls the function.
    public func callAsFunction(_ arguments: Value...) throws -> Value { try call(arguments) }

    /// Calls the function, whose result must be of a certain type.
    public func callAsFunction<Result: Bridged>(_ arguments: Value..., returning: Result.Type) throws -> Result {
        try result(arguments)
    }

    private func result<Result: Bridged>(_ arguments: [Value]) throws -> Result {
        let value = try call(arguments)
        guard let result = try Result.bridge(value, running) else {
            throw CellError(
                .wrongType(expected: "a closure that returns \(Result.notebookName)", given: value.typeName))
        }
        return result
    }

    /// Calls the function for library code whose closures can't throw: the first error is noted, and thrown once the library
    /// is back; from then on the function is not called any more, and `fallback` goes in its place.
    public func noting<Result: Bridged>(_ arguments: Value..., or fallback: @autoclosure () -> Result) -> Result {
        noting(or: fallback()) { try result(arguments) }
    }

    /// What the body gives, or the fallback where it throws or something threw before.
    public func noting<Result>(or fallback: @autoclosure () -> Result, _ body: () throws -> Result) -> Result {
        let running = running
        if running.noted != nil { return fallback() }
        do { return try body() } catch {
            running.noted = error
            return fallback()
        }
    }

    /// A function that the library kept from an earlier cell runs for the cell that runs now, and stops with it.
    private var running: Evaluator {
        Thread.current.threadDictionary[Self.runningKey] as? Evaluator ?? evaluator
    }

    private func call(_ arguments: [Value]) throws -> Value {
        try function.call(
            arguments.map { Argument(label: nil, value: $0, isTrailing: true, span: Span(0, 0)) }, running)
    }

    /// Under which a cell's thread knows its evaluator.
    static let runningKey = "nas-repl.evaluator"

    public static func bridge(_ value: Value, _ evaluator: Evaluator) -> Callback? {
        guard case .function(let function) = value else { return nil }
        return Callback(function: function, evaluator: evaluator)
    }
    public var bridged: Value { .function(function) }
    public static var notebookName: String { "closure" }
}
