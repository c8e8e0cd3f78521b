import TextDisplay

/// Walks the statements of a cell.
///
/// Nothing that a cell holds may reach a trap: arithmetic is checked, sizes and depths are limited, and every statement,
/// loop and call looks at the stop signal first.
public final class Evaluator: @unchecked Sendable {
    // Unchecked: an evaluator lives on the thread of the cell that it evaluates.
    let library: Library
    let stop: StopSignal
    let print: (String) -> Void
    let showStatus: @Sendable (String) -> Void
    var callDepth = 0
    /// What a closure threw while the library, whose closures can't throw, was calling it.
    var noted: (any Error)?
    /// Whether the last body of a loop ended with `break`.
    var didBreak = false
    /// The address below which the stack is nearly used up.
    private let stackEnd: UInt
    /// The cell that is evaluated; functions know the cell that they were declared in.
    let cell: Int

    /// Calls within calls; beyond this a recursion is taken for one without an end.
    static let callDepthLimit = 10_000

    init(
        library: Library, stop: StopSignal, cell: Int, stackSize: Int, print: @escaping (String) -> Void,
        showStatus: @escaping @Sendable (String) -> Void
    ) {
        self.library = library
        self.stop = stop
        self.cell = cell
        // The stack grows downwards from about here; a part is kept for what evaluates the last call.
        var here: UInt8 = 0
        let top = withUnsafePointer(to: &here) { UInt(bitPattern: $0) }
        stackEnd = top > UInt(stackSize) ? top - UInt(stackSize) + UInt(stackSize / 4) : 0
        self.print = print
        self.showStatus = showStatus
    }

    enum Flow {
        case next
        case returned(Value)
        case brokeOut
        case continued
    }

    func checkStop() throws {
        if stop.isRaised { throw CellError(.interrupted) }
    }

    func evaluate(_ expression: Expression, in scope: Scope) throws -> Value {
        do {
            try checkStack()
            let value = try value(of: expression, in: scope)
            guard value.depth <= Value.depthLimit else {
                throw CellError(.failure("values are nested at most \(Value.depthLimit) deep"))
            }
            return value
        } catch let error as CellError {
            throw error.at(expression.span)
        }
    }

    /// The value of an expression that stands alone, with its literals settled.
    func settled(_ expression: Expression, in scope: Scope) throws -> Value {
        let value = try evaluate(expression, in: scope)
        if case .implicitMember(let member) = value { throw openMember(member, at: expression.span) }
        do { return try value.settled() } catch let error as CellError { throw error.at(expression.span) }
    }

    func value(of expression: Expression, in scope: Scope) throws -> Value {
        switch expression.kind {
        case .integer(let int, let double):
            let result: Result<Int, CellError> =
                int.map { .success($0) }
                ?? .failure(CellError(.failure("the number does not fit into an Int"), at: expression.span))
            return .literal(Value.Literal(int: result, double: double))
        case .double(let double): return .double(double)
        case .bool(let bool): return .bool(bool)
        case .none: return .none
        case .string(let parts):
            var text = ""
            for part in parts {
                switch part {
                case .text(let piece): text += piece
                case .value(let inner): text += try evaluate(inner, in: scope).settled().description
                }
                try checkSize(text.utf8.count)
            }
            return .string(text)
        case .name(let name): return try lookUp(name, in: scope)
        case .array(let elements):
            return try list(try ofOneType(try elements.map { try evaluate($0, in: scope) }, elements))
        case .dictionary(let pairs):
            var dictionary = Value.Dictionary()
            for pair in pairs {
                dictionary[try key(evaluate(pair.key, in: scope))] = try evaluate(pair.value, in: scope).settled()
            }
            return .dictionary(dictionary)
        case .tuple(let elements):
            if elements.isEmpty { return .void }
            return .tuple(
                Value.Tuple(
                    try elements.map { Value.Element(label: $0.label, value: try evaluate($0.value, in: scope)) }))
        case .prefix(let name, let operand): return try prefix(name, evaluate(operand, in: scope))
        case .binary(let name, let left, let right): return try binary(name, left, right, in: scope)
        case .ternary(let condition, let then, let otherwise):
            let (chosen, other) = try bool(condition, in: scope) ? (then, otherwise) : (otherwise, then)
            // `flag ? 1 : 0.5` is a Double either way.
            let value = try evaluate(chosen, in: scope)
            if case .double = other.kind, case .literal(let literal) = value { return .double(literal.double) }
            return value
        case .assignment(let target, let name, let value):
            try assign(target, name, value, in: scope)
            return .void
        case .call(let callee, let arguments): return try call(callee, arguments, in: scope, at: expression.span)
        case .member(let base, let name):
            if let type = typePath(base, in: scope) {
                if library.isType("\(type).\(name)") { return .type("\(type).\(name)") }
                return try member(name, of: .type(type))
            }
            let object = try evaluate(base, in: scope)
            // `.rewardToGo.normalized`
            if case .implicitMember(var member) = object {
                member.steps.append(.init(name: name))
                return .implicitMember(member)
            }
            return try member(name, of: object)
        case .implicitMember(let name): return .implicitMember(Value.ImplicitMember(name: name))
        case .element(let base, let arguments):
            return try element(of: evaluate(base, in: scope), try arguments.map { try argument($0, in: scope) })
        case .closure(let declaration): return .function(closure(declaration, in: scope))
        case .unwrap(let inner):
            let value = try evaluate(inner, in: scope)
            if case .none = value { throw CellError(.failure("there is no value to unwrap: it is nil")) }
            return value
        }
    }

