import TextDisplay

extension Evaluator {
    func argument(_ argument: Expression.CallArgument, in scope: Scope) throws -> Argument {
        Argument(
            label: argument.label, value: try evaluate(argument.value, in: scope), isTrailing: argument.isTrailing,
            span: argument.value.span, place: argument.isInout ? argument.value : nil)
    }

    func call(
        _ callee: Expression, _ arguments: [Expression.CallArgument], in scope: Scope, at span: Span
    ) throws -> Value {
        switch callee.kind {
        case .name(let name) where scope.lookUp(name) == nil && !library.isConstant(name):
            let values = try arguments.map { try argument($0, in: scope) }
            guard library.hasFunction(name) else {
                if library.isType(name) {
                    throw CellError(
                        .failure("a cell can't make a '\(name)' so: it has no initializer here"), at: callee.span)
                }
                let candidates = scope.names + library.names
                throw CellError(.unknown(name, nearest: nearest(to: name, among: candidates)), at: callee.span)
            }
            return try callLibrary(name, values, in: scope)
        case .member(let base, let name):
            if let type = typePath(base, in: scope) {
                let values = try arguments.map { try argument($0, in: scope) }
                let path = "\(type).\(name)"
                // `DataSet.Part(…)` and `Layer.dense(units:)`; `Trajectory.init(…)` is `Trajectory(…)`.
                if name != "init" && !library.hasFunction(path) {
                    // `StepWeights.rewardToGo(batch)` calls what the property is.
                    if let value = try library.staticMember(name, of: type, self) {
                        return try nested { try method("callAsFunction", of: value, values, in: scope) }
                    }
                    throw CellError(
                        .unknownMember(
                            name, type: type, nearest: nearest(to: name, among: library.memberNames(of: type))))
                }
                return try callLibrary(name == "init" ? type : path, values, in: scope)
            }
            // array.append(x) changes the variable that holds the array.
            if isMutating(name), isVariable(base, in: scope) { return try mutate(base, name, arguments, in: scope) }
            let object = try evaluate(base, in: scope)
            let values = try arguments.map { try argument($0, in: scope) }
            if case .implicitMember(var member) = object {
                member.steps.append(.init(name: name, arguments: values))
                return .implicitMember(member)
            }
            return try nested { try method(name, of: object, values, in: scope) }
        case .implicitMember(let name):
            let values = try arguments.map { try argument($0, in: scope) }
            if name != "init" && library.types(withStaticMember: name).isEmpty {
                throw CellError(.unknown("." + name, nearest: nil), at: callee.span)
            }
            return .implicitMember(Value.ImplicitMember(name: name, arguments: values))
        case .array(let elements) where elements.count == 1 && typeName(elements[0]) != nil:
            if arguments.isEmpty {
                var holdsDoubles = false
                if case .named("Double")? = typeName(elements[0]) { holdsDoubles = true }
                return .array(Value.List([], holdsDoubles: holdsDoubles))  // [Double]()
            }
            // [Double](repeating: 0, count: 3), where the 0 is a Double
            let values = try arguments.map { given in
                let value = try argument(given, in: scope)
                guard given.label == "repeating" else { return value }
                return Argument(
                    label: value.label, value: try converted(value.value, to: typeName(elements[0]), at: value.span),
                    isTrailing: value.isTrailing, span: value.span)
            }
            return try callLibrary("Array", values, in: scope)
        case .dictionary(let pairs) where pairs.count == 1 && arguments.isEmpty && typeName(pairs[0].key) != nil:
            return .dictionary(Value.Dictionary())  // [String: Double]()
        default:
            break
        }
        let value = try evaluate(callee, in: scope)
        let values = try arguments.map { try argument($0, in: scope) }
        if case .foreign(let foreign) = value, library.hasMethod("callAsFunction", of: foreign.typeName) {
            return try nested { try method("callAsFunction", of: value, values, in: scope) }
        }
        if case .type(let type) = value { return try callLibrary(type, values, in: scope) }
        guard case .function(let function) = value else {
            throw CellError(.wrongType(expected: "a function", given: value.typeName), at: callee.span)
        }
        return try function.call(values, self)
    }

    /// Calls a function of the library, and puts what it changed back where it stands.
    private func callLibrary(_ name: String, _ values: [Argument], in scope: Scope) throws -> Value {
        var changes: [(argument: Int, value: Value)] = []
        let value = try nested {
            let result = try library.call(name, values, self)
            changes = result.changes
            return result.value
        }
        for change in changes { try write(change.value, to: values[change.argument], in: scope) }
        return value
    }

