import SwiftSyntax

/// Writes one binding.
struct BindingWriter {
    let declaration: Declaration
    let mapping: TypeMapping
    let types: [String: TypeDeclaration]
    /// Types with a property `problem` that judges their values.
    let judged: Set<String>

    private var owner: String? { declaration.owner }

    /// The owner as Swift writes it, and as the notebook calls it.
    private var ownerType: String {
        if let erased = mapping.substitutions["Self"] { return erased }
        return mapping.specialized(types[owner!]!)
    }

    private var hasObject: Bool {
        owner != nil && !declaration.isStatic && declaration.kind != .initializer
    }

    func write() -> Emitter.Result {
        // Parameters: those that the notebook can't give are left to their defaults.
        var parameters: [(parameter: Declaration.Parameter, type: Mapped, isInout: Bool)] = []
        for parameter in declaration.parameters {
            var type = parameter.type
            var isInout = false
            if let attributed = type.as(AttributedTypeSyntax.self) {
                isInout = attributed.specifiers.contains { $0.trimmedDescription == "inout" }
                type = attributed.baseType
            }
            guard let mapped = mapping.map(type), mapped.canBeTaken else {
                if parameter.initial != nil { continue }
                return .unreachable("it takes \(parameter.type.trimmedDescription), which no cell can give")
            }
            parameters.append((parameter, mapped, isInout))
        }
        var result = Mapped.void
        if let type = declaration.result {
            guard let mapped = mapping.map(type) else {
                return .unreachable("it gives \(type.trimmedDescription), which no cell can hold")
            }
            if mapped.isClosure { return .unreachable("it gives a function") }
            result = mapped
        } else if declaration.kind == .initializer || declaration.kind == .enumCase {
            result = .plain(ownerType, shown: owner!)
        } else if declaration.kind == .property {
            return .unreachable("its type is not written where it is declared")
        }

        var lines: [String] = []
        let first = hasObject ? 1 : 0
        let changesObject = declaration.isMutating || (declaration.isOperator && parameters.contains(where: \.isInout))
        if hasObject {
            lines.append("\(declaration.isMutating ? "var" : "let") object: \(ownerType) = try call.take(0)")
        }
        var arguments: [String] = []
        for (i, (parameter, type, isInout)) in parameters.enumerated() {
            let slot = i + first
            let name = Self.quoted(parameter.name)
            switch type {
            case .closure(let inputs, let output, let isThrowing):
                lines.append("let \(name): Callback = try call.take(\(slot))")
                guard let closure = closure(name, inputs, output, isThrowing) else {
                    return .unreachable("its closure gives what can't be made up where the notebook's fails")
                }
                arguments.append(label(parameter) + closure)
            default:
                let initial = parameter.initial.map { ", or: \(substituted($0))" } ?? ""
                lines.append(
                    "\(isInout ? "var" : "let") \(name): \(type.swift) = try call.take(\(slot)\(initial))")
                arguments.append(label(parameter) + (isInout ? "&" : "") + name)
            }
        }
        for rule in declaration.rules where !rule.contains("newValue") {
            lines.append("try demand(\(substituted(rule)))")
        }
        return .binding(
            finish(lines, call(arguments), result, parameters, changesObject: changesObject))
    }

