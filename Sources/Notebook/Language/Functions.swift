extension Evaluator {
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
    func result(of body: [Statement], in scope: Scope) throws -> Value {
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

    func bindParameters(
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

    func wrongArguments(_ declaration: FunctionDeclaration, _ arguments: [Argument]) -> CellError {
        CellError(
            .wrongArguments(
                declaration.name, given: Library.describe(arguments),
                expected: declaration.isClosure ? [] : [declaration.fullName]))
    }
}