    /// The type that an expression names, such as `Double` or `[Int]`; nil for one that names none.
    private func typeName(_ expression: Expression) -> TypeName? {
        switch expression.kind {
        case .name(let name):
            library.isType(name) || ["Int", "Double", "Bool", "String", "Any"].contains(name)
                ? (name == "Any" ? .other(name) : .named(name)) : nil
        case .array(let elements) where elements.count == 1: typeName(elements[0]).map { .array($0) }
        default: nil
        }
    }

    // MARK: Assignment

    func assign(_ target: Expression, _ name: String?, _ value: Expression, in scope: Scope) throws {
        let right = try evaluate(value, in: scope)
        try checkStop()
        if case .name("_") = target.kind { return }
        try modify(target, in: scope) { place in
            guard let name else {
                // An integer literal becomes a Double where the variable is one.
                if case .double = place, case .literal(let literal) = right {
                    place = .double(literal.double)
                } else if case .array(let old) = place, old.holdsDoubles, case .array = right {
                    place = try converted(right, to: .array(.named("Double")), at: value.span)
                } else if case .implicitMember(let member) = right,
                    let value = try library.resolve(member, in: place.typeName, self)
                {
                    place = value
                } else if case .member = target.kind, isOpenToType(right, in: place) {
                    // What `.name` or 2 means, the property that it is assigned to knows.
                    place = right
                } else if case .implicitMember(let member) = right {
                    throw CellError(.unknownMember(member.name, type: place.typeName, nearest: nil), at: value.span)
                } else {
                    place = try sameType(as: place, right.settled(), at: value.span)
                }
                return
            }
            // An array grows in place.
            if name == "+", case .array(var list) = place,
                case .array(let more) = try list.holdsDoubles
                    ? converted(right, to: .array(.named("Double")), at: value.span) : right.settled()
            {
                try checkSize((list.elements.count + more.elements.count) * MemoryLayout<Value>.stride)
                place = .void
                list.append(contentsOf: more.elements)
                place = .array(list)
                return
            }
            if let result = try library.assign(name + "=", place, right, self) {
                place = result
            } else {
                place = try binary(name, place, right, at: target.span).settled()
            }
        }
    }

    /// Whether only what a value is assigned to can say of which type it is.
    private func isOpenToType(_ value: Value, in place: Value) -> Bool {
        switch (value, place) {
        case (.implicitMember, _), (.literal, .none): true
        default: false
        }
    }

    /// Swift's variables keep their type.
    private func sameType(as old: Value, _ new: Value, at span: Span) throws -> Value {
        switch (old, new) {
        case (.double, .int(let int)):
            throw CellError(.wrongType(expected: "Double", given: "Int"), at: span).hint(int)
        case (.int, .double), (.int, .string), (.string, .int), (.string, .double), (.double, .string), (.bool, .int),
            (.bool, .double), (.int, .bool), (.double, .bool):
            throw CellError(.wrongType(expected: old.typeName, given: new.typeName), at: span)
        default: return new
        }
    }

    /// Changes what an expression stands for, in place.
    func modify<Result>(
        _ target: Expression, in scope: Scope, _ body: (inout Value) throws -> Result
    ) throws -> Result {
        switch target.kind {
        case .name(let name):
            do {
                if let result = try scope.modify(name, body) { return result }
            } catch let error as CellError { throw error.at(target.span) }
            if library.knows(name) { throw CellError(.constant(name), at: target.span) }
            throw CellError(.unknown(name, nearest: nearest(to: name, among: scope.names)), at: target.span)
        case .element(let base, let arguments):
            let places = try arguments.map { try argument($0, in: scope) }
            return try modify(base, in: scope) { container in
                try modifyElement(of: &container, places, at: target.span, body)
            }
        case .member(let base, let name):
            return try modify(base, in: scope) { object in
                if case .tuple(let tuple) = object, case var elements = tuple.elements,
                    let i = elements.firstIndex(where: { $0.label == name }) ?? Int(name), elements.indices ~= i
                {
                    defer { object = .tuple(Value.Tuple(elements)) }
                    return try body(&elements[i].value)
                }
                guard library.canSet(name, of: object),
                    var property = try library.property(name, of: object.typeName, object, self)
                else {
                    // A member that there is not is misspelt; one that there is stays as it is.
                    _ = try member(name, of: object)
                    throw CellError(.failure("'\(name)' of \(object.typeName) can't be set"), at: target.span)
                }
                let result = try body(&property)
                object = try library.set(name, of: object, to: property, self) ?? object
                return result
            }
        default: throw CellError(.failure("this can't be assigned to"), at: target.span)
        }
    }