    private func finish(
        _ lines: [String], _ call: String, _ result: Mapped,
        _ parameters: [(parameter: Declaration.Parameter, type: Mapped, isInout: Bool)], changesObject: Bool
    ) -> String {
        var lines = lines
        let first = hasObject ? 1 : 0
        let isJudged = declaration.kind == .initializer && judged.contains(owner!)
        let attempt = declaration.isThrowing || mayRethrow ? "try " : ""
        var changes: [String] = []
        if declaration.isMutating {
            if judged.contains(owner!) { changes.append("try demand(object.problem)") }
            changes.append("call.change(0, to: object)")
        }
        for (i, (parameter, _, isInout)) in parameters.enumerated() where isInout {
            changes.append("call.change(\(i + first), to: \(Self.quoted(parameter.name)))")
        }
        if case .void = result {
            lines.append(attempt + call)
            lines += changes
            lines.append("return .void")
        } else if changes.isEmpty && !isJudged && !result.isTuple {
            lines.append("return \(attempt)\(bridged(call, result))")
        } else {
            lines.append("let result: \(result.swift) = \(attempt)\(call)")
            if isJudged { lines.append("try demand(result.problem)") }
            lines += changes
            lines.append("return \(bridged("result", result))")
        }
        let shown = parameters.map { parameter, type, isInout in
            let name = declaration.isOperator ? "_" : parameter.label ?? "_"
            return "\(name): \(isInout ? "inout " : "")\(type.shown)"
                + (parameter.initial.map { " = \($0.unbroken)" } ?? "")
        }.joined(separator: ", ")
        var text = added(kind(changesObject: changesObject), shown, lines)
        if declaration.kind == .property && declaration.isSettable && !declaration.isStatic { text += setter(result) }
        return text
    }

    private func added(_ kind: String, _ shown: String, _ lines: [String]) -> String {
        let takesNone = ["property", "staticProperty", "constant"].contains(kind)
        let name = "\(base)\(takesNone ? "" : "(\(shown))")"
        let usesFrame = lines.contains { $0.contains("call.") }
        let body = lines.map { "        \($0)\n" }.joined()
        return "    library.add(.\(kind), \(name.literal)) { \(usesFrame ? "call" : "_") in\n\(body)    }\n"
    }

    /// The change of a property, as a binding of its own.
    private func setter(_ type: Mapped) -> String {
        guard type.canBeTaken else { return "" }
        var lines = [
            "var object: \(ownerType) = try call.take(0)", "let newValue: \(type.swift) = try call.take(1)",
        ]
        let own = declaration.setterRules
        for rule in own + declaration.rules.filter({ $0.contains("newValue") && !own.contains($0) }) {
            lines.append("try demand(\(substituted(rule)))")
        }
        lines.append("object.\(Self.quoted(declaration.name)) = newValue")
        if judged.contains(owner!) { lines.append("try demand(object.problem)") }
        lines.append("return object.bridged")
        return added("setter", "_: \(type.shown)", lines)
    }

    private func kind(changesObject: Bool) -> String {
        if declaration.isOperator { return declaration.isPrefix ? "prefix" : changesObject ? "assignment" : "infix" }
        switch declaration.kind {
        case .property: return owner == nil ? "constant" : declaration.isStatic ? "staticProperty" : "property"
        case .enumCase: return declaration.parameters.isEmpty ? "staticProperty" : "staticFunction"
        case .initializer: return "function"
        case .subscriptRead: return "method"
        case .function:
            if owner == nil { return "function" }
            return declaration.isStatic ? "staticFunction" : declaration.isMutating ? "mutating" : "method"
        }
    }

    /// What the binding is found under.
    private var base: String {
        if declaration.isOperator { return declaration.name }
        if declaration.kind == .initializer { return owner! }
        return (owner.map { $0 + "." } ?? "") + declaration.name
    }

    private func call(_ arguments: [String]) -> String {
        let list = arguments.joined(separator: ", ")
        let name = Self.quoted(declaration.name)
        if declaration.isOperator {
            // An operand that is changed is no argument but a place.
            let operands = arguments.map { $0.hasPrefix("&") ? String($0.dropFirst()) : $0 }
            return declaration.isPrefix
                ? "(\(declaration.name)\(operands[0]))"
                : "(\(operands[0]) \(declaration.name) \(operands[1]))".unparenthesized(
                    declaration.name.hasSuffix("="))
        }
        switch declaration.kind {
        case .initializer: return "\(ownerType)(\(list))"
        case .property:
            return owner == nil ? name : declaration.isStatic ? "\(ownerType).\(name)" : "object.\(name)"
        case .enumCase: return "\(ownerType).\(name)" + (arguments.isEmpty ? "" : "(\(list))")
        case .subscriptRead: return "object[\(list)]"
        case .function:
            let receiver = owner == nil ? "\(declaration.module)." : declaration.isStatic ? "\(ownerType)." : "object."
            return "\(receiver)\(name)(\(list))"
        }
    }

