import SwiftSyntax

/// How a type of the library is held by the notebook.
indirect enum Mapped {
    /// A type that the notebook bridges, as Swift writes it and as signatures show it.
    case plain(String, shown: String)
    /// `[(state: State, probability: Double)]` and other lists of tuples.
    case list(Mapped)
    case tuple([(label: String?, type: Mapped)])
    case optional(Mapped)
    /// `any Strategy`: whatever it is, the notebook holds it.
    case existential(String)
    case closure([Mapped], result: Mapped?, isThrowing: Bool)
    case void

    /// The type in Swift.
    var swift: String {
        switch self {
        case .plain(let swift, _): swift
        case .list(let element): "[\(element.swift)]"
        case .tuple(let elements):
            "(\(elements.map { ($0.label.map { "\($0): " } ?? "") + $0.type.swift }.joined(separator: ", ")))"
        case .optional(let wrapped): "\(wrapped.swift)?"
        case .existential(let name): "any \(name)"
        case .closure, .void: "Void"
        }
    }

    /// The type as signatures show it.
    var shown: String {
        switch self {
        case .plain(_, let shown): shown
        case .list(let element): "[\(element.shown)]"
        case .tuple(let elements):
            "(\(elements.map { ($0.label.map { "\($0): " } ?? "") + $0.type.shown }.joined(separator: ", ")))"
        case .optional(let wrapped): "\(wrapped.shown)?"
        case .closure(let parameters, let result, _):
            "(\(parameters.map(\.shown).joined(separator: ", "))) -> \(result?.shown ?? "Void")"
        case .existential(let name): name
        case .void: "Void"
        }
    }

    /// Whether the notebook can hand over such a value.
    var canBeTaken: Bool {
        switch self {
        case .plain, .closure: true
        case .list(let element), .optional(let element): element.canBeTaken && !element.isClosure
        case .tuple, .existential, .void: false
        }
    }

    var isTuple: Bool { if case .tuple = self { true } else { false } }
    var isClosure: Bool { if case .closure = self { true } else { false } }
}

/// Turns the types of declarations into what the notebook holds.
struct TypeMapping {
    let types: [String: TypeDeclaration]
    /// What the generic parameters stand for: `State` is `AnyState`.
    var substitutions: [String: String] = [:]
    /// The type that `Self` is, and whose nested types need no prefix.
    var owner: String?

    /// The protocols whose values are held erased.
    static let erasedProtocols = [
        "World": "AnyWorld", "FiniteWorld": "AnyFiniteWorld", "Policy": "AnyPolicy", "FinitePolicy": "AnyFinitePolicy",
        "Parameterized": "AnyParameterized",
    ]
    private static let simple: Set = ["Int", "Double", "Bool", "String", "Float"]

    /// What a generic parameter stands for, of what it has to conform to.
    func substitution(for constraint: String, scalar: String) -> String? {
        let name = String(constraint.prefix { $0 != "<" && $0 != " " })
        if name == "Scalar" || name == "BinaryFloatingPoint" { return scalar }
        if constraint.isEmpty || constraint == "Hashable & Sendable" { return "AnyState" }
        return erased(name, constraint)
    }

    private func erased(_ name: String, _ whole: String) -> String? {
        if name == "Policy", resolvedArgument(whole) == "Int" { return "AnyNumberedPolicy" }
        if name == "Parameterized", let element = resolvedArgument(whole), element != "Double" { return nil }
        return Self.erasedProtocols[name]
    }

    /// The one generic argument in `Policy<State>`, with what it stands for.
    private func resolvedArgument(_ type: String) -> String? {
        guard let open = type.firstIndex(of: "<") else { return nil }
        let argument = String(type[type.index(after: open)...].dropLast())
        return substitutions[argument] ?? argument
    }

