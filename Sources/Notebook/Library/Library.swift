import TextDisplay

/// The names that cells can use besides their own: functions, types with their members, operators and constants.
///
/// A binding is one line; the types of the closure's parameters say what it takes:
///
///     library.define("rollout(_:in:seed:)") { (π: SoftmaxPolicy, world: AnyWorld, seed: Int) in
///         rollout(π, in: world, seed: seed)
///     }
///     library.define("Trajectory.return") { (τ: Trajectory<Int>) in τ.return }
///     library.define(operator: "*") { (a: Tensor<Double>, b: Double) in a * b }
///
/// What a binding throws becomes the error of the cell.
public struct Library: Sendable {
    struct Binding: Sendable {
        /// `rollout(_:in:seed:)`
        let name: String
        let labels: [String?]
        let parameterTypes: [String]
        var isStatic = false
        /// Nil where the types of the arguments do not fit.
        let call: @Sendable ([Argument], Evaluator) throws -> Value?
    }

    private var functions: [String: [Binding]] = [:]
    private var properties: [String: [Binding]] = [:]
    private var setters: [String: [Binding]] = [:]
    private var operators: [String: [Binding]] = [:]
    private var constants: [String: Value] = [:]
    private var statics: [String: Value] = [:]
    private var types: Set<String> = []

    /// A library with Swift's own functions and members.
    public init() { addStandardLibrary() }

    // MARK: Defining

    /// Binds a function (`f(_:to:)`), an initializer (`Type(_:)`), a method (`Type.f(to:)`, whose object is the closure's
    /// first parameter), a static function (`static Type.f(_:)`) or a property (`Type.name`).
    public mutating func define<each A: Bridged, Result: Bridged>(
        _ name: String, _ body: @escaping @Sendable (repeat each A) throws -> Result
    ) {
        add(name, Self.typeNames((repeat (each A).self))) { arguments, evaluator in
            try Self.apply(body, to: arguments, evaluator)?.bridged
        }
    }

    /// Binds a function that returns nothing.
    public mutating func define<each A: Bridged>(
        _ name: String, _ body: @escaping @Sendable (repeat each A) throws -> Void
    ) {
        add(name, Self.typeNames((repeat (each A).self))) { arguments, evaluator in
            try Self.apply(body, to: arguments, evaluator).map { .void }
        }
    }

    /// Binds a function that takes long: its closure's first parameter tells whether to stop, and shows how far it is.
    public mutating func define<each A: Bridged, Result: Bridged>(
        interruptible name: String, _ body: @escaping @Sendable (Running, repeat each A) throws -> Result
    ) {
        add(name, Self.typeNames((repeat (each A).self))) { arguments, evaluator in
            let running = Running(stop: evaluator.stop, showStatus: evaluator.showStatus)
            return try Self.apply(
                { (values: repeat each A) in try body(running, repeat each values) }, to: arguments, evaluator)?.bridged
        }
    }

    /// Binds the change of a property (`Type.name`): what the closure returns is the changed object.
    public mutating func define<Object: Bridged, Property: Bridged>(
        setter name: String, _ body: @escaping @Sendable (Object, Property) throws -> Object
    ) {
        let binding = Binding(
            name: name, labels: [nil, nil], parameterTypes: [Object.notebookName, Property.notebookName]
        ) { try Self.apply(body, to: $0, $1)?.bridged }
        setters[name, default: []].append(binding)
    }

    /// Binds an operator between two values; the name of a compound assignment ends with `=`.
    public mutating func define<A: Bridged, B: Bridged, Result: Bridged>(
        operator name: String, _ body: @escaping @Sendable (A, B) throws -> Result
    ) {
        let binding = Binding(name: name, labels: [nil, nil], parameterTypes: [A.notebookName, B.notebookName]) {
            try Self.apply(body, to: $0, $1)?.bridged
        }
        operators[name, default: []].append(binding)
    }

    /// Binds a prefix operator.
    public mutating func define<A: Bridged, Result: Bridged>(
        prefix name: String, _ body: @escaping @Sendable (A) throws -> Result
    ) {
        let binding = Binding(name: name, labels: [nil], parameterTypes: [A.notebookName]) {
            try Self.apply(body, to: $0, $1)?.bridged
        }
        operators["prefix " + name, default: []].append(binding)
    }

    /// Binds a constant (`digits`) or a static member (`Type.name`, which `.name` also finds).
    public mutating func define(constant name: String, _ value: some Bridged) {
        if let dot = name.firstIndex(of: ".") {
            types.insert(String(name[..<dot]))
            statics[name] = value.bridged
        } else {
            constants[name] = value.bridged
        }
    }

