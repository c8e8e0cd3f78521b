import SwiftSyntax

/// What names stand for at one place of the library: inside a type, with a declaration's own names.
///
/// It says less rather than something false: a member of a value whose type the text does not tell is only known where one
/// type of the library alone has such a member, and Swift's own types have none.
struct NameScope {
    let index: NameIndex
    let file: Int
    let module: String
    /// The type around the place.
    let owner: [String]
    let locals: LocalNames

    /// The arguments of a call, as far as they say which of several functions is meant.
    struct Call {
        /// The labels in order, `_` for none.
        var labels: [String]
        /// How many closures stand behind the parentheses.
        var trailing = 0
        /// Whether the labels are a part of the name, as in `map(f(_:to:))`.
        var isName = false
        var first: ExprSyntax?
    }

    /// What is known of the type of an expression.
    enum Guess {
        /// A type of the library.
        case library(String)
        /// A type that is not the library's, by its name if it has one.
        case foreign(String?)
        case unknown
        /// The type that the context asks for, before a dot that nothing stands before.
        case context
    }

    // MARK: What a name stands for

    /// A name that stands alone: the nearest that it can mean, from inside to outside.
    func places(of base: String, _ call: Call?, depth: Int = 0) -> [NameIndex.Place] {
        let hasLabels = call?.labels.contains { $0 != "_" } ?? false
        // `let score = score(of: a)`: what is called with labels is no variable.
        if locals.names.contains(base), !hasLabels || locals.functions.contains(base) { return [] }
        if locals.generics[base] != nil || index.generics(of: owner).contains(base) { return [] }
        for depth in stride(from: owner.count, to: 0, by: -1) {
            let type = owner.prefix(depth).joined(separator: ".")
            let isForeign = !index.isType(type)
            // What another's type has of its own is not what a protocol of the library asks it for.
            let all = isForeign ? index.declarations(of: base, in: type) : index.members(base, of: type)
            let found = fitting(all, call)
            if !found.isEmpty { return found }
            if isForeign, SwiftNames.members.contains(base) { return [] }
        }
        let found = fitting(index.declarations(of: base, in: ""), call)
        guard SwiftNames.functions.contains(base), !found.contains(where: \.name.kind.isType) else { return found }
        // `exp` is the library's where its argument is.
        guard let first = call?.first, case .library = guess(first, depth: depth + 1) else { return [] }
        return found
    }

    /// A member of something.
    func places(of member: String, in base: Guess, _ call: Call?) -> [NameIndex.Place] {
        switch base {
        case .library(let type): return fitting(index.members(member, of: type), call)
        case .foreign(let type): return fitting(type.map { index.declarations(of: member, in: $0) } ?? [], call)
        case .unknown, .context:
            if SwiftNames.members.contains(member) { return [] }
            var isStatic = false
            if case .context = base { isStatic = true }
            if !isStatic, call == nil, index.tupleLabels.contains(member) { return [] }
            let found = fitting(index.declarations(of: member), call).filter {
                !$0.name.owner.isEmpty && $0.name.isStatic == isStatic
            }
            let owners = Set(found.map { $0.name.owner.joined(separator: ".") })
            // What a protocol asks for, its types have each for themselves: then the protocol's is meant.
            let roots = owners.filter { root in
                owners.allSatisfy { $0 == root || index.ancestors(of: $0).contains(root) }
            }
            return found.filter { roots.contains($0.name.owner.joined(separator: ".")) }
        }
    }

    /// An operator that Swift has none of.
    func places(ofOperator name: String) -> [NameIndex.Place] {
        SwiftNames.operators.contains(name) ? [] : visible(index.declarations(of: name))
    }

