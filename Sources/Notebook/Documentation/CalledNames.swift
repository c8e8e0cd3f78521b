import SwiftSyntax

/// The library's own declarations that the source of another mentions: where to read on.
struct CalledNames {
    let index: NameIndex
    let file: Int
    let module: String

    init(in index: NameIndex, file: Int, module: String) {
        self.index = index
        self.file = file
        self.module = module
    }

    /// Where there are more than these, only functions and types are named: what a value holds leads nowhere.
    private static let comfortableCount = 24

    /// A name that is mentioned, and whether it is of something that only holds a value.
    private struct Mention {
        let text: String
        let isStored: Bool
    }

    /// The names in order of appearance, each once; a type's own members stand on its page, and are left out.
    func names(in declaration: Declaration) -> [String] {
        var mentions: [Mention] = []
        var shown: Set = [declaration.name.fullName]
        if declaration.name.kind.isType {
            let collector = DeclarationCollector(nil)
            collector.walk(declaration.node)
            for member in collector.declarations {
                var name = member.name
                name.owner = declaration.name.owner + name.owner
                shown.formUnion([name.fullName, name.qualifiedName])
                mentions += self.mentions(in: member.node, of: name)
            }
        } else {
            mentions = self.mentions(in: declaration.node, of: declaration.name)
            // What calls itself does not lead on.
            let name = declaration.name, owner = name.owner.joined(separator: ".")
            let namesakes = index.declarations(of: name.base, in: owner)
            if namesakes.allSatisfy({ $0.name.fullName == name.fullName }) { shown.insert(name.qualifiedName) }
        }
        var seen = shown
        let names = mentions.filter { seen.insert($0.text).inserted }
        return names.filter { names.count <= Self.comfortableCount || !$0.isStored }.map(\.text)
    }

    /// What one declaration mentions; of a type what stands before its members.
    private func mentions(in node: Syntax, of name: DeclaredName) -> [Mention] {
        let owner = name.kind.isType ? name.path : name.owner
        let root = name.kind.isType ? node.asProtocol((any DeclGroupSyntax).self).map { Self.header($0) } ?? [] : [node]
        let scope = NameScope(
            index: index, file: file, module: module, owner: owner,
            locals: LocalNames(in: name.kind.isType ? nil : node))
        let visitor = Visitor(scope)
        for part in root { visitor.walk(part) }
        return visitor.mentions
    }

    private static func header(_ node: any DeclGroupSyntax) -> [Syntax] {
        [node.inheritanceClause.map(Syntax.init), node.genericWhereClause.map(Syntax.init)].compactMap(\.self)
    }

    private final class Visitor: SyntaxVisitor {
        private(set) var mentions: [Mention] = []
        private let scope: NameScope

        init(_ scope: NameScope) {
            self.scope = scope
            super.init(viewMode: .sourceAccurate)
        }

        private func add(_ places: [NameIndex.Place], _ call: NameScope.Call? = nil) {
            guard let first = places.first, let text = scope.text(for: places, call) else { return }
            mentions.append(Mention(text: text, isStored: [.let, .var, .case].contains(first.name.kind)))
        }

        /// What is for the compiler alone.
        override func visit(_ node: AttributeSyntax) -> SyntaxVisitorContinueKind { .skipChildren }

        // MARK: Types

        override func visit(_ node: IdentifierTypeSyntax) -> SyntaxVisitorContinueKind {
            add(scope.type(NameScope.bare(node.name)))
            return .visitChildren
        }

        override func visit(_ node: MemberTypeSyntax) -> SyntaxVisitorContinueKind {
            let found = scope.type(NameScope.path(TypeSyntax(node)))
            add(found)
            return found.isEmpty ? .visitChildren : .skipChildren
        }

        // MARK: Expressions

        override func visit(_ node: DeclReferenceExprSyntax) -> SyntaxVisitorContinueKind {
            let name = NameScope.bare(node.baseName)
            if let access = node.parent?.as(MemberAccessExprSyntax.self), access.declName == node {
                return .skipChildren
            }
            if node.parent?.is(KeyPathPropertyComponentSyntax.self) == true {
                add(scope.places(of: name, in: root(ofComponent: node), nil))
                return .skipChildren
            }
            guard case .identifier = node.baseName.tokenKind else { return .skipChildren }
            let call = NameScope.call(Syntax(node))
            add(scope.places(of: name, call), call)
            return .skipChildren
        }

        override func visit(_ node: MemberAccessExprSyntax) -> SyntaxVisitorContinueKind {
            // `Type.member` is one name, unless the member is Swift's own.
            if let base = node.base, isTypePath(base), !member(node).isEmpty {
                addMember(node)
                return .skipChildren
            }
            return .visitChildren
        }

        override func visitPost(_ node: MemberAccessExprSyntax) {
            if let base = node.base, isTypePath(base) { return }
            addMember(node)
        }

        private func addMember(_ node: MemberAccessExprSyntax) { add(member(node), NameScope.call(Syntax(node))) }

        private func member(_ node: MemberAccessExprSyntax) -> [NameIndex.Place] {
            let name = NameScope.bare(node.declName.baseName)
            if name == "init" || name == "self" { return [] }
            return scope.places(
                of: name, in: node.base.map { scope.guess($0) } ?? .context, NameScope.call(Syntax(node)))
        }

        /// Whether an expression is the name of a type of the library.
        private func isTypePath(_ expression: ExprSyntax) -> Bool {
            if let generic = expression.as(GenericSpecializationExprSyntax.self) {
                return isTypePath(generic.expression)
            }
            if let name = expression.as(DeclReferenceExprSyntax.self) {
                return !scope.type(NameScope.bare(name.baseName)).isEmpty
            }
            guard let access = expression.as(MemberAccessExprSyntax.self), let base = access.base, isTypePath(base),
                case .library(let type) = scope.guess(base)
            else { return false }
            return scope.index.isType(type + "." + NameScope.bare(access.declName.baseName))
        }

        /// The type that the first part of a key path is looked up in.
        private func root(ofComponent node: DeclReferenceExprSyntax) -> NameScope.Guess {
            guard let component = node.parent?.parent?.as(KeyPathComponentSyntax.self),
                let path = component.parent?.parent?.as(KeyPathExprSyntax.self), path.components.first == component,
                let root = path.root
            else { return .unknown }
            return scope.guess(root)
        }

        override func visit(_ node: BinaryOperatorExprSyntax) -> SyntaxVisitorContinueKind {
            add(scope.places(ofOperator: node.operator.text))
            return .skipChildren
        }

        override func visit(_ node: PrefixOperatorExprSyntax) -> SyntaxVisitorContinueKind {
            add(scope.places(ofOperator: node.operator.text))
            return .visitChildren
        }

        override func visit(_ node: PostfixOperatorExprSyntax) -> SyntaxVisitorContinueKind {
            add(scope.places(ofOperator: node.operator.text))
            return .visitChildren
        }
    }
}
