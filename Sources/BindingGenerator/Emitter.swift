import SwiftSyntax

/// Writes the binding of a declaration, or says why there is none.
struct Emitter {
    let types: [String: TypeDeclaration]
    /// The members of each erased protocol, by the names that witnesses share with requirements.
    let protocolMembers: [String: Set<String>]
    /// Those that are required.
    let requirements: [String: Set<String>]
    /// Types with a property `problem` that judges their values.
    let judged: Set<String>

    /// The Swift text that adds the binding; or the reason why there is none.
    enum Result {
        case binding(String)
        case unreachable(String)
        /// Another binding reaches it: that of the requirement that it fulfils.
        case covered
    }

    /// - Parameters:
    ///   - model: the type to bind a member of the protocol `Parameterized` for.
    ///   - chosen: the scalar, where it is not the usual one.
    func emit(_ declaration: Declaration, ofModel model: String? = nil, scalar chosen: String? = nil) -> Result {
        var declaration = declaration
        if let model { declaration.owner = model }
        if let owner = declaration.owner {
            guard let type = types[owner], !type.module.isEmpty else {
                return .unreachable("it extends \(owner), which is Swift's own")
            }
            if type.isProtocol && TypeMapping.erasedProtocols[owner] == nil {
                let conforming = types.values.contains { $0.isHeld && $0.conformances.contains(owner) }
                return conforming ? .covered : .unreachable("no type that a cell holds conforms to \(owner)")
            }
            // A requirement's binding also reaches what a protocol does where a type says nothing of its own.
            if type.isProtocol, !declaration.isRequirement,
                ([owner] + erasedProtocols(of: owner)).contains(where: {
                    requirements[$0]?.contains(declaration.requirementName) == true
                })
            {
                return .covered
            }
            if declaration.kind != .initializer, !type.isProtocol,
                erasedProtocols(of: owner).contains(where: {
                    protocolMembers[$0]?.contains(declaration.requirementName) == true
                })
            {
                return .covered
            }
            if type.conformances.contains("Error") {
                return .unreachable("\(owner) is an error, which is told and not held")
            }
            if !type.isProtocol, !type.isHeld {
                return .unreachable("\(owner) has no description for people, so that no cell holds one")
            }
        }
        var mapping = TypeMapping(types: types)
        mapping.owner = declaration.owner
        // What the generic parameters stand for.
        let usesNetwork = declaration.parameters.contains { $0.type.trimmedDescription.contains("Network<") }
        let ownerScalar = declaration.owner.map { TypeMapping.scalar(of: String($0.prefix { $0 != "." })) }
        let scalar = chosen ?? (usesNetwork ? "Float" : ownerScalar ?? "Double")
        var outer = ""
        for part in (declaration.owner ?? "").split(separator: ".") {
            outer += (outer.isEmpty ? "" : ".") + part
            for generic in types[outer]?.generics ?? [] {
                mapping.substitutions[generic.name] =
                    declaration.constraints[generic.name]
                    ?? mapping.substitution(for: generic.constraint, scalar: scalar)
            }
        }
        if let owner = declaration.owner, types[owner]?.isProtocol == true {
            mapping.substitutions["State"] = owner.hasPrefix("Finite") ? "Int" : "AnyState"
            mapping.substitutions["Element"] = "Double"
            mapping.substitutions["Self"] = TypeMapping.erasedProtocols[owner]
        }
        if model != nil { mapping.substitutions["Element"] = scalar }
        for (name, constraint) in declaration.generics.sorted(by: { $0.key < $1.key }) {
            // What is said of no type parameter is said of a network's scalar.
            let known = usesNetwork && constraint.isEmpty ? "Float" : nil
            guard let type = known ?? mapping.substitution(for: constraint, scalar: scalar) else {
                return .unreachable("the notebook has no erased \(constraint)")
            }
            mapping.substitutions[name] = type
        }
        return BindingWriter(declaration: declaration, mapping: mapping, types: types, judged: judged).write()
    }

    private func erasedProtocols(of type: String) -> [String] {
        var all: [String] = []
        var rest = Array(types[type]?.conformances ?? [])
        while let next = rest.popLast() {
            if TypeMapping.erasedProtocols[next] != nil { all.append(next) }
            rest += types[next]?.conformances ?? []
        }
        // A network is trained in Float and not held as a policy is.
        return TypeMapping.scalar(of: type) == "Float" ? [] : all
    }
}
