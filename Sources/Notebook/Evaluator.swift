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
    private var callDepth = 0
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

    // MARK: Statements

    func run(_ statements: [Statement], in scope: Scope) throws -> Flow {
        for statement in statements {
            let flow = try run(statement, in: scope)
            if case .next = flow { continue }
            return flow
        }
        return .next
    }

    func run(_ statement: Statement, in scope: Scope) throws -> Flow {
        try checkStop()
        switch statement.kind {
        case .expression(let expression):
            _ = try evaluate(expression, in: scope)
            return .next
        case .declaration(let pattern, let type, let value, let isVariable):
            guard let value else {
                throw CellError(.unsupported("a declaration without a value is"), at: statement.span)
            }
            let raw = try evaluate(value, in: scope)
            let result: Value
            do {
                result = try converted(raw, to: type, at: value.span)
            } catch let error as CellError { throw error.at(value.span) }
            try checkStop()
            try bind(pattern, to: result, isVariable: isVariable, in: scope, at: value.span)
        case .function(let declaration):
            scope.declare(declaration.name, .function(closure(declaration, in: scope)), isVariable: false)
        case .ifElse(let conditions, let body, let otherwise):
            let inner = Scope(parent: scope)
            return try holds(conditions, in: inner)
                ? run(body, in: inner) : run(otherwise, in: Scope(parent: scope))
        case .guardElse(let conditions, let otherwise):
            // What a guard binds belongs to the scope around it.
            if try !holds(conditions, in: scope) {
                let flow = try run(otherwise, in: Scope(parent: scope))
                if case .next = flow {
                    throw CellError(.failure("the body of a guard must leave the scope"), at: statement.span)
                }
                return flow
            }
        case .whileLoop(let conditions, let body):
            while true {
                try checkStop()
                let inner = Scope(parent: scope)
                guard try holds(conditions, in: inner) else { break }
                if let out = try leaves(run(body, in: inner)) { return out } else if didBreak { break }
            }
        case .repeatLoop(let body, let condition):
            repeat {
                try checkStop()
                if let out = try leaves(run(body, in: Scope(parent: scope))) { return out }
                if didBreak { break }
            } while try bool(condition, in: scope)
        case .forLoop(let pattern, let sequence, let filter, let body):
            return try runLoop(pattern, sequence, filter, body, in: scope)
        case .switchCases(let subject, let cases):
            return try runSwitch(subject, cases, in: scope, at: statement.span)
        case .returnValue(let expression):
            return .returned(try expression.map { try evaluate($0, in: scope) } ?? .void)
        case .breakOut: return .brokeOut
        case .continueOn: return .continued
        }
        return .next
    }

    /// Whether the loop's last body ended with `break`.
    private var didBreak = false

    /// What a loop's body passes on: a `return`, and nothing else.
    private func leaves(_ flow: Flow) -> Flow? {
        didBreak = false
        switch flow {
        case .next, .continued: return nil
        case .brokeOut:
            didBreak = true
            return nil
        case .returned: return flow
        }
    }

    private func runLoop(
        _ pattern: Pattern, _ sequence: Expression, _ filter: Expression?, _ body: [Statement], in scope: Scope
    ) throws -> Flow {
        let values = try evaluate(sequence, in: scope)
        guard let elements = try lazyElements(values) else {
            throw CellError(.wrongType(expected: "a sequence", given: values.typeName), at: sequence.span)
        }
        for element in elements {
            try checkStop()
            let inner = Scope(parent: scope)
            try bind(pattern, to: element, isVariable: false, in: inner, at: sequence.span)
            if let filter, try !bool(filter, in: inner) { continue }
            if let out = try leaves(run(body, in: inner)) { return out }
            if didBreak { break }
        }
        return .next
    }

    private func runSwitch(
        _ subject: Expression, _ cases: [Statement.SwitchCase], in scope: Scope, at span: Span
    ) throws -> Flow {
        let value = try evaluate(subject, in: scope)
        for item in cases {
            let inner = Scope(parent: scope)
            let matches =
                try item.patterns.isEmpty
                || item.patterns.contains { pattern, filter in
                    try matchesCase(pattern, value, in: inner) && (try filter.map { try bool($0, in: inner) } ?? true)
                }
            guard matches else { continue }
            let flow = try run(item.body, in: inner)
            if case .brokeOut = flow { return .next }
            return flow
        }
        throw CellError(.failure("no case of the switch matches \(value.shown)"), at: span)
    }

    private func matchesCase(_ pattern: Statement.CasePattern, _ value: Value, in scope: Scope) throws -> Bool {
        switch pattern {
        case .anything: return true
        case .bind(let pattern):
            try bind(pattern, to: value, isVariable: false, in: scope, at: nil)
            return true
        case .expression(let expression):
            let wanted = try evaluate(expression, in: scope)
            if case .range(let range, _) = wanted, let number = Int(bridging: value) { return range.contains(number) }
            return try bool(binary("==", wanted, value, at: expression.span), at: expression.span)
        }
    }

    private func holds(_ conditions: [Statement.Condition], in scope: Scope) throws -> Bool {
        for condition in conditions {
            switch condition {
            case .expression(let expression): if try !bool(expression, in: scope) { return false }
            case .binding(let name, let expression):
                let value = try evaluate(expression, in: scope)
                if case .none = value { return false }
                scope.declare(name, try value.settled(), isVariable: false)
            }
        }
        return true
    }

    func bind(_ pattern: Pattern, to value: Value, isVariable: Bool, in scope: Scope, at span: Span?) throws {
        switch pattern {
        case .anything: break
        case .name(let name): scope.declare(name, try value.settled(), isVariable: isVariable)
        case .tuple(let patterns):
            guard case .tuple(let tuple) = value, case let elements = tuple.elements, elements.count == patterns.count
            else {
                throw CellError(.wrongType(expected: "a tuple of \(patterns.count)", given: value.typeName), at: span)
            }
            for (pattern, element) in zip(patterns, elements) {
                try bind(pattern, to: element.value, isVariable: isVariable, in: scope, at: span)
            }
        }
    }

    /// The value as the type that is written beside it; types that the notebook has no values of its own for pass.
    func converted(_ value: Value, to type: TypeName?, at span: Span?) throws -> Value {
        switch (type, value) {
        case (nil, _), (.other, _), (.optional, .none): return try value.settled()
        case (.optional(let wrapped), _): return try converted(value, to: wrapped, at: span)
        case (.named("Double"), .literal(let literal)), (.named("Float"), .literal(let literal)):
            return .double(literal.double)
        case (.array(let element), .array(let list)):
            return .array(Value.List(try list.elements.map { try converted($0, to: element, at: span) }))
        case (.tuple(let types), .tuple(let tuple)) where types.count == tuple.elements.count:
            return .tuple(
                Value.Tuple(
                    try zip(types, tuple.elements).map {
                        Value.Element(label: $1.label, value: try converted($1.value, to: $0, at: span))
                    }))
        case (.tuple, _): return try value.settled()
        case (.named(let name), _):
            let settled = try value.settled()
            if ["Int", "Double", "Bool", "String"].contains(name) && settled.typeName != name {
                throw CellError(.wrongType(expected: name, given: settled.typeName), at: span)
            }
            return settled
        case (.array, _): throw CellError(.wrongType(expected: "an array", given: value.typeName), at: span)
        }
    }

    // MARK: Expressions

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
        do { return try value.settled() } catch let error as CellError { throw error.at(expression.span) }
    }

    private func value(of expression: Expression, in scope: Scope) throws -> Value {
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
        case .array(let elements): return try list(try elements.map { try evaluate($0, in: scope) })
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
            return try evaluate(try bool(condition, in: scope) ? then : otherwise, in: scope)
        case .assignment(let target, let name, let value):
            try assign(target, name, value, in: scope)
            return .void
        case .call(let callee, let arguments): return try call(callee, arguments, in: scope, at: expression.span)
        case .member(let base, let name):
            if case .name(let typeName) = base.kind, scope.lookUp(typeName) == nil,
                let member = library.staticMember(name, of: typeName)
            {
                return member
            }
            return try member(name, of: evaluate(base, in: scope))
        case .implicitMember(let name): return .implicitMember(name)
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
        if let function = library.functionValue(name) { return .function(function) }
        if library.isType(name) { return .type(name) }
        if let operation = operatorFunction(name) { return .function(operation) }
        throw CellError(.unknown(name, nearest: nearest(to: name, among: scope.names + library.names)))
    }

    /// An operator as a function, as in `reduce(0, +)`.
    private func operatorFunction(_ name: String) -> Value.Function? {
        guard ["+", "-", "*", "/", "%", "<", ">", "<=", ">=", "==", "!="].contains(name) else { return nil }
        return Value.Function(name: name) { arguments, evaluator in
            guard arguments.count == 2 else {
                throw CellError(.wrongArguments(name, given: Library.describe(arguments), expected: []))
            }
            return try evaluator.binary(name, arguments[0].value, arguments[1].value, at: arguments[1].span)
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
    private func checkStack() throws {
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

    // MARK: Functions

    func closure(_ declaration: FunctionDeclaration, in scope: Scope) -> Value.Function {
        Value.Function(name: declaration.isClosure ? declaration.name : declaration.fullName) { arguments, evaluator in
            let inner = Scope(parent: scope)
            try evaluator.bindParameters(of: declaration, to: arguments, in: inner)
            do {
                return try evaluator.nested {
                    let value = try evaluator.result(of: declaration.body, in: inner)
                    // A function without an arrow returns nothing, whatever its only expression is worth.
                    if declaration.result == nil { return declaration.isClosure ? value : .void }
                    return try evaluator.converted(value, to: declaration.result, at: nil)
                }
            } catch var error as CellError {
                // A place in another cell's text means nothing in this one's: the call is the place.
                if declaration.cell != evaluator.cell { error.span = nil }
                throw error
            }
        }
    }

    /// What a function's body is worth: its `return`, or its only expression, also as a branch of `if` or `switch`.
    private func result(of body: [Statement], in scope: Scope) throws -> Value {
        if body.count == 1 {
            switch body[0].kind {
            case .expression(let only): return try evaluate(only, in: scope)
            case .ifElse(let conditions, let then, let otherwise):
                let inner = Scope(parent: scope)
                return try holds(conditions, in: inner)
                    ? result(of: then, in: inner) : result(of: otherwise, in: Scope(parent: scope))
            default: break
            }
        }
        guard case .returned(let value) = try run(body, in: scope) else { return .void }
        return value
    }

    /// One call deeper.
    func nested(_ body: () throws -> Value) throws -> Value {
        try checkStop()
        guard callDepth < Self.callDepthLimit else {
            throw CellError(.failure("\(Self.callDepthLimit) calls within each other: a recursion without an end?"))
        }
        callDepth += 1
        defer { callDepth -= 1 }
        return try body()
    }

    private func bindParameters(
        of declaration: FunctionDeclaration, to arguments: [Argument], in scope: Scope
    ) throws {
        if let count = declaration.numberedParameters {
            var values = arguments.map(\.value)
            // A closure that uses $1 takes a tuple apart.
            if count > 1, values.count == 1, case .tuple(let tuple) = values[0] { values = tuple.elements.map(\.value) }
            for (i, value) in values.enumerated() { scope.declare("$\(i)", try value.settled(), isVariable: false) }
            return
        }
        var rest = arguments[...]
        // A closure of several parameters takes a tuple apart.
        if declaration.isClosure, declaration.parameters.count > 1, rest.count == 1,
            case .tuple(let tuple) = rest.first!.value, case let elements = tuple.elements,
            elements.count == declaration.parameters.count
        {
            let span = rest.first!.span
            rest = elements.map { Argument(label: nil, value: $0.value, span: span) }[...]
        }
        for parameter in declaration.parameters {
            if let argument = rest.first,
                declaration.isClosure || argument.isTrailing || argument.label == parameter.label
            {
                rest.removeFirst()
                let value = try converted(argument.value, to: parameter.type, at: argument.span)
                scope.declare(parameter.name, value, isVariable: false)
            } else if let initial = parameter.initial {
                let value = try converted(evaluate(initial, in: scope), to: parameter.type, at: initial.span)
                scope.declare(parameter.name, value, isVariable: false)
            } else {
                throw wrongArguments(declaration, arguments)
            }
        }
        if !rest.isEmpty { throw wrongArguments(declaration, arguments) }
    }

    private func wrongArguments(_ declaration: FunctionDeclaration, _ arguments: [Argument]) -> CellError {
        CellError(
            .wrongArguments(
                declaration.name, given: Library.describe(arguments),
                expected: declaration.isClosure ? [] : [declaration.fullName]))
    }

    /// Calls a function value with values that have no labels.
    public func call(_ function: Value.Function, _ values: Value...) throws -> Value {
        try function.call(values.map { Argument(label: nil, value: $0, isTrailing: true, span: Span(0, 0)) }, self)
    }

    /// Whether the cell was told to stop; long computations of the library ask.
    public var isStopped: Bool { stop.isRaised }
}