    private func modifyElement<Result>(
        of container: inout Value, _ places: [Argument], at span: Span, _ body: (inout Value) throws -> Result
    ) throws -> Result {
        switch container {
        case .array(var list):
            guard places.count == 1, let i = Int(bridging: places[0].value) else {
                throw CellError(.wrongType(expected: "an index", given: Library.describe(places)), at: span)
            }
            try checkIndex(i, list.elements.count, at: span)
            container = .void
            defer { container = .array(list) }
            return try list.modify(at: i) { element in
                let result = try body(&element)
                if element.depth >= Value.depthLimit {
                    element = .void
                    throw CellError(.failure("values are nested at most \(Value.depthLimit) deep"), at: span)
                }
                return result
            }
        case .dictionary(var dictionary):
            let key = try key(places.first?.value ?? .void)
            let initial: Value = places.count == 2 ? try places[1].value.settled() : .none
            var value = dictionary[key] ?? initial
            let result = try body(&value)
            if value.depth >= Value.depthLimit {
                throw CellError(.failure("values are nested at most \(Value.depthLimit) deep"), at: span)
            }
            if case .none = value { dictionary[key] = nil } else { dictionary[key] = value }
            container = .dictionary(dictionary)
            return result
        default: throw CellError(.failure("the elements of \(container.typeName) can't be set"), at: span)
        }
    }

    func checkIndex(_ i: Int, _ count: Int, at span: Span?) throws {
        if !(0..<count ~= i) {
            throw CellError(.failure("index \(i) is out of range: there are \(count) elements, from 0"), at: span)
        }
    }

    func key(_ value: Value) throws -> Value.Dictionary.Key {
        switch try value.settled() {
        case .int(let int): return .int(int)
        case .string(let string): return .string(string)
        case .bool(let bool): return .bool(bool)
        default: throw CellError(.wrongType(expected: "Int, String or Bool as a key", given: value.typeName))
        }
    }

    // MARK: Elements

    func element(of base: Value, _ arguments: [Argument]) throws -> Value {
        switch base {
        case .array(let list):
            if arguments.count == 1, case .range(let range, _) = arguments[0].value {
                guard range.lowerBound >= 0, range.upperBound <= list.elements.count else {
                    throw CellError(
                        .failure("the range \(range) is out of range: there are \(list.elements.count) elements"))
                }
                return try self.list(Array(list.elements[range]))
            }
            guard arguments.count == 1, let i = Int(bridging: arguments[0].value) else {
                throw CellError(.wrongType(expected: "Int as an index", given: Library.describe(arguments)))
            }
            try checkIndex(i, list.elements.count, at: nil)
            return list.elements[i]
        case .dictionary(let dictionary):
            guard let first = arguments.first else { throw CellError(.failure("a key is missing")) }
            let found = dictionary[try key(first.value)]
            return found ?? (arguments.count == 2 ? arguments[1].value : .none)
        case .foreign(let foreign):
            guard library.hasMethod("subscript", of: foreign.typeName) else {
                throw CellError(.failure("\(base.typeName) has no elements"))
            }
            return try library.callMethod("subscript", [Argument(self: base)] + arguments, self).value
        default: throw CellError(.failure("\(base.typeName) has no elements"))
        }
    }

    /// The elements of a sequence, made as they are asked for; nil for a value that is none.
    func lazyElements(_ value: Value) throws -> AnySequence<Value>? {
        switch value {
        case .array:
            guard case .array(let list) = try value.settled() else { return nil }
            return AnySequence(list.elements)
        case .range(let range, _): return AnySequence(range.lazy.map { .int($0) })
        case .string(let string): return AnySequence(string.lazy.map { .string(String($0)) })
        case .dictionary(let dictionary):
            return AnySequence(
                dictionary.keys.lazy.map { key in
                    .tuple(
                        Value.Tuple([
                            Value.Element(label: "key", value: key.value),
                            Value.Element(label: "value", value: dictionary[key] ?? .none),
                        ]))
                })
        default: return nil
        }
    }
}

extension CellError {
    /// The same error: a whole number could have been written as a Double.
    func hint(_ int: Int) -> CellError {
        CellError(.wrongType(expected: "Double", given: "Int (write \(int).0 or Double(…))"), at: span)
    }
}

extension Argument {
    /// The object that a method is called on, as its first argument.
    init(self value: Value) { self.init(label: nil, value: value, span: Span(0, 0)) }
}
