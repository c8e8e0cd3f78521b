/// A value that a cell computes with: one of Swift's own kinds, or something of the library that the notebook only holds.
public enum Value: Sendable {
    /// The value of a statement that has none.
    case void
    /// `nil`, the absence of a value; optionals that hold one are that value.
    case none
    /// An integer literal, or arithmetic on literals: an `Int` or a `Double`, whichever its use asks for.
    case literal(Literal)
    /// A whole number.
    case int(Int)
    /// A floating-point number.
    case double(Double)
    /// A truth value.
    case bool(Bool)
    /// A text.
    case string(String)
    /// A list.
    case array(List)
    /// A dictionary, in the order in which its keys were first set.
    case dictionary(Dictionary)
    /// A tuple, with the labels of its elements.
    case tuple(Tuple)
    /// A range of whole numbers, `lower ..< upper`, and whether it was written with its last number, `lower ... last`.
    case range(Range<Int>, isClosed: Bool)
    /// A function or a closure.
    case function(Function)
    /// `.name`, to be looked up in the type that its use asks for.
    indirect case implicitMember(ImplicitMember)
    /// A type, to be called or asked for a static member.
    case type(String)
    /// Something of the library.
    case foreign(Foreign)

    /// An integer literal before its type is known; `1 / 2 * x` is a different number for an `Int` and a `Double` x.
    public struct Literal: Sendable {
        /// The value as an `Int`, or why it has none.
        var int: Result<Int, CellError>
        /// The value as a `Double`.
        var double: Double
    }

    /// An element of a tuple.
    public struct Element: Sendable {
        /// The label, where there is one.
        public var label: String?
        /// The value.
        public var value: Value
    }

    /// The elements of a tuple, which knows how deeply it is nested.
    public struct Tuple: Sendable {
        /// The elements in order.
        public let elements: [Element]
        let depth: Int
        let isSettled: Bool

        init(_ elements: [Element]) {
            self.elements = elements
            depth = 1 + (elements.lazy.map(\.value.depth).max() ?? 0)
            isSettled = elements.allSatisfy(\.value.isSettled)
        }
    }

    /// The elements of an array, which knows how deeply it is nested.
    public struct List: Sendable {
        private(set) var elements: [Value]
        private(set) var depth: Int
        private(set) var isSettled: Bool
        /// Whether an integer literal that comes into the list is a `Double`: of an empty one, its declaration says so.
        private(set) var holdsDoubles: Bool

        init(_ elements: [Value], holdsDoubles: Bool = false) {
            self.elements = elements
            self.holdsDoubles = if case .double? = elements.first { true } else { holdsDoubles && elements.isEmpty }
            depth = 1 + (elements.lazy.map(\.depth).max() ?? 0)
            isSettled = elements.allSatisfy(\.isSettled)
        }

        mutating func append(_ value: Value) {
            elements.append(value)
            depth = max(depth, 1 + value.depth)
        }

        mutating func append(contentsOf more: [Value]) {
            elements.append(contentsOf: more)
            depth = max(depth, 1 + (more.lazy.map(\.depth).max() ?? 0))
            isSettled = isSettled && more.allSatisfy(\.isSettled)
        }

        mutating func modify<Result>(_ body: (inout [Value]) throws -> Result) rethrows -> Result {
            let heldDoubles = holdsDoubles
            defer { self = List(elements, holdsDoubles: heldDoubles) }
            return try body(&elements)
        }

        /// Changes one element in place; the depth can only have grown by that element.
        mutating func modify<Result>(at i: Int, _ body: (inout Value) throws -> Result) rethrows -> Result {
            defer { depth = max(depth, 1 + elements[i].depth) }
            return try body(&elements[i])
        }
    }

    /// Keys with their values.
    public struct Dictionary: Sendable {
        private(set) var keys: [Key] = []
        private var values: [Key: Value] = [:]
        /// How deeply the deepest value that was ever set is nested.
        private(set) var depth = 1

        /// What can be a key.
        public enum Key: Hashable, Sendable {
            /// A whole number.
            case int(Int)
            /// A text.
            case string(String)
            /// A truth value.
            case bool(Bool)

            var value: Value {
                switch self {
                case .int(let int): .int(int)
                case .string(let string): .string(string)
                case .bool(let bool): .bool(bool)
                }
            }
        }

        subscript(key: Key) -> Value? {
            get { values[key] }
            set {
                if values[key] == nil, newValue != nil { keys.append(key) }
                if newValue == nil { keys.removeAll { $0 == key } }
                values[key] = newValue
                depth = max(depth, 1 + (newValue?.depth ?? 0))
            }
        }

