import TextDisplay

/// The names that cells can use besides their own: functions, types with their members, operators and constants.
///
/// A binding is a declaration and what is called; most are generated from the library's public declarations:
///
///     library.add(.function, "rollout(_: Policy, in: World, seed: Int)") { a in
///         let π = try a.take(0, AnyPolicy.self), world = try a.take(1, AnyWorld.self), seed = try a.take(2, Int.self)
///         return rollout(π, in: world, seed: seed).bridged
///     }
///
/// What a binding throws becomes the error of the cell.
public struct Library: Sendable {
    /// A function that takes its arguments as they come.
    typealias RawFunction = @Sendable ([Argument], Evaluator) throws -> Value?

    private(set) var bindings: [Binding.Kind: [String: [Binding]]] = [:]
    private var rawFunctions: [String: RawFunction] = [:]
    /// The types, each with the protocols whose members it has.
    private var types: [String: [String]] = [:]
    private var libraryTypes: Set<String> = []
    /// The names of methods that change their object: asked for at every call of a method.
    private var mutatingNames: Set<String> = []

    /// A library with Swift's own functions and members.
    public init() { addStandardLibrary() }

    // MARK: Defining

    /// Adds a binding, behind those of its name that are there.
    public mutating func add(
        _ kind: Binding.Kind, _ declaration: String,
        _ call: @escaping @Sendable (inout Arguments) throws -> Value
    ) {
        let binding = Binding(kind, declaration, call)
        bindings[kind, default: [:]][binding.base, default: []].append(binding)
        if kind == .mutating { mutatingNames.insert(String(binding.base.split(separator: ".").last!)) }
    }

    /// Adds a type whose values the notebook only holds.
    mutating func addLibraryType(_ name: String, conformingTo protocols: [String]) {
        libraryTypes.insert(name)
        addType(name, conformingTo: protocols)
    }

    /// Adds a type, with the protocols whose members it has, too.
    public mutating func addType(_ name: String, conformingTo protocols: [String] = []) {
        types[name, default: []] += protocols.filter { !(types[name] ?? []).contains($0) }
    }

    /// Binds a function that takes its arguments as they come.
    mutating func defineRaw(_ name: String, _ body: @escaping RawFunction) { rawFunctions[name] = body }

    // MARK: Looking up

    func constant(_ name: String) -> Value? {
        guard let binding = bindings[.constant]?[name]?.first else { return nil }
        var none = Arguments([], Evaluator.none)
        return try? binding.call(&none)
    }

    func isConstant(_ name: String) -> Bool { bindings[.constant]?[name] != nil }
    func isType(_ name: String) -> Bool { types[name] != nil }

    /// A type whose values the notebook only holds.
    func isLibraryType(_ name: String) -> Bool { libraryTypes.contains(name) }

    /// The functions of a name that are not methods: free ones, initializers, static ones.
    func functions(_ name: String) -> [Binding] {
        (bindings[.function]?[name] ?? []) + (bindings[.staticFunction]?[name] ?? [])
    }

    func hasFunction(_ name: String) -> Bool { rawFunctions[name] != nil || !functions(name).isEmpty }

    /// The type itself and the protocols whose members it has, under the names that members are bound with.
    private func owners(of type: String) -> [String] {
        // Tensor<Float> has the members of Tensor.
        let plain = String(type.prefix { $0 != "<" })
        let protocols = types[plain] ?? []
        return Self.isSequence(plain) && plain != "Array" ? [plain, "Array"] : [plain] + protocols
    }

    func members(_ kinds: [Binding.Kind], _ name: String, of type: String) -> [Binding] {
        owners(of: type).flatMap { owner in kinds.flatMap { bindings[$0]?["\(owner).\(name)"] ?? [] } }
    }

    func hasMethod(_ name: String, of type: String) -> Bool {
        owners(of: type).contains { rawFunctions["\($0).\(name)"] != nil }
            || !members([.method, .mutating], name, of: type).isEmpty
    }

    func hasMutatingMethod(_ name: String) -> Bool { mutatingNames.contains(name) }

    func isMutating(_ name: String, of type: String) -> Bool { !members([.mutating], name, of: type).isEmpty }

    /// A global constant, function or type of this name.
    func knows(_ name: String) -> Bool { isConstant(name) || hasFunction(name) || isType(name) }

    /// The names of functions, types and constants, functions with their labels.
    var names: [String] {
        let functions = (bindings[.function] ?? [:]).values.joined().map(\.name).filter {
            !$0.prefix { $0 != "(" }.contains(".")
        }
        let raw = rawFunctions.keys.filter { !$0.contains(".") }
        return Set(functions + raw + (bindings[.constant] ?? [:]).keys + types.keys.filter { !$0.contains(".") })
            .sorted()
    }

    /// The names of the members of a type, methods with their labels.
    func memberNames(of type: String) -> [String] {
        let kinds: [Binding.Kind] = [.method, .mutating, .property, .staticFunction, .staticProperty]
        let names = owners(of: type).flatMap { owner in
            let prefix = owner + "."
            return
                (kinds.flatMap { (bindings[$0] ?? [:]).values.joined().map(\.name) } + rawFunctions.keys
                + Array(types.keys))
                .filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
        }
        return Set(names.filter { !$0.hasPrefix("subscript(") && !$0.hasPrefix("callAsFunction(") }).sorted()
    }

