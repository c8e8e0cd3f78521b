extension Evaluator {
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
            scope.declare(declaration, closure(declaration, in: scope))
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

    /// What a loop's body passes on: a `return`, and nothing else.
    func leaves(_ flow: Flow) -> Flow? {
        didBreak = false
        switch flow {
        case .next, .continued: return nil
        case .brokeOut:
            didBreak = true
            return nil
        case .returned: return flow
        }
    }

    func runLoop(
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

    func runSwitch(
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

    func matchesCase(_ pattern: Statement.CasePattern, _ value: Value, in scope: Scope) throws -> Bool {
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

    func holds(_ conditions: [Statement.Condition], in scope: Scope) throws -> Bool {
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
        case .name(let name):
            if case .implicitMember(let member) = value { throw openMember(member, at: span) }
            scope.declare(name, try value.settled(), isVariable: isVariable)
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
            var holdsDoubles = false
            if case .named("Double") = element { holdsDoubles = true }
            return .array(
                Value.List(
                    try list.elements.map { try converted($0, to: element, at: span) }, holdsDoubles: holdsDoubles))
        case (.tuple(let types), .tuple(let tuple)) where types.count == tuple.elements.count:
            return .tuple(
                Value.Tuple(
                    try zip(types, tuple.elements).map {
                        Value.Element(label: $1.label, value: try converted($1.value, to: $0, at: span))
                    }))
        case (.tuple, _): return try value.settled()
        case (.named(let name), .implicitMember(let member)):
            guard let value = try library.resolve(member, in: name, self) else {
                throw CellError(.unknown(".\(member.name)", nearest: nil), at: span)
            }
            return value
        case (.named(let name), _):
            let settled = try value.settled()
            if ["Int", "Double", "Bool", "String"].contains(name) && settled.typeName != name {
                throw CellError(.wrongType(expected: name, given: settled.typeName), at: span)
            }
            // A type of the library is what it is called; `Float` numbers and tensors of them are made where they are asked for.
            if library.isLibraryType(name), name != "Float", name != String(settled.typeName.prefix { $0 != "<" }) {
                throw CellError(.wrongType(expected: name, given: settled.typeName), at: span)
            }
            return settled
        case (.array, _): throw CellError(.wrongType(expected: "an array", given: value.typeName), at: span)
        }
    }
}
