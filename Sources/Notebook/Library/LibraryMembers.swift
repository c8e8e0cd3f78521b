/// Members of types, properties and operators, looked up by what they belong to.
extension Library {
    // MARK: Static members

    var staticNames: Set<String> {
        let names = [.staticProperty, .staticFunction].flatMap { (bindings[$0] ?? [:]).keys }
        return Set(names.map { String($0[$0.index(after: $0.lastIndex(of: ".")!)...]) })
    }

    func isStaticMember(_ name: String) -> Bool { name == "init" || staticNames.contains(name) }

    /// A static property of a type.
    func staticMember(_ name: String, of type: String, _ evaluator: Evaluator) throws -> Value? {
        let plain = String(type.prefix { $0 != "<" })
        guard let binding = bindings[.staticProperty]?["\(plain).\(name)"]?.first else { return nil }
        var none = Arguments([], evaluator)
        return try evaluator.fitting { try binding.call(&none) }
    }

    /// What `.name(…).other` means where a type is asked for; nil where it means nothing there.
    func resolve(_ member: Value.ImplicitMember, in type: String, _ evaluator: Evaluator) throws -> Value? {
        let plain = String(type.prefix { $0 != "<" })
        var value: Value
        if let arguments = member.arguments {
            let name = member.name == "init" ? plain : "\(plain).\(member.name)"
            let candidates = functions(name)
            guard let result = try call(candidates, arguments, evaluator, false) else { return nil }
            value = result.value
        } else {
            guard let found = try staticMember(member.name, of: plain, evaluator) else { return nil }
            value = found
        }
        for step in member.steps {
            if let arguments = step.arguments {
                value = try evaluator.method(step.name, of: value, arguments)
            } else {
                value = try evaluator.member(step.name, of: value)
            }
        }
        return value
    }

    /// The types that have a static member of this name.
    func types(withStaticMember name: String) -> [String] {
        let keys = [.staticProperty, .staticFunction].flatMap { (bindings[$0] ?? [:]).keys }
        return Set(keys.filter { $0.hasSuffix(".\(name)") }.map { String($0.dropLast(name.count + 1)) }).sorted()
    }

    // MARK: Properties

    func property(_ name: String, of type: String, _ object: Value, _ evaluator: Evaluator) throws -> Value? {
        for binding in members([.property], name, of: type) {
            var frame = Arguments([object], evaluator)
            if let result = try evaluator.fitting({ try binding.call(&frame) }) { return result }
        }
        return nil
    }

    /// The object with a property changed; nil where the property of that type can't be changed.
    ///
    /// - Throws: ``CellError`` for a value of another type than the property's.
    func set(_ name: String, of object: Value, to value: Value, _ evaluator: Evaluator) throws -> Value? {
        let bindings = members([.setter], name, of: object.typeName)
        guard let first = bindings.first else { return nil }
        for binding in bindings {
            var frame = Arguments([object, value], evaluator)
            if let result = try evaluator.fitting({ try binding.call(&frame) }) { return result }
        }
        throw CellError(.wrongType(expected: first.parameters[0].type, given: value.typeName))
    }

    func canSet(_ name: String, of object: Value) -> Bool { !members([.setter], name, of: object.typeName).isEmpty }

    // MARK: Operators

    func hasPrefixOperator(_ name: String) -> Bool { bindings[.prefix]?[name] != nil }

    func operate(_ name: String, _ left: Value, _ right: Value, _ evaluator: Evaluator) throws -> Value? {
        try operate(.infix, name, [left, right], evaluator)
    }

    /// What becomes of the left side of `+=` and its like.
    func assign(_ name: String, _ left: Value, _ right: Value, _ evaluator: Evaluator) throws -> Value? {
        try operate(.assignment, name, [left, right], evaluator)
    }

    func operate(prefix name: String, _ operand: Value, _ evaluator: Evaluator) throws -> Value? {
        try operate(.prefix, name, [operand], evaluator)
    }

    private func operate(
        _ kind: Binding.Kind, _ name: String, _ operands: [Value], _ evaluator: Evaluator
    ) throws -> Value? {
        for binding in bindings[kind]?[name] ?? [] {
            var frame = Arguments(operands, evaluator)
            if let result = try evaluator.fitting({ try binding.call(&frame) }) {
                return kind == .assignment ? frame.changes.first?.value ?? result : result
            }
        }
        return nil
    }
}
