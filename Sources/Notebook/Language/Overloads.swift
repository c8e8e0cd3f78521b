/// One of the functions that cells declared under one name.
final class Overload: Sendable {
    let declaration: FunctionDeclaration
    let function: Value.Function

    init(_ declaration: FunctionDeclaration, _ function: Value.Function) {
        self.declaration = declaration
        self.function = function
    }
}

extension Scope {
    /// Declares a function beside those of its name that take other parameters, as Swift does; one that takes the same
    /// replaces the one before.
    func declare(_ declaration: FunctionDeclaration, _ function: Value.Function) {
        let overloads =
            overloads(of: declaration.name).filter { $0.declaration.signature != declaration.signature }
            + [Overload(declaration, function)]
        var names: [String] = []
        for name in overloads.map(\.declaration.fullName) where !names.contains(name) { names.append(name) }
        let chosen =
            overloads.count == 1
            ? function
            : Value.Function(name: names.joined(separator: ", ")) { arguments, evaluator in
                try evaluator.choose(from: overloads, arguments).call(arguments, evaluator)
            }
        declare(declaration.name, .function(chosen), isVariable: false, overloads: overloads)
    }
}

extension Evaluator {
    /// The function whose parameters fit the arguments best; of several that fit as well, the one declared last.
    fileprivate func choose(from overloads: [Overload], _ arguments: [Argument]) throws -> Value.Function {
        var best: (score: Int, function: Value.Function)?
        for overload in overloads {
            guard let score = fit(overload.declaration, arguments), score >= best?.score ?? 0 else { continue }
            best = (score, overload.function)
        }
        guard let best else {
            throw CellError(
                .wrongArguments(
                    overloads[0].declaration.name, given: Library.describe(arguments),
                    expected: overloads.map(\.declaration.signature)))
        }
        return best.function
    }

    /// How well arguments fit a function's parameters: 2 for each of exactly the type, 1 for each that becomes it; nil where
    /// they do not.
    private func fit(_ declaration: FunctionDeclaration, _ arguments: [Argument]) -> Int? {
        var rest = arguments[...]
        var score = 0
        for parameter in declaration.parameters {
            if let argument = rest.first, argument.isTrailing || argument.label == parameter.label {
                guard let one = fit(argument.value, parameter.type) else { return nil }
                score += one
                rest.removeFirst()
            } else if parameter.initial == nil {
                return nil
            }
        }
        return rest.isEmpty ? score : nil
    }

    private func fit(_ value: Value, _ type: TypeName?) -> Int? {
        switch (type, value) {
        case (nil, _), (.other, _): return 1
        case (.named("Int"), .int), (.named("Int"), .literal), (.named("Double"), .double), (.named("Float"), .double),
            (.named("Bool"), .bool), (.named("String"), .string):
            return 2
        case (.named("Double"), .literal), (.named("Float"), .literal): return 1
        case (.named("Int"), _), (.named("Double"), _), (.named("Float"), _), (.named("Bool"), _),
            (.named("String"), _):
            return nil
        case (.named(let name), .foreign(let foreign)):
            return name == foreign.typeName ? 2 : library.isType(name) ? nil : 1
        case (.named, _): return 1
        case (.optional, .none): return 1
        case (.optional(let wrapped), _): return fit(value, wrapped).map { min($0, 1) }
        case (.array(let element), .array(let list)):
            var least = 2
            for value in list.elements.prefix(1000) {
                guard let one = fit(value, element) else { return nil }
                least = min(least, one)
            }
            return least
        case (.tuple(let types), .tuple(let tuple)) where types.count == tuple.elements.count:
            var least = 2
            for (type, element) in zip(types, tuple.elements) {
                guard let one = fit(element.value, type) else { return nil }
                least = min(least, one)
            }
            return least
        case (.array, _), (.tuple, _): return nil
        }
    }
}

extension FunctionDeclaration {
    /// `f(_: Int, to: [Double])`: two functions of one signature are one.
    var signature: String {
        let list = parameters.map { "\($0.label ?? "_"): \($0.type?.description ?? "Any")" }
        return "\(name)(\(list.joined(separator: ", ")))"
    }
}

extension TypeName: CustomStringConvertible {
    var description: String {
        switch self {
        case .named(let name), .other(let name): name
        case .array(let element): "[\(element)]"
        case .optional(let wrapped): "\(wrapped)?"
        case .tuple(let types): "(\(types.map(\.description).joined(separator: ", ")))"
        }
    }
}