    func lookUp(_ name: String, in scope: Scope) throws -> Value {
        if let value = scope.lookUp(name) ?? library.constant(name) { return value }
        if library.isType(name) { return .type(name) }
        if let function = library.functionValue(name) { return .function(function) }
        if let operation = operatorFunction(name) { return .function(operation) }
        throw CellError(.unknown(name, nearest: nearest(to: name, among: scope.names + library.names)))
    }

    /// An operator as a function, as in `reduce(0, +)`.
    func operatorFunction(_ name: String) -> Value.Function? {
        guard ["+", "-", "*", "/", "%", "<", ">", "<=", ">=", "==", "!="].contains(name) else { return nil }
        return Value.Function(name: name) { arguments, evaluator in
            guard arguments.count == 2 else {
                throw CellError(.wrongArguments(name, given: Library.describe(arguments), expected: []))
            }
            return try evaluator.binary(name, arguments[0].value, arguments[1].value, at: arguments[1].span)
        }
    }

    /// The type that an expression names, such as `DataSet.Part`; nil for one that names none.
    func typePath(_ expression: Expression, in scope: Scope) -> String? {
        switch expression.kind {
        case .name(let name): scope.lookUp(name) == nil && library.isType(name) ? name : nil
        case .member(let base, let name):
            typePath(base, in: scope).map { "\($0).\(name)" }.flatMap { library.isType($0) ? $0 : nil }
        default: nil
        }
    }

    /// `.name` where nothing says of which type it is a member.
    func openMember(_ member: Value.ImplicitMember, at span: Span?) -> CellError {
        let types = library.types(withStaticMember: member.name)
        if types.isEmpty { return CellError(.unknown("." + member.name, nearest: nil), at: span) }
        return CellError(
            .failure("'.\(member.name)' is a member of which type? Write the type before the dot"), at: span)
    }

    /// Runs a binding; nil where its arguments do not fit, and an error of the cell for everything else that it throws.
    func fitting(_ body: () throws -> Value) throws -> Value? {
        defer { noted = nil }
        do {
            let value = try body()
            if let noted { throw noted }
            return value
        } catch is Arguments.DoesNotFit {
            return nil
        } catch let error as CellError {
            throw error
        } catch is CancellationError {
            throw CellError(.interrupted)
        } catch {
            throw CellError(inWords: error)
        }
    }

    /// What asks nothing of a cell: for values that are made without one.
    static let none = Evaluator(
        library: Library(), stop: StopSignal(), cell: 0, stackSize: 0, print: { _ in }, showStatus: { _ in })

    /// The elements of a list, `.name` among them being of the type of those that have one.
    private func ofOneType(_ elements: [Value], _ expressions: [Expression]) throws -> [Value] {
        guard elements.contains(where: \.isImplicitMember),
            let type = elements.first(where: { !$0.isImplicitMember && !$0.isLiteral })?.typeName
                ?? (elements.contains(where: \.isLiteral) ? "Double" : nil)
        else { return elements }
        return try zip(elements, expressions).map { element, expression in
            guard case .implicitMember(let member) = element else { return element }
            guard let value = try library.resolve(member, in: type, self) else {
                throw CellError(
                    .unknownMember(
                        member.name, type: type, nearest: nearest(to: member.name, among: library.memberNames(of: type))
                    ),
                    at: expression.span)
            }
            return value
        }
    }

    func list(_ elements: [Value]) throws -> Value {
        try checkSize(elements.count * MemoryLayout<Value>.stride)
        return .array(Value.List(elements))
    }

    /// At most this many bytes in one value that a cell makes.
    static let sizeLimit = 1 << 30

    func checkSize(_ bytes: Int) throws {
        if bytes > Self.sizeLimit {
            throw CellError(.failure("a value of more than \(Self.sizeLimit >> 20) MiB is more than a cell may make"))
        }
        // Many large values are as bad as one that is too large.
        if bytes > 1 << 22 && Memory.isScarce {
            throw CellError(.failure("the session uses more than half of the machine's memory"))
        }
    }

    /// Leaves the cell with an error while there is still stack to do so.
    func checkStack() throws {
        var here: UInt8 = 0
        let address = withUnsafePointer(to: &here) { UInt(bitPattern: $0) }
        if address < stackEnd {
            throw CellError(.failure("the calls and expressions of this cell are nested too deeply"))
        }
    }

    func bool(_ expression: Expression, in scope: Scope) throws -> Bool {
        try bool(evaluate(expression, in: scope), at: expression.span)
    }

    func bool(_ value: Value, at span: Span) throws -> Bool {
        guard case .bool(let bool) = value else {
            throw CellError(.wrongType(expected: "Bool", given: value.typeName), at: span)
        }
        return bool
    }
}
