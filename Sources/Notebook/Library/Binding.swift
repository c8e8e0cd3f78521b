import TextDisplay

/// A function, a property or an operator of the library, as cells reach it.
///
/// Its declaration says what it takes, in Swift's words but for the erased types: `rollout(_: Policy, in: World, seed: Int)`.
public struct Binding: Sendable {
    /// What kind of declaration it stands for.
    public enum Kind: Sendable {
        /// A free function, or an initializer under its type's name.
        case function
        /// A method; the object is the first argument.
        case method
        /// A method that changes its object.
        case mutating
        /// A static function.
        case staticFunction
        /// A property.
        case property
        /// The change of a property: the object, then the new value.
        case setter
        /// A static property, or an enum's case without a payload.
        case staticProperty
        /// A global constant.
        case constant
        /// An operator between two values.
        case infix
        /// An operator before a value.
        case prefix
        /// An operator that changes what stands left of it.
        case assignment
    }

    /// A parameter, as calls see it.
    struct Parameter: Sendable {
        let label: String?
        let type: String
        let hasDefault: Bool
        var isClosure: Bool { type.contains("->") || type == Callback.notebookName }
        var isInout: Bool { type.hasPrefix("inout ") }
    }

    let kind: Kind
    /// `rollout`, `Policy.logProbability`, `Trajectory.return`, `+`
    let base: String
    let parameters: [Parameter]
    let call: @Sendable (inout Arguments) throws -> Value

    init(_ kind: Kind, _ declaration: String, _ call: @escaping @Sendable (inout Arguments) throws -> Value) {
        self.kind = kind
        self.call = call
        let open = declaration.firstIndex(of: "(") ?? declaration.endIndex
        base = String(declaration[..<open])
        parameters =
            open == declaration.endIndex
            ? [] : Self.parameters(declaration[declaration.index(after: open)...].dropLast())
    }

    /// `_: Policy, in: World, slip: Double = 0.2`
    private static func parameters(_ list: Substring) -> [Parameter] {
        var parts: [Substring] = []
        var depth = 0, start = list.startIndex
        for i in list.indices {
            switch list[i] {
            case "(", "[": depth += 1
            case ")", "]": depth -= 1
            case "," where depth == 0:
                parts.append(list[start..<i])
                start = list.index(after: i)
            default: break
            }
        }
        if start < list.endIndex { parts.append(list[start...]) }
        return parts.map { part in
            let part = part.drop { $0 == " " }
            let colon = part.firstIndex(of: ":") ?? part.endIndex
            let label = String(part[..<colon])
            let type = part[colon...].dropFirst().drop { $0 == " " }
            return Parameter(
                label: label == "_" ? nil : label, type: String(type), hasDefault: type.contains(" = "))
        }
    }

    /// Whether the first argument is the object that a member belongs to.
    private var takesObject: Bool {
        switch kind {
        case .method, .mutating, .property, .setter: true
        default: false
        }
    }

    /// The name with its labels: `rollout(_:in:seed:)`.
    var name: String {
        switch kind {
        case .function, .method, .mutating, .staticFunction:
            "\(base)(\(parameters.map { ($0.label ?? "_") + ":" }.joined()))"
        default: base
        }
    }

    /// The name with the types: `rollout(_: Policy, in: World, seed: Int)`.
    var signature: String {
        let own = kind == .method || kind == .mutating ? String(base.drop { $0 != "." }.dropFirst()) : base
        return "\(own)(\(parameters.map { "\($0.label ?? "_"): \($0.type)" }.joined(separator: ", ")))"
    }

    /// The arguments in their parameters' places, nil for a default; nil where their labels do not fit.
    func slots(for arguments: [Argument], ignoringLabels: Bool) -> [Int?]? {
        var slots: [Int?] = takesObject ? [0] : []
        var next = slots.count
        if next > arguments.count { return nil }
        for (i, parameter) in parameters.enumerated() {
            if next < arguments.count {
                let argument = arguments[next]
                let fits =
                    ignoringLabels
                    || (argument.isTrailing
                        ? parameter.isClosure || i == parameters.count - 1 : argument.label == parameter.label)
                if fits {
                    slots.append(next)
                    next += 1
                    continue
                }
            }
            guard parameter.hasDefault else { return nil }
            slots.append(nil)
        }
        return next == arguments.count ? slots : nil
    }
}

/// The arguments of one call of a binding, each in its parameter's place.
public struct Arguments {
    fileprivate let values: [Value?]
    let evaluator: Evaluator
    /// The new values of what the call changed, by the parameter's place.
    private(set) var changes: [(slot: Int, value: Value)] = []

    init(_ values: [Value?], _ evaluator: Evaluator) {
        self.values = values
        self.evaluator = evaluator
    }

    /// The arguments do not fit: another overload may.
    struct DoesNotFit: Error {}

    /// The argument of a parameter.
    public func take<T: Bridged>(_ slot: Int, _ type: T.Type = T.self) throws -> T {
        guard slot < values.count, let value = values[slot], let bridged = try T.bridge(value, evaluator) else {
            throw DoesNotFit()
        }
        return bridged
    }

    /// The argument of a parameter, or its default where there is none.
    public func take<T: Bridged>(_ slot: Int, or initial: @autoclosure () -> T) throws -> T {
        guard slot < values.count, values[slot] != nil else { return initial() }
        return try take(slot)
    }

    /// Tells what has become of an argument that the call changed.
    public mutating func change(_ slot: Int, to value: some Bridged) { changes.append((slot, value.bridged)) }

    /// What a computation that takes long may ask, and tell.
    public var running: Running { Running(stop: evaluator.stop, showStatus: evaluator.showStatus) }
}

/// Makes an error of a rule that does not hold: what the library's `require` is to a program.
public func demand(_ problem: InvalidArgument?) throws {
    if let problem { throw problem }
}

/// Makes an error of a rule that does not hold.
public func demand(_ holds: Bool, _ rule: @autoclosure () -> String) throws {
    if !holds { throw InvalidArgument(rule()) }
}

/// What a long computation of the library knows of the cell that runs it.
public struct Running: Sendable {
    let stop: StopSignal
    /// Shows in one line how far the computation is.
    public let showStatus: @Sendable (String) -> Void
    /// Whether the cell was told to stop; then throw `CancellationError`.
    public var isStopped: Bool { stop.isRaised }
}