    /// A type by the name that is written.
    func type(_ written: String) -> [NameIndex.Place] {
        let first = String(written.prefix { $0 != "." })
        if locals.generics[first] != nil || index.generics(of: owner).contains(first) { return [] }
        if locals.names.contains(first) { return [] }
        guard let path = index.type(written, in: owner) else { return [] }
        let names = path.split(separator: ".").map(String.init)
        return visible(index.declarations(of: names.last!, in: names.dropLast().joined(separator: ".")))
            .filter { $0.name.kind.isType || $0.name.kind == .typealias }
    }

    /// What is written for a declaration, so that it is found: with labels where others are called the same.
    func text(for places: [NameIndex.Place], _ call: Call?) -> String? {
        guard let first = places.first, first.name.kind != .associatedtype else { return nil }
        let asMany = places.filter { $0.name.labels?.count == call.map { $0.labels.count + $0.trailing } }
        let meant = Set((asMany.isEmpty ? places : asMany).map(\.name.fullName))
        let all = index.declarations(of: first.name.base, in: first.name.owner.joined(separator: "."))
        let isAlone = Set(all.map(\.name.fullName)).count == 1
        return isAlone || meant.count > 1 ? first.name.qualifiedName : meant.first
    }

    // MARK: Types of expressions

    func guess(_ expression: ExprSyntax, depth: Int = 0) -> Guess {
        if depth > 8 { return .unknown }
        func inner(_ expression: ExprSyntax) -> Guess { guess(expression, depth: depth + 1) }
        switch expression.as(ExprSyntaxEnum.self) {
        case .declReferenceExpr(let node): return guess(node, depth)
        case .memberAccessExpr(let node):
            guard let base = node.base else { return .unknown }
            let object = inner(base), name = Self.bare(node.declName.baseName)
            if name == "self" { return object }
            if case .library(let type) = object, index.isType(type + "." + name) { return .library(type + "." + name) }
            return result(of: places(of: name, in: object, Self.call(Syntax(node))), of: object)
        case .functionCallExpr(let node):
            // A function is guessed by its result, a type by itself: both are what the call gives.
            return inner(node.calledExpression)
        case .genericSpecializationExpr(let node): return inner(node.expression)
        case .forceUnwrapExpr(let node): return inner(node.expression)
        case .optionalChainingExpr(let node): return inner(node.expression)
        case .tryExpr(let node): return inner(node.expression)
        case .awaitExpr(let node): return inner(node.expression)
        case .inOutExpr(let node): return inner(node.expression)
        case .tupleExpr(let node):
            return node.elements.count == 1 ? inner(node.elements.first!.expression) : .foreign(nil)
        case .arrayExpr: return .foreign("Array")
        case .dictionaryExpr: return .foreign("Dictionary")
        case .stringLiteralExpr: return .foreign("String")
        case .integerLiteralExpr: return .foreign("Int")
        case .floatLiteralExpr: return .foreign("Double")
        case .booleanLiteralExpr: return .foreign("Bool")
        case .closureExpr: return .foreign(nil)
        default: return .unknown
        }
    }

    private func guess(_ node: DeclReferenceExprSyntax, _ depth: Int) -> Guess {
        let name = Self.bare(node.baseName)
        if name == "self" || name == "Self" { return owner.isEmpty ? .unknown : guess(owner.joined(separator: ".")) }
        if locals.generics[name] != nil || index.generics(of: owner).contains(name) { return .unknown }
        let call = Self.call(Syntax(node))
        if let source = locals.sources[name], call?.labels.contains(where: { $0 != "_" }) != true {
            switch source {
            case .type(let type): return guess(type)
            case .value(let value): return guess(value, depth: depth + 1)
            case .unknown: return .unknown
            }
        }
        if let type = type(name).first { return .library(type.name.qualifiedName) }
        let found = places(of: name, call, depth: depth)
        if found.isEmpty { return name.first?.isUppercase == true ? .foreign(name) : .unknown }
        return result(of: found, of: .unknown)
    }

