/// Bindings from a closure whose parameters' types say what it takes: for what is bound by hand.
extension Library {
    /// Binds a function (`f(_:to:)`), an initializer (`Type(_:)`), a method (`Type.f(to:)`, whose object is the closure's
    /// first parameter) or a property (`Type.name`).
    public mutating func define<each A: Bridged, Result: Bridged>(
        _ name: String, _ body: @escaping @Sendable (repeat each A) throws -> Result
    ) {
        add(name, Self.typeNames((repeat (each A).self))) { try Self.apply(body, to: $0).bridged }
    }

    /// Binds a function that returns nothing.
    public mutating func define<each A: Bridged>(
        _ name: String, _ body: @escaping @Sendable (repeat each A) throws -> Void
    ) {
        add(name, Self.typeNames((repeat (each A).self))) {
            try Self.apply(body, to: $0)
            return .void
        }
    }

    /// Binds an operator between two values.
    public mutating func define<A: Bridged, B: Bridged, Result: Bridged>(
        operator name: String, _ body: @escaping @Sendable (A, B) throws -> Result
    ) {
        add(.infix, "\(name)(_: \(A.notebookName), _: \(B.notebookName))") { try Self.apply(body, to: $0).bridged }
    }

    /// Binds a global constant.
    public mutating func define(constant name: String, _ value: some Bridged) {
        let value = value.bridged
        let isMember = name.contains(".")
        if isMember { addType(String(name.prefix { $0 != "." })) }
        add(isMember ? .staticProperty : .constant, name) { _ in value }
    }

    /// Adds a type of the library, with the protocols whose members it has.
    public mutating func add<T: ForeignBridged>(_ type: T.Type, conformingTo protocols: [String] = []) {
        let name = String(T.notebookName.prefix { $0 != "<" })
        addLibraryType(name, conformingTo: protocols)
        add(.property, "\(name).description") { try ($0.take(0) as T).description.bridged }
    }

    /// Adds a type whose values can be compared.
    public mutating func addEquatable<T: ForeignBridged & Equatable>(
        _ type: T.Type, conformingTo protocols: [String] = []
    ) {
        add(type, conformingTo: protocols)
        let name = T.notebookName
        add(.infix, "==(_: \(name), _: \(name))") { try ($0.take(0) as T == $0.take(1)).bridged }
        add(.infix, "!=(_: \(name), _: \(name))") { try ($0.take(0) as T != $0.take(1)).bridged }
    }

    private mutating func add(
        _ name: String, _ types: [String], _ call: @escaping @Sendable (inout Arguments) throws -> Value
    ) {
        guard let open = name.firstIndex(of: "(") else { return add(.property, name, call) }
        let labels = name[open...].dropFirst().dropLast().split(separator: ":").map(String.init)
        let isMethod = name[..<open].contains(".")
        let own = isMethod ? Array(types.dropFirst()) : types
        precondition(labels.count == own.count, "\(name) is bound to a closure of \(types)")
        let parameters = zip(labels, own).map { "\($0): \($1)" }.joined(separator: ", ")
        if name.first!.isUppercase { addType(String(name.prefix { $0 != "." && $0 != "(" })) }
        add(isMethod ? .method : .function, "\(name[..<open])(\(parameters))", call)
    }

    private static func typeNames<each A: Bridged>(_ types: (repeat (each A).Type)) -> [String] {
        var names: [String] = []
        repeat names.append((each A).notebookName)
        return names
    }

    private static func apply<each A: Bridged, Result>(
        _ body: (repeat each A) throws -> Result, to arguments: Arguments
    ) throws -> Result {
        var next = 0
        func take<T: Bridged>(_ type: T.Type) throws -> T {
            defer { next += 1 }
            return try arguments.take(next)
        }
        let values = (repeat try take((each A).self))
        return try body(repeat each values)
    }
}