    /// Every binding, in an order that is the same each time.
    var bindingsInOrder: [Binding] {
        bindings.values.joined().map(\.value).joined().sorted {
            ("\($0.kind)", $0.base, $0.signature) < ("\($1.kind)", $1.base, $1.signature)
        }
    }

    /// All names that cells reach, members with their types.
    public var allNames: [String] {
        let kinds: [Binding.Kind] = [
            .function, .constant, .method, .mutating, .property, .staticFunction, .staticProperty,
        ]
        return Set(kinds.flatMap { (bindings[$0] ?? [:]).values.joined().map(\.name) } + Array(types.keys)).sorted()
    }

    static func isSequence(_ type: String) -> Bool { ["Array", "Range", "String", "Dictionary"].contains(type) }

    func functionValue(_ name: String) -> Value.Function? {
        guard hasFunction(name) else { return nil }
        return Value.Function(name: name) { arguments, evaluator in
            try evaluator.library.call(
                name, arguments.map { Argument(label: nil, value: $0.value, isTrailing: true, span: $0.span) },
                evaluator, ignoringLabels: true
            ).value
        }
    }

    // MARK: Calling

    /// What a call gives, and what became of the arguments that it changed, by their place among them.
    struct CallResult {
        var value: Value
        var changes: [(argument: Int, value: Value)] = []
    }

    /// Calls a function, an initializer or a static function.
    func call(
        _ name: String, _ arguments: [Argument], _ evaluator: Evaluator, ignoringLabels: Bool = false
    ) throws -> CallResult {
        if let raw = rawFunctions[name] {
            if let value = try raw(arguments, evaluator) { return CallResult(value: value) }
            throw try doesNotFit(name, arguments, [])
        }
        let candidates = functions(name)
        if let result = try call(candidates, arguments, evaluator, ignoringLabels) { return result }
        throw try doesNotFit(name, arguments, candidates)
    }

    /// Calls a method of the first argument.
    func callMethod(_ name: String, _ arguments: [Argument], _ evaluator: Evaluator) throws -> CallResult {
        let type = evaluator.memberType(arguments[0].value)
        for owner in owners(of: type) {
            guard let raw = rawFunctions["\(owner).\(name)"] else { continue }
            if let value = try raw(arguments, evaluator) { return CallResult(value: value) }
        }
        let candidates = members([.method, .mutating], name, of: type)
        if let result = try call(candidates, arguments, evaluator, false) { return result }
        throw try doesNotFit(name, Array(arguments.dropFirst()), candidates)
    }

    func call(
        _ candidates: [Binding], _ arguments: [Argument], _ evaluator: Evaluator, _ ignoringLabels: Bool
    ) throws -> CallResult? {
        for binding in candidates {
            guard let slots = binding.slots(for: arguments, ignoringLabels: ignoringLabels),
                Self.placesFit(binding, slots, arguments)
            else { continue }
            var frame = Arguments(slots.map { $0.map { arguments[$0].value } }, evaluator)
            guard let value = try evaluator.fitting({ try binding.call(&frame) }) else { continue }
            return CallResult(
                value: value,
                changes: frame.changes.compactMap { change in slots[change.slot].map { ($0, change.value) } })
        }
        return nil
    }

    /// `&x` goes to a parameter that is changed, and nothing else does.
    private static func placesFit(_ binding: Binding, _ slots: [Int?], _ arguments: [Argument]) -> Bool {
        let first = slots.count - binding.parameters.count
        return binding.parameters.indices.allSatisfy { i in
            guard let place = slots[first + i] else { return true }
            return binding.parameters[i].isInout == (arguments[place].place != nil)
        }
    }

    /// Why no function of a name takes the arguments.
    private func doesNotFit(
        _ name: String, _ arguments: [Argument], _ candidates: [Binding]
    ) throws -> CellError {
        // A literal that fits no Int says so rather than that it fits no function.
        for argument in arguments { _ = try argument.value.settled() }
        // So does a member that no type has.
        for argument in arguments {
            guard case .implicitMember(let member) = argument.value, !isStaticMember(member.name) else { continue }
            let known = staticNames
            return CellError(
                .unknown(
                    "." + member.name, nearest: nearest(to: member.name, among: known).map { "." + $0 }),
                at: argument.span)
        }
        return CellError(
            .wrongArguments(
                name, given: Self.describe(arguments), expected: Self.distinct(candidates.map(\.signature))))
    }

    /// The texts without repeats: two forms that differ in what numbers are of are one to a reader.
    private static func distinct(_ texts: [String]) -> [String] {
        var seen: Set<String> = []
        return texts.filter { seen.insert($0).inserted }
    }

    /// `(Int, seed: Double)`
    static func describe(_ arguments: [Argument]) -> String {
        "("
            + arguments.map { ($0.label.map { "\($0): " } ?? "") + ($0.place == nil ? "" : "&") + $0.value.typeName }
            .joined(separator: ", ") + ")"
    }
}