    func map(_ type: TypeSyntax) -> Mapped? {
        switch type.as(TypeSyntaxEnum.self) {
        case .attributedType(let attributed): return map(attributed.baseType)
        case .arrayType(let array):
            guard let element = map(array.element) else { return nil }
            if case .plain(let swift, let shown) = element { return .plain("[\(swift)]", shown: "[\(shown)]") }
            return .list(element)
        case .optionalType(let optional):
            guard let wrapped = map(optional.wrappedType) else { return nil }
            if case .plain(let swift, let shown) = wrapped { return .plain("\(swift)?", shown: "\(shown)?") }
            return .optional(wrapped)
        case .tupleType(let tuple):
            if tuple.elements.isEmpty { return .void }
            if tuple.elements.count == 1 { return map(tuple.elements.first!.type) }
            let elements = tuple.elements.map { (label: $0.firstName?.text, type: map($0.type)) }
            if elements.contains(where: { $0.type == nil }) { return nil }
            return .tuple(elements.map { ($0.label, $0.type!) })
        case .functionType(let function):
            let parameters = function.parameters.map { map($0.type) }
            let result = map(function.returnClause.type)
            guard let result, !parameters.contains(where: { $0 == nil }) else { return nil }
            if case .void = result {
                return .closure(
                    parameters.map { $0! }, result: nil, isThrowing: function.effectSpecifiers?.throwsClause != nil)
            }
            guard result.canBeTaken, !result.isClosure else { return nil }
            return .closure(
                parameters.map { $0! }, result: result, isThrowing: function.effectSpecifiers?.throwsClause != nil)
        case .someOrAnyType(let some): return mapSome(some.constraint)
        case .identifierType(let identifier): return map(identifier)
        case .memberType(let member) where member.name.text == "State":
            // The states of a policy or a world that is a generic parameter.
            guard let base = substitutions[member.baseType.trimmedDescription] else { return nil }
            let state = ["AnyPolicy", "AnyWorld"].contains(base) ? "AnyState" : "Int"
            return .plain(state, shown: Self.shown(state))
        case .memberType(let member):
            return named("\(member.baseType.trimmedDescription.prefix { $0 != "<" }).\(member.name.text)", nil)
        default: return nil
        }
    }

    private func mapSome(_ constraint: TypeSyntax) -> Mapped? {
        let text = constraint.trimmedDescription
        let name = String(text.prefix { $0 != "<" })
        if ["Collection", "Sequence", "RandomAccessCollection"].contains(name), let element = resolvedArgument(text),
            Self.simple.contains(element)
        {
            return .plain("[\(element)]", shown: "[\(element)]")
        }
        if let erased = erased(name, text) { return .plain(erased, shown: Self.shown(erased)) }
        guard types[name]?.isProtocol == true else { return nil }
        let conforming = types.values.contains { $0.isHeld && $0.conformances.contains(name) }
        return conforming ? .existential(name) : nil
    }

    /// `AnyWorld` is shown as `World`.
    static func shown(_ swift: String) -> String {
        switch swift {
        case "AnyState": "State"
        case "AnyNumberedPolicy": "Policy<Int>"
        default: swift.hasPrefix("Any") ? String(swift.dropFirst(3)) : swift
        }
    }

    private func map(_ identifier: IdentifierTypeSyntax) -> Mapped? {
        let name = identifier.name.text
        let arguments = identifier.genericArgumentClause?.arguments.compactMap { argument -> String? in
            guard case .type(let type) = argument.argument else { return nil }
            return map(type)?.swift
        }
        if name == "Void" { return .void }
        if name == "Self", substitutions["Self"] == nil, let owner { return named(owner, nil) }
        if let substitution = substitutions[name] { return .plain(substitution, shown: Self.shown(substitution)) }
        if Self.simple.contains(name) { return .plain(name, shown: name) }
        if name == "Range" || name == "ClosedRange", let bound = arguments?.first {
            guard (name, bound) == ("Range", "Int") || (name, bound) == ("ClosedRange", "Double") else { return nil }
            return .plain("\(name)<\(bound)>", shown: "\(name)<\(bound)>")
        }
        return named(name, arguments)
    }

    /// A type of the library, as it is written or nested in the owner.
    private func named(_ name: String, _ arguments: [String]?) -> Mapped? {
        var candidates = [name]
        var outer = owner
        while let current = outer {
            candidates.append("\(current).\(name)")
            outer = current.contains(".") ? String(current[..<current.lastIndex(of: ".")!]) : nil
        }
        guard let found = candidates.reversed().first(where: { types[$0] != nil }), let type = types[found],
            type.isHeld
        else { return nil }
        return .plain(specialized(type, arguments), shown: found)
    }

    /// The type with its generic arguments, in place behind the type that has them: `Trajectory<AnyState>.Step`.
    func specialized(_ type: TypeDeclaration, _ arguments: [String]? = nil) -> String {
        let parts = type.name.split(separator: ".").map(String.init)
        var path = "", text = ""
        for (i, part) in parts.enumerated() {
            path += (i == 0 ? "" : ".") + part
            text += (i == 0 ? "" : ".") + part
            guard let own = types[path], !own.generics.isEmpty else { continue }
            let given =
                i == parts.count - 1 && arguments != nil
                ? arguments!
                : own.generics.map {
                    substitutions[$0.name] ?? substitution(for: $0.constraint, scalar: Self.scalar(of: path)) ?? "?"
                }
            text += "<\(given.joined(separator: ", "))>"
        }
        return text
    }

    /// Children are trained in `Float`; everything else is computed in `Double`.
    static func scalar(of type: String) -> String {
        ["Network", "TrainedNetwork"].contains(type) ? "Float" : "Double"
    }
}
