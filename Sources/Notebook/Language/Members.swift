import TextDisplay

extension Evaluator {
    /// The name under which the members of a value's type are bound.
    func memberType(_ value: Value) -> String {
        switch value {
        case .array: "Array"
        case .range: "Range"
        case .dictionary: "Dictionary"
        case .literal: "Int"
        default: value.typeName
        }
    }

    /// A property of a value.
    func member(_ name: String, of value: Value) throws -> Value {
        if case .tuple(let tuple) = value {
            let elements = tuple.elements
            if let i = Int(name), elements.indices ~= i { return elements[i].value }
            if let element = elements.first(where: { $0.label == name }) { return element.value }
        }
        if case .type(let type) = value {
            if let member = try library.staticMember(name, of: type, self) { return member }
            if library.hasFunction("\(type).\(name)") {
                return .function(library.functionValue("\(type).\(name)")!)
            }
            throw CellError(
                .unknownMember(name, type: type, nearest: nearest(to: name, among: library.memberNames(of: type))))
        }
        let type = memberType(value)
        if let result = try library.property(name, of: type, value, self) { return result }
        throw unknownMember(name, of: value)
    }

    /// A method of a value.
    ///
    /// - Parameter scope: where arguments that the call changes stand.
    func method(_ name: String, of value: Value, _ arguments: [Argument], in scope: Scope? = nil) throws -> Value {
        if library.hasMethod(name, of: memberType(value)) {
            let result = try library.callMethod(name, [Argument(self: value)] + arguments, self)
            for change in result.changes {
                guard change.argument > 0, let scope else {
                    throw CellError(
                        .failure("'\(name)' changes its object: call it on a variable, declared with 'var'"))
                }
                try write(change.value, to: arguments[change.argument - 1], in: scope)
            }
            return result.value
        }
        // A property that holds a function, or what can be called as one.
        switch try? member(name, of: value) {
        case .function(let function): return try function.call(arguments, self)
        case .foreign(let foreign) where library.hasMethod("callAsFunction", of: foreign.typeName):
            return try method("callAsFunction", of: .foreign(foreign), arguments, in: scope)
        default: break
        }
        throw unknownMember(name, of: value)
    }

    private func unknownMember(_ name: String, of value: Value) -> CellError {
        let members = library.memberNames(of: memberType(value))
        if members.contains("\(name)()") {
            return CellError(.failure("'\(name)' is a function: call it, \(name)()"))
        }
        return CellError(
            .unknownMember(name, type: value.typeName, nearest: nearest(to: name, among: members)))
    }

    // MARK: Methods that change their object

    func isMutating(_ name: String) -> Bool {
        // One of the library's may be of any type: the object tells.
        library.hasMutatingMethod(name)
            || [
                "append", "insert", "remove", "removeFirst", "removeLast", "removeAll", "sort", "reverse", "swapAt",
            ].contains(name)
    }

    /// Whether an expression is a variable, or an element or a member of one: something that can be changed in place.
    func isVariable(_ expression: Expression, in scope: Scope) -> Bool {
        switch expression.kind {
        case .name(let name): scope.lookUp(name) != nil
        case .element(let base, _), .member(let base, _): isVariable(base, in: scope)
        default: false
        }
    }

    /// Applies a mutating method of arrays to the variable that holds the array; other objects have methods of their own.
    func mutate(
        _ base: Expression, _ name: String, _ arguments: [Expression.CallArgument], in scope: Scope
    ) throws -> Value {
        let values = try arguments.map { try argument($0, in: scope) }
        var changes: [(argument: Int, value: Value)] = []
        let result = try modify(base, in: scope) { place -> Value in
            guard case .array(var list) = place else {
                guard library.isMutating(name, of: memberType(place)) else {
                    return try nested { try method(name, of: place, values, in: scope) }
                }
                let result = try library.callMethod(name, [Argument(self: place)] + values, self)
                for change in result.changes where change.argument == 0 { place = change.value }
                changes = result.changes
                return result.value
            }
            place = .void
            defer { place = .array(list) }
            switch (name, values.map(\.label)) {
            case ("append", [nil]):
                var value = try values[0].value.settled()
                // An integer literal becomes a Double among Doubles.
                if list.holdsDoubles, case .literal(let literal) = values[0].value {
                    value = .double(literal.double)
                }
                guard value.depth < Value.depthLimit else {
                    throw CellError(.failure("values are nested at most \(Value.depthLimit) deep"))
                }
                try checkSize((list.elements.count + 1) * MemoryLayout<Value>.stride)
                list.append(value)
                return .void
            case ("append", ["contentsOf"]):
                let more = try elements(values[0])
                try checkSize((list.elements.count + more.count) * MemoryLayout<Value>.stride)
                list.append(contentsOf: more)
                return .void
            case ("insert", [nil, "at"]):
                let i = try index(values[1])
                if i != list.elements.count { try checkIndex(i, list.elements.count, at: values[1].span) }
                let value = try values[0].value.settled()
                list.modify { $0.insert(value, at: i) }
                return .void
            case ("remove", ["at"]):
                let i = try index(values[0])
                try checkIndex(i, list.elements.count, at: values[0].span)
                return list.modify { $0.remove(at: i) }
            case ("removeFirst", []), ("removeLast", []):
                if list.elements.isEmpty { throw CellError(.failure("the array is empty")) }
                return list.modify { name == "removeFirst" ? $0.removeFirst() : $0.removeLast() }
            case ("removeAll", []):
                list.modify { $0 = [] }
                return .void
            case ("sort", []):
                let sorted = try self.sorted(list.elements)
                list.modify { $0 = sorted }
                return .void
            case ("reverse", []):
                list.modify { $0.reverse() }
                return .void
            case ("swapAt", [nil, nil]):
                let i = try index(values[0]), j = try index(values[1])
                try checkIndex(i, list.elements.count, at: values[0].span)
                try checkIndex(j, list.elements.count, at: values[1].span)
                list.modify { $0.swapAt(i, j) }
                return .void
            default:
                throw CellError(.wrongArguments(name, given: Library.describe(values), expected: []))
            }
        }
        for change in changes where change.argument > 0 {
            try write(change.value, to: values[change.argument - 1], in: scope)
        }
        return result
    }

    /// Puts a value where an argument `&x` stands for.
    func write(_ value: Value, to argument: Argument, in scope: Scope) throws {
        guard let place = argument.place else { return }
        try modify(place, in: scope) { $0 = value }
    }

    private func index(_ argument: Argument) throws -> Int {
        guard let i = Int(bridging: argument.value) else {
            throw CellError(.wrongType(expected: "Int", given: argument.value.typeName), at: argument.span)
        }
        return i
    }

    private func elements(_ argument: Argument) throws -> [Value] {
        guard let elements = Elements.bridge(argument.value, self) else {
            throw CellError(.wrongType(expected: "a sequence", given: argument.value.typeName), at: argument.span)
        }
        return elements.values
    }

    func sorted(_ elements: [Value]) throws -> [Value] {
        try elements.sorted { a, b in try bool(binary("<", a, b, at: Span(0, 0)), at: Span(0, 0)) }
    }
}