        var count: Int { keys.count }
    }

    /// `.name`, `.name(…)`, and what is asked of that: `.rewardToGo.normalized`.
    public struct ImplicitMember: Sendable {
        /// A member that is asked for, with the arguments where it is called.
        struct Step: Sendable {
            let name: String
            var arguments: [Argument]?
        }
        let name: String
        var arguments: [Argument]?
        var steps: [Step] = []
    }

    /// Something that can be called.
    public struct Function: Sendable {
        /// What it is called in messages.
        public let name: String
        let call: @Sendable ([Argument], Evaluator) throws -> Value
    }

    /// A value of the library, with the name of its type.
    public struct Foreign: Sendable {
        /// The value itself.
        public let value: any Sendable
        /// The name that the notebook knows its type by.
        public let typeName: String

        /// A value of a type that the library of bindings knows by that name.
        public init(_ value: any Sendable, typeName: String) {
            self.value = value
            self.typeName = typeName
        }
    }

    /// How many containers are nested in each other here.
    var depth: Int {
        switch self {
        case .array(let list): list.depth
        case .dictionary(let dictionary): dictionary.depth
        case .tuple(let tuple): tuple.depth
        default: 0
        }
    }

    var isImplicitMember: Bool { if case .implicitMember = self { true } else { false } }
    var isLiteral: Bool { if case .literal = self { true } else { false } }

    /// Whether there is no literal in it whose type is still open.
    var isSettled: Bool {
        switch self {
        case .literal: false
        case .array(let list): list.isSettled
        case .tuple(let tuple): tuple.isSettled
        default: true
        }
    }

    /// At most this many containers are nested in each other, so that walking through a value needs little stack.
    static let depthLimit = 100
}

/// An argument of a call, with its label.
struct Argument: Sendable {
    let label: String?
    let value: Value
    /// Whether it stands behind the parentheses, where closures have no label.
    var isTrailing = false
    let span: Span
    /// What it stands for and the call may change, written `&x`.
    var place: Expression?
}

extension Value {
    /// A list of values.
    public static func list(_ elements: [Value]) -> Value { .array(List(elements)) }

    /// A tuple, with the labels of its elements.
    public static func tuple(_ elements: [(label: String?, value: Value)]) -> Value {
        .tuple(Tuple(elements.map { Element(label: $0.label, value: $0.value) }))
    }

    /// The two elements of a pair; nil for any other value.
    public var pair: (first: Value, second: Value)? {
        guard case .tuple(let tuple) = self, tuple.elements.count == 2 else { return nil }
        return (tuple.elements[0].value, tuple.elements[1].value)
    }

    /// The name of the value's type, as messages say it.
    public var typeName: String {
        switch self {
        case .void: "Void"
        case .none: "nil"
        case .literal, .int: "Int"
        case .double: "Double"
        case .bool: "Bool"
        case .string: "String"
        case .array(let list): list.depth > 4 ? "[…]" : "[\(list.elements.first?.typeName ?? "")]"
        case .dictionary: "Dictionary"
        case .tuple(let tuple):
            tuple.depth > 4 ? "(…)" : "(\(tuple.elements.map(\.value.typeName).joined(separator: ", ")))"
        case .range: "Range<Int>"
        case .function: "function"
        case .implicitMember(let member): ".\(member.name)"
        case .type(let name): "\(name).Type"
        case .foreign(let foreign): foreign.typeName
        }
    }

    /// The value with every literal settled: whole numbers are `Int`, unless an array, or an array of arrays, mixes them with
    /// `Double`.
    func settled() throws -> Value {
        if isSettled { return self }
        switch self {
        case .literal(let literal): return .int(try literal.int.get())
        case .array: return try settled(literalsAreDoubles: holdsDouble)
        case .tuple(let tuple):
            return .tuple(Tuple(try tuple.elements.map { Element(label: $0.label, value: try $0.value.settled()) }))
        default: return self
        }
    }

    private func settled(literalsAreDoubles: Bool) throws -> Value {
        switch self {
        case .literal(let literal) where literalsAreDoubles: .double(literal.double)
        case .array(let list):
            .array(List(try list.elements.map { try $0.settled(literalsAreDoubles: literalsAreDoubles) }))
        default: try settled()
        }
    }

    /// Whether the value is a `Double`, or an array with one somewhere in it.
    private var holdsDouble: Bool {
        switch self {
        case .double: true
        case .array(let list): list.elements.contains(where: \.holdsDouble)
        default: false
        }
    }
}
