import SwiftSyntax

/// A public declaration of the library, with what a binding needs to know of it.
struct Declaration {
    enum Kind {
        case function, initializer, property, subscriptRead, enumCase
    }

    /// A parameter as it is written.
    struct Parameter {
        let label: String?
        let name: String
        let type: TypeSyntax
        let initial: String?
    }

    let kind: Kind
    /// `logProbability`, `+`, `init`
    let name: String
    /// The module that it stands in.
    let module: String
    /// The type or protocol that it belongs to: `Trajectory.Step`; nil for a global one.
    var owner: String?
    /// What a `where` of the extension says of the owner's generic parameters: `State` is `Int`.
    var constraints: [String: String] = [:]
    var parameters: [Parameter] = []
    /// Nil where nothing is returned.
    var result: TypeSyntax?
    /// The generic parameters with what they conform to: `P` is `Policy`.
    var generics: [String: String] = [:]
    var isStatic = false
    var isMutating = false
    /// Whether the call needs `try`.
    var isThrowing = false
    var isSettable = false
    /// Whether it stands in a protocol's own body.
    var isRequirement = false
    /// Whether it is an operator, and `prefix` or not.
    var isOperator = false
    var isPrefix = false
    /// The rules of its arguments: what its first statements, or the comment of a requirement, `require`.
    var rules: [String] = []
    /// Those of a new value.
    var setterRules: [String] = []

    /// `Policy.logProbability(of:)`
    var fullName: String {
        let labels = parameters.map { ($0.label ?? "_") + ":" }.joined()
        let own =
            switch kind {
            case .property: name
            case .enumCase: parameters.isEmpty ? name : "\(name)(\(labels))"
            case .initializer: "\(owner!)(\(labels))"
            case .function, .subscriptRead: "\(name)(\(labels))"
            }
        return kind == .initializer ? own : (owner.map { $0 + "." } ?? "") + own
    }

    /// What a requirement of a protocol and its witness have in common.
    var requirementName: String {
        name + (kind == .property ? "" : "(\(parameters.map { ($0.label ?? "_") + ":" }.joined()))")
    }
}

/// A public type or protocol of the library.
struct TypeDeclaration {
    let name: String
    let module: String
    let isProtocol: Bool
    var generics: [(name: String, constraint: String)] = []
    /// Everything that it or an extension of it conforms to.
    var conformances: Set<String> = []

    /// Whether a cell can hold its values: they have a description for people.
    var isHeld: Bool {
        !module.isEmpty && !isProtocol && conformances.contains("CustomStringConvertible")
            && !conformances.contains("Error")
    }
}