    /// Binds a function that takes its arguments as they come.
    mutating func defineRaw(_ name: String, _ body: @escaping @Sendable ([Argument], Evaluator) throws -> Value?) {
        functions[name, default: []].append(Binding(name: name, labels: [], parameterTypes: ["*"], call: body))
    }

    private mutating func add(
        _ name: String, _ parameterTypes: [String], _ call: @escaping @Sendable ([Argument], Evaluator) throws -> Value?
    ) {
        let isStatic = name.hasPrefix("static ")
        let name = isStatic ? String(name.dropFirst(7)) : name
        guard let open = name.firstIndex(of: "(") else {
            properties[name, default: []].append(
                Binding(name: name, labels: [nil], parameterTypes: parameterTypes, call: call))
            return
        }
        let base = String(name[..<open])
        let isMethod = base.contains(".") && !isStatic
        var labels: [String?] = name[open...].dropFirst().dropLast().split(separator: ":").map {
            $0 == "_" ? nil : String($0)
        }
        if isMethod { labels.insert(nil, at: 0) }
        precondition(labels.count == parameterTypes.count, "\(name) is bound to a closure of \(parameterTypes)")
        if base.first!.isUppercase { types.insert(String(base.prefix { $0 != "." })) }
        functions[base, default: []].append(
            Binding(name: name, labels: labels, parameterTypes: parameterTypes, isStatic: isStatic, call: call))
    }

    private static func typeNames<each A: Bridged>(_ types: (repeat (each A).Type)) -> [String] {
        var names: [String] = []
        repeat names.append((each A).notebookName)
        return names
    }

    private struct DoesNotFit: Error {}

    private static func apply<each A: Bridged, Result>(
        _ body: (repeat each A) throws -> Result, to arguments: [Argument], _ evaluator: Evaluator
    ) throws -> Result? {
        var next = 0
        func take<T: Bridged>(_ type: T.Type) throws -> T {
            guard next < arguments.count else { throw DoesNotFit() }
            defer { next += 1 }
            guard let value = T.bridge(arguments[next].value, evaluator) else {
                throw DoesNotFit()
            }
            return value
        }
        let values: (repeat each A)
        do {
            values = (repeat try take((each A).self))
        } catch is DoesNotFit {
            return nil
        }
        guard next == arguments.count else { return nil }
        do {
            return try body(repeat each values)
        } catch let error as CellError {
            throw error
        } catch is CancellationError {
            throw CellError(.interrupted)
        } catch {
            throw CellError(inWords: error)
        }
    }

    // MARK: Looking up

    func constant(_ name: String) -> Value? { constants[name] }
    func isType(_ name: String) -> Bool { types.contains(name) }
    func hasFunction(_ name: String) -> Bool { functions[name] != nil }
    func staticMember(_ name: String, of type: String) -> Value? { statics["\(type).\(name)"] }

    /// The names of functions, types and constants, functions with their labels.
    var names: [String] {
        let global = functions.filter { !$0.key.contains(".") }.flatMap { key, bindings in
            bindings.map { $0.parameterTypes == ["*"] ? key : $0.name }
        }
        return Set(global + constants.keys + types).sorted()
    }

    /// The names of the members of a type, methods with their labels.
    func memberNames(of type: String) -> [String] {
        let prefixes = type == "Array" ? ["Array."] : Self.isSequence(type) ? [type + ".", "Array."] : [type + "."]
        let names = prefixes.flatMap { prefix in
            (functions.filter { $0.key.hasPrefix(prefix) }.flatMap(\.value).map(\.name)
                + properties.keys.filter { $0.hasPrefix(prefix) } + statics.keys.filter { $0.hasPrefix(prefix) })
                .map { String($0.dropFirst(prefix.count)) }
        }
        // Overloads have one name.
        return Set(names).subtracting(["subscript(_:)"]).sorted()
    }

    static func isSequence(_ type: String) -> Bool { ["Array", "Range", "String", "Dictionary"].contains(type) }

    func functionValue(_ name: String) -> Value.Function? {
        guard functions[name] != nil else { return nil }
        return Value.Function(name: name) { arguments, evaluator in
            try evaluator.library.call(
                name, arguments.map { Argument(label: nil, value: $0.value, isTrailing: true, span: $0.span) },
                evaluator, ignoringLabels: true)
        }
    }

    // MARK: Calling

