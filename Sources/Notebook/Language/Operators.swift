extension Evaluator {
    func prefix(_ name: String, _ operand: Value) throws -> Value {
        switch (name, operand) {
        case ("-", .literal(let literal)):
            return .literal(
                Value.Literal(
                    int: literal.int.flatMap { checked(0.subtractingReportingOverflow($0), "-") },
                    double: -literal.double))
        case ("-", .int(let int)): return .int(try checked(0.subtractingReportingOverflow(int), "-").get())
        case ("-", .double(let double)): return .double(-double)
        case ("+", .literal), ("+", .int), ("+", .double): return operand
        case ("!", .bool(let bool)): return .bool(!bool)
        case ("~", .literal), ("~", .int):
            guard case .int(let int) = try operand.settled() else { break }
            return .int(~int)
        default: break
        }
        if let result = try library.operate(prefix: name, operand, self) { return result }
        let isKnown = ["-", "+", "!", "~"].contains(name) || library.hasPrefixOperator(name)
        throw CellError(isKnown ? .noOperator(name, types: [operand.typeName]) : .unknownOperator(name))
    }

    func binary(_ name: String, _ left: Expression, _ right: Expression, in scope: Scope) throws -> Value {
        switch name {
        case "&&": return .bool(try bool(left, in: scope) && bool(right, in: scope))
        case "||": return .bool(try bool(left, in: scope) || bool(right, in: scope))
        case "??":
            let value = try evaluate(left, in: scope)
            if case .none = value { return try evaluate(right, in: scope) }
            return value
        default:
            return try binary(name, evaluate(left, in: scope), evaluate(right, in: scope), at: right.span)
        }
    }

    func binary(_ name: String, _ left: Value, _ right: Value, at span: Span) throws -> Value {
        switch (left, right) {
        case (.literal(let a), .literal(let b)): return try literals(name, a, b)
        case (.literal(let a), .int(let b)): return try integers(name, a.int.get(), b)
        case (.int(let a), .literal(let b)): return try integers(name, a, b.int.get())
        case (.int(let a), .int(let b)): return try integers(name, a, b)
        // A range of numbers that are not whole is the library's.
        case (.literal, .double) where name == "...", (.double, .literal) where name == "...",
            (.double, .double) where name == "...":
            break
        case (.literal(let a), .double(let b)): return try doubles(name, a.double, b)
        case (.double(let a), .literal(let b)): return try doubles(name, a, b.double)
        case (.double(let a), .double(let b)): return try doubles(name, a, b)
        case (.string(let a), .string(let b)):
            if name == "+" {
                try checkSize(a.utf8.count + b.utf8.count)
                return .string(a + b)
            }
            if let result = Self.compare(name, a, b) { return .bool(result) }
        case (.bool(let a), .bool(let b)):
            if name == "==" { return .bool(a == b) }
            if name == "!=" { return .bool(a != b) }
        case (.array(let a), .array(let b)) where name == "+": return try list(a.elements + b.elements)
        case (.array, .array), (.tuple, .tuple), (.none, _), (_, .none), (.range, .range), (.dictionary, .dictionary):
            if name == "==" { return .bool(try areEqual(left, right)) }
            if name == "!=" { return .bool(try !areEqual(left, right)) }
        default: break
        }
        if let result = try library.operate(name, left, right, self) { return result }
        // Swift declares it, and the notebook has no use for it.
        if UnknownOperator.replacement(for: name) != nil { throw CellError(.unknownOperator(name)) }
        throw CellError(.noOperator(name, types: [left.typeName, right.typeName]))
    }

    private func areEqual(_ a: Value, _ b: Value) throws -> Bool {
        try checkStop()
        switch (a, b) {
        case (.none, .none): return true
        case (.none, _), (_, .none): return false
        case (.range(let a, _), .range(let b, _)): return a == b
        case (.array(let a), .array(let b)):
            return try a.elements.count == b.elements.count && zip(a.elements, b.elements).allSatisfy(areEqual)
        case (.tuple(let a), .tuple(let b)):
            return try a.elements.count == b.elements.count
                && zip(a.elements, b.elements).allSatisfy { try areEqual($0.value, $1.value) }
        case (.dictionary(let a), .dictionary(let b)):
            return try a.count == b.count
                && a.keys.allSatisfy { key in try areEqual(a[key] ?? .none, b[key] ?? .none) }
        default:
            guard case .bool(let equal) = try binary("==", a, b, at: Span(0, 0)) else { return false }
            return equal
        }
    }

    private static func compare<T: Comparable>(_ name: String, _ a: T, _ b: T) -> Bool? {
        switch name {
        case "==": a == b
        case "!=": a != b
        case "<": a < b
        case "<=": a <= b
        case ">": a > b
        case ">=": a >= b
        default: nil
        }
    }

    private func literals(_ name: String, _ a: Value.Literal, _ b: Value.Literal) throws -> Value {
        guard ["+", "-", "*", "/"].contains(name) else { return try integers(name, a.int.get(), b.int.get()) }
        guard case .double(let double) = try doubles(name, a.double, b.double) else { throw CellError(.interrupted) }
        let int: Result<Int, CellError>
        do {
            guard case .int(let value) = try integers(name, a.int.get(), b.int.get()) else {
                throw CellError(.interrupted)
            }
            int = .success(value)
        } catch let error as CellError {
            int = .failure(error)
        }
        return .literal(Value.Literal(int: int, double: double))
    }

    private func integers(_ name: String, _ a: Int, _ b: Int) throws -> Value {
        switch name {
        case "+": return .int(try checked(a.addingReportingOverflow(b), name).get())
        case "-": return .int(try checked(a.subtractingReportingOverflow(b), name).get())
        case "*": return .int(try checked(a.multipliedReportingOverflow(by: b), name).get())
        case "/", "%":
            if b == 0 { throw CellError(.failure("division by zero")) }
            return .int(
                try checked(
                    name == "/" ? a.dividedReportingOverflow(by: b) : a.remainderReportingOverflow(dividingBy: b), name
                ).get())
        case "<<": return .int(a << b)
        case ">>": return .int(a >> b)
        case "&": return .int(a & b)
        case "|": return .int(a | b)
        case "^": return .int(a ^ b)
        case "&+": return .int(a &+ b)
        case "&-": return .int(a &- b)
        case "&*": return .int(a &* b)
        case "..<", "...":
            guard a <= b else {
                throw CellError(.failure("a range goes up: \(a)\(name)\(b) does not"))
            }
            if name == "..." && b == Int.max { throw CellError(.failure("the range ends beyond the largest Int")) }
            return .range(a..<(name == "..." ? b + 1 : b), isClosed: name == "...")
        default:
            if let result = Self.compare(name, a, b) { return .bool(result) }
            throw CellError(.noOperator(name, types: ["Int", "Int"]))
        }
    }

    private func doubles(_ name: String, _ a: Double, _ b: Double) throws -> Value {
        switch name {
        case "+": return .double(a + b)
        case "-": return .double(a - b)
        case "*": return .double(a * b)
        case "/": return .double(a / b)
        default:
            if let result = Self.compare(name, a, b) { return .bool(result) }
            throw CellError(.noOperator(name, types: ["Double", "Double"]))
        }
    }
}

/// The result of checked arithmetic, or the error that Swift would trap with.
func checked(_ result: (partialValue: Int, overflow: Bool), _ name: String) -> Result<Int, CellError> {
    result.overflow
        ? .failure(CellError(.failure("the result of '\(name)' does not fit into an Int (overflow)")))
        : .success(result.partialValue)
}