    private func label(_ parameter: Declaration.Parameter) -> String {
        if declaration.isOperator { return "" }
        return parameter.label.map { "\($0): " } ?? ""
    }

    /// A closure of the library's type that calls the notebook's function.
    private func closure(_ name: String, _ inputs: [Mapped], _ output: Mapped?, _ isThrowing: Bool) -> String? {
        let names = inputs.indices.map { "x\($0)" }
        let list = zip(names, inputs).map { "\($0): \($1.swift)" }.joined(separator: ", ")
        let given = zip(names, inputs).map { bridged($0, $1) }
        guard let output else { return nil }
        if isThrowing {
            let arguments = (given + ["returning: \(output.swift).self"]).joined(separator: ", ")
            return "{ (\(list)) in try \(name)(\(arguments)) }"
        }
        guard let fallback = Self.fallback(output.swift) else { return nil }
        return
            "{ (\(list)) -> \(output.swift) in \(name).noting(\((given + ["or: \(fallback)"]).joined(separator: ", "))) }"
    }

    private var mayRethrow: Bool {
        declaration.parameters.contains { parameter in
            if case .closure(_, _, isThrowing: true)? = mapping.map(parameter.type) { true } else { false }
        }
    }

    /// What goes in the place of a result that a closure did not give.
    private static func fallback(_ type: String) -> String? {
        switch type {
        case "Double", "Int", "Float": "0"
        case "Bool": "false"
        case "Tensor<Double>": "Tensor(0)"
        case let type where type.hasPrefix("["): "[]"
        case let type where type.hasSuffix("?"): "nil"
        default: nil
        }
    }

    /// The notebook's value of an expression.
    private func bridged(_ expression: String, _ type: Mapped) -> String {
        switch type {
        case .plain: "\(expression).bridged"
        case .list(let element): "Value.list(\(expression).map { \(bridged("$0", element)) })"
        case .optional(let wrapped): "(\(expression).map { \(bridged("$0", wrapped)) } ?? .none)"
        case .tuple(let elements):
            "Value.tuple(["
                + elements.enumerated().map { i, element in
                    "(\(element.label.map { "\"\($0)\"" } ?? "nil"), \(bridged("\(expression).\(i)", element.type)))"
                }.joined(separator: ", ") + "])"
        case .existential: "bridged(any: \(expression))"
        case .closure, .void: expression
        }
    }

    /// The text of a rule or a default, with the object for `self`, and types for `Self` and generic parameters.
    private func substituted(_ text: String) -> String {
        var words = mapping.substitutions.filter { $0.key != "Self" }
        words["self"] = "object"
        if owner != nil { words["Self"] = ownerType }
        var result = "", word = ""
        func flush() {
            result += words[word] ?? word
            word = ""
        }
        for character in text.unbroken {
            if character.isLetter || character.isNumber || character == "_" {
                word.append(character)
            } else {
                flush()
                result.append(character)
            }
        }
        flush()
        return result
    }

    private static func quoted(_ name: String) -> String {
        ["return", "in", "default", "for", "where", "is", "as", "repeat"].contains(name) ? "`\(name)`" : name
    }
}

extension String {
    /// The text on one line.
    var unbroken: String {
        split(separator: "\n").map { $0.drop { $0 == " " } }.joined(separator: " ")
    }

    fileprivate var literal: String {
        let escaped = replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return "\"\(escaped)\""
    }

    fileprivate func unparenthesized(_ really: Bool) -> String { really ? String(dropFirst().dropLast()) : self }
}