    func call(
        _ name: String, _ arguments: [Argument], _ evaluator: Evaluator, ignoringLabels: Bool = false
    ) throws -> Value {
        let candidates = functions[name] ?? []
        for binding in candidates {
            guard ignoringLabels || binding.parameterTypes == ["*"] || Self.labelsMatch(binding.labels, arguments)
            else {
                continue
            }
            if let result = try binding.call(arguments, evaluator) { return result }
        }
        // A literal that fits no Int says so rather than that it fits no function.
        for argument in arguments { _ = try argument.value.settled() }
        if let implicit = arguments.first(where: { if case .implicitMember = $0.value { true } else { false } }),
            case .implicitMember(let member) = implicit.value
        {
            let known = statics.keys.map { String($0[$0.index(after: $0.firstIndex(of: ".")!)...]) }
            throw CellError(
                .unknown("." + member, nearest: nearest(to: member, among: known).map { "." + $0 }), at: implicit.span)
        }
        let base = String(name.drop { $0 != "." }.dropFirst())
        let isMethod = !base.isEmpty
        throw CellError(
            .wrongArguments(
                isMethod ? base : name,
                given: Self.describe(
                    isMethod && !arguments.isEmpty && arguments[0].span == Span(0, 0)
                        ? Array(arguments.dropFirst()) : arguments),
                expected: candidates.map { $0.signature }))
    }

    private static func labelsMatch(_ labels: [String?], _ arguments: [Argument]) -> Bool {
        labels.count == arguments.count
            && zip(labels, arguments).allSatisfy { $1.isTrailing || $0 == $1.label }
    }

    /// The type whose static function `.name(…)` means; nil where there is none, or more than one.
    func ownerOfStaticFunction(_ name: String) -> String? {
        let owners = functions.filter { key, bindings in
            key.hasSuffix(".\(name)") && bindings.contains { $0.isStatic }
        }
        return owners.count == 1 ? owners.first.map { String($0.key.dropLast(name.count + 1)) } : nil
    }

    /// The static member that `.name` means where nothing else says of which type: nil where there is none, or more than one.
    func onlyStaticMember(_ name: String) -> Value? {
        let found = statics.filter { $0.key.hasSuffix(".\(name)") }
        return found.count == 1 ? found.first?.value : nil
    }

    func property(_ name: String, of type: String, _ object: Value, _ evaluator: Evaluator) throws -> Value? {
        for binding in properties["\(type).\(name)"] ?? [] {
            if let result = try binding.call([Argument(self: object)], evaluator) { return result }
        }
        return nil
    }

    /// The object with a property changed; nil where the property of that type can't be changed.
    ///
    /// - Throws: ``CellError`` for a value of another type than the property's.
    func set(_ name: String, of object: Value, to value: Value, _ evaluator: Evaluator) throws -> Value? {
        guard let bindings = setters["\(object.typeName).\(name)"], let first = bindings.first else { return nil }
        for binding in bindings {
            if let result = try binding.call([Argument(self: object), Argument(self: value)], evaluator) {
                return result
            }
        }
        throw CellError(.wrongType(expected: first.parameterTypes[1], given: value.typeName))
    }

    func canSet(_ name: String, of object: Value) -> Bool { setters["\(object.typeName).\(name)"] != nil }

    func hasPrefixOperator(_ name: String) -> Bool { operators["prefix " + name] != nil }

    func operate(_ name: String, _ left: Value, _ right: Value, _ evaluator: Evaluator) throws -> Value? {
        for binding in operators[name] ?? [] {
            if let result = try binding.call([Argument(self: left), Argument(self: right)], evaluator) {
                return result
            }
        }
        return nil
    }

    func operate(prefix name: String, _ operand: Value, _ evaluator: Evaluator) throws -> Value? {
        for binding in operators["prefix " + name] ?? [] {
            if let result = try binding.call([Argument(self: operand)], evaluator) { return result }
        }
        return nil
    }

    /// `(Int, seed: Double)`
    static func describe(_ arguments: [Argument]) -> String {
        "(" + arguments.map { ($0.label.map { "\($0): " } ?? "") + $0.value.typeName }.joined(separator: ", ") + ")"
    }
}

extension Library.Binding {
    /// The name with the types: `rollout(_: SoftmaxPolicy, in: World, seed: Int)`.
    var signature: String {
        if parameterTypes == ["*"] { return name }
        guard let open = name.firstIndex(of: "(") else { return name }
        let isMethod = labels.count > name[open...].count(where: { $0 == ":" })
        let pairs = zip(labels, parameterTypes).dropFirst(isMethod ? 1 : 0)
        return name[..<open] + "(" + pairs.map { "\($0 ?? "_"): \($1)" }.joined(separator: ", ") + ")"
    }
}

/// What a long computation of the library knows of the cell that runs it.
public struct Running: Sendable {
    let stop: StopSignal
    /// Shows in one line how far the computation is.
    public let showStatus: @Sendable (String) -> Void
    /// Whether the cell was told to stop; then throw `CancellationError`.
    public var isStopped: Bool { stop.isRaised }
}