    /// The type that declarations are written with, if it is one.
    private func result(of places: [NameIndex.Place], of object: Guess) -> Guess {
        guard let first = places.first, let written = first.typeName, places.allSatisfy({ $0.typeName == written })
        else { return .unknown }
        if first.name.kind.isType { return .library(first.name.qualifiedName) }
        if written == "Self" { return object }
        if index.generics(of: first.name.owner).contains(written) { return .unknown }
        return index.type(written, in: first.name.owner).map(Guess.library) ?? .foreign(written)
    }

    func guess(_ type: TypeSyntax) -> Guess {
        switch type.as(TypeSyntaxEnum.self) {
        case .identifierType(let node):
            if let constraint = locals.generics[node.name.text] { return constraint.map { guess($0) } ?? .unknown }
            return guess(Self.bare(node.name))
        case .memberType: return guess(Self.path(type))
        case .optionalType(let node): return guess(node.wrappedType)
        case .implicitlyUnwrappedOptionalType(let node): return guess(node.wrappedType)
        case .someOrAnyType(let node): return guess(node.constraint)
        case .attributedType(let node): return guess(node.baseType)
        case .arrayType: return .foreign("Array")
        case .dictionaryType: return .foreign("Dictionary")
        case .tupleType(let node):
            return node.elements.count == 1 ? guess(node.elements.first!.type) : .foreign(nil)
        default: return .foreign(nil)
        }
    }

    private func guess(_ written: String) -> Guess {
        if written == "Self" { return guess(owner.joined(separator: ".")) }
        let first = String(written.prefix { $0 != "." })
        if index.generics(of: owner).contains(first) || locals.generics[first] != nil { return .unknown }
        if owner.joined(separator: ".") == written, index.isType(written) { return .library(written) }
        if let type = type(written).first { return .library(type.name.qualifiedName) }
        return .foreign(written)
    }

    // MARK: Helpers

    /// A name without the backticks that keywords need.
    static func bare(_ token: TokenSyntax) -> String { token.text.filter { $0 != "`" } }

    /// `Outer.Inner`
    static func path(_ type: TypeSyntax) -> String {
        if let member = type.as(MemberTypeSyntax.self) { return path(member.baseType) + "." + bare(member.name) }
        return type.as(IdentifierTypeSyntax.self).map { bare($0.name) } ?? type.trimmedDescription
    }

    /// The arguments that an expression is called with; nil where it is not called.
    static func call(_ node: Syntax) -> Call? {
        if let names = (node.as(DeclReferenceExprSyntax.self) ?? node.as(MemberAccessExprSyntax.self)?.declName)?
            .argumentNames
        {
            return Call(labels: names.arguments.map { bare($0.name) }, isName: true)
        }
        guard let parent = node.parent else { return nil }
        if parent.is(GenericSpecializationExprSyntax.self) || parent.is(OptionalChainingExprSyntax.self) {
            return call(parent)
        }
        guard let called = parent.as(FunctionCallExprSyntax.self), Syntax(called.calledExpression) == node else {
            return nil
        }
        return Call(
            labels: called.arguments.map { $0.label.map(bare) ?? "_" },
            trailing: (called.trailingClosure == nil ? 0 : 1) + called.additionalTrailingClosures.count,
            first: called.arguments.first?.expression)
    }

    private func visible(_ places: [NameIndex.Place]) -> [NameIndex.Place] {
        places.filter { index.isVisible($0, from: file, in: module) }
    }

    private func fitting(_ places: [NameIndex.Place], _ call: Call?) -> [NameIndex.Place] {
        visible(places).filter { Self.fits($0.name, call) }
    }

    /// Whether a declaration can be called so; what is not called may be anything.
    private static func fits(_ name: DeclaredName, _ call: Call?) -> Bool {
        guard let call, !name.kind.isType, name.kind != .typealias else { return name.kind != .`init` }
        if call.isName { return name.labels == call.labels }
        return name.takes(call.labels, closures: call.trailing) ?? call.labels.allSatisfy { $0 == "_" }
    }
}
