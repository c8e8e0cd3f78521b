import SwiftParser
import SwiftSyntax

/// A declaration in a file, with its place in the parser's tree.
struct Declaration: Sendable {
    let name: DeclaredName
    /// The whole of it. A case of an enumeration that declares several names in one line has the line.
    let node: Syntax
    /// What its signature ends before: its body, its value or its members.
    let body: Syntax?
    let line: Int

    /// The declarations of a source, in order.
    static func all(in source: [UInt8]) -> [Declaration] {
        let tree = source.withUnsafeBufferPointer { Parser.parse(source: $0) }
        let collector = DeclarationCollector(SourceLocationConverter(fileName: "", tree: tree))
        collector.walk(tree)
        return collector.declarations
    }

    /// The doc comment without its slashes.
    var comment: String {
        node.leadingTrivia.compactMap { piece -> String? in
            guard case .docLineComment(let line) = piece else { return nil }
            return String(line.dropFirst(line.hasPrefix("/// ") ? 4 : 3))
        }.joined(separator: "\n")
    }

    /// The whole source, as if it stood at the left edge.
    var source: String { Self.dedented(node.trimmedDescription) }

    /// The source up to the body, without what is for the compiler alone.
    var signature: String {
        let whole = Array(node.trimmedDescription.utf8)
        let bodyLength =
            body.map {
                node.endPositionBeforeTrailingTrivia.utf8Offset - $0.positionAfterSkippingLeadingTrivia.utf8Offset
            } ?? 0
        let head = String(decoding: whole.prefix(max(0, whole.count - bodyLength)), as: UTF8.self)
        let lines = Self.dedented(head).split(separator: "\n").filter { !$0.hasPrefix("@specialized") }
        let text = lines.joined(separator: "\n")
        return String(text.reversed().drop { $0.isWhitespace }.reversed())
    }

    /// The text with the indentation of its least indented line taken off all lines but the first.
    private static func dedented(_ text: String) -> String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let margin =
            lines.dropFirst().filter { !$0.allSatisfy(\.isWhitespace) }
            .map { $0.prefix { $0 == " " }.count }.min() ?? 0
        return (lines.prefix(1) + lines.dropFirst().map { $0.dropFirst(min(margin, $0.count)) })
            .joined(separator: "\n")
    }
}

/// Walks a file's tree and takes every declaration outside of the bodies of functions.
final class DeclarationCollector: SyntaxVisitor {
    private(set) var declarations: [Declaration] = []
    private let locations: SourceLocationConverter?
    /// The types around the place, from outside: an extension has no kind, and who can use it is said elsewhere.
    private var owners: [(path: [String], kind: Documentation.Kind?, access: Documentation.Access)] = []

    /// - Parameter locations: what tells the lines; without it they are 0.
    init(_ locations: SourceLocationConverter?) {
        self.locations = locations
        super.init(viewMode: .sourceAccurate)
    }

    private func add(
        _ base: TokenSyntax, _ labels: [String]?, _ kind: Documentation.Kind, _ modifiers: DeclModifierListSyntax,
        _ node: some SyntaxProtocol, body: Syntax?
    ) {
        let owner = owners.last
        // `private(set)` says nothing of who may look.
        let written = Set(modifiers.filter { $0.detail == nil }.map(\.name.text))
        let access = DeclaredName.access(written: written, kind, in: owner?.kind, of: owner?.access ?? .open)
        let name = DeclaredName(
            owner: owner?.path ?? [], base: Self.bare(base), labels: labels, kind: kind, access: access,
            isStatic: !written.isDisjoint(with: ["static", "class"]), isRequirement: owner?.kind == .protocol)
        let line = locations?.location(for: node.positionAfterSkippingLeadingTrivia).line ?? 0
        declarations.append(Declaration(name: name, node: Syntax(node), body: body, line: line))
    }

    private static func bare(_ name: TokenSyntax) -> String { name.text.filter { $0 != "`" } }

    private func labels(_ clause: FunctionParameterClauseSyntax) -> [String] {
        clause.parameters.map { Self.bare($0.firstName) }
    }

    // MARK: Types

    private func enter(_ name: TokenSyntax, _ kind: Documentation.Kind, _ node: some DeclGroupSyntax) {
        add(name, nil, kind, node.modifiers, node, body: Syntax(node.memberBlock))
        let declared = declarations.last!.name
        owners.append((declared.path, kind, declared.access))
    }

    override func visit(_ node: StructDeclSyntax) -> SyntaxVisitorContinueKind {
        enter(node.name, .struct, node)
        return .visitChildren
    }
    override func visitPost(_ node: StructDeclSyntax) { owners.removeLast() }

    override func visit(_ node: EnumDeclSyntax) -> SyntaxVisitorContinueKind {
        enter(node.name, .enum, node)
        return .visitChildren
    }
    override func visitPost(_ node: EnumDeclSyntax) { owners.removeLast() }

    override func visit(_ node: ClassDeclSyntax) -> SyntaxVisitorContinueKind {
        enter(node.name, .class, node)
        return .visitChildren
    }
    override func visitPost(_ node: ClassDeclSyntax) { owners.removeLast() }

    override func visit(_ node: ActorDeclSyntax) -> SyntaxVisitorContinueKind {
        enter(node.name, .actor, node)
        return .visitChildren
    }
    override func visitPost(_ node: ActorDeclSyntax) { owners.removeLast() }

    override func visit(_ node: ProtocolDeclSyntax) -> SyntaxVisitorContinueKind {
        enter(node.name, .protocol, node)
        return .visitChildren
    }
    override func visitPost(_ node: ProtocolDeclSyntax) { owners.removeLast() }

    override func visit(_ node: ExtensionDeclSyntax) -> SyntaxVisitorContinueKind {
        owners.append((Self.path(node.extendedType), nil, .open))
        return .visitChildren
    }
    override func visitPost(_ node: ExtensionDeclSyntax) { owners.removeLast() }

    /// `["Outer", "Inner"]`, whatever the types are made of.
    private static func path(_ type: TypeSyntax) -> [String] {
        if let member = type.as(MemberTypeSyntax.self) { return path(member.baseType) + [bare(member.name)] }
        if let named = type.as(IdentifierTypeSyntax.self) { return [bare(named.name)] }
        if type.is(ArrayTypeSyntax.self) { return ["Array"] }
        if let optional = type.as(OptionalTypeSyntax.self) { return path(optional.wrappedType) }
        return [type.trimmedDescription]
    }

    override func visit(_ node: TypeAliasDeclSyntax) -> SyntaxVisitorContinueKind {
        add(node.name, nil, .typealias, node.modifiers, node, body: nil)
        return .skipChildren
    }

    override func visit(_ node: AssociatedTypeDeclSyntax) -> SyntaxVisitorContinueKind {
        add(node.name, nil, .associatedtype, node.modifiers, node, body: nil)
        return .skipChildren
    }

    // What is declared in a body is the body's own.
    override func visit(_ node: CodeBlockSyntax) -> SyntaxVisitorContinueKind { .skipChildren }
    override func visit(_ node: ClosureExprSyntax) -> SyntaxVisitorContinueKind { .skipChildren }

    // MARK: Members, and what stands alone

    override func visit(_ node: FunctionDeclSyntax) -> SyntaxVisitorContinueKind {
        add(
            node.name, labels(node.signature.parameterClause), .func, node.modifiers, node,
            body: node.body.map(Syntax.init))
        return .skipChildren
    }

    override func visit(_ node: InitializerDeclSyntax) -> SyntaxVisitorContinueKind {
        add(
            node.initKeyword, labels(node.signature.parameterClause), .`init`, node.modifiers, node,
            body: node.body.map(Syntax.init))
        return .skipChildren
    }

    override func visit(_ node: SubscriptDeclSyntax) -> SyntaxVisitorContinueKind {
        // The name of a subscript's parameter is no label unless there are two.
        let labels = node.parameterClause.parameters.map { $0.secondName == nil ? "_" : Self.bare($0.firstName) }
        add(
            node.subscriptKeyword, labels, .subscript, node.modifiers, node,
            body: node.accessorBlock.map(Syntax.init))
        return .skipChildren
    }

    override func visit(_ node: VariableDeclSyntax) -> SyntaxVisitorContinueKind {
        let kind: Documentation.Kind = node.bindingSpecifier.tokenKind == .keyword(.let) ? .let : .var
        let end = node.bindings.first.flatMap {
            $0.accessorBlock.map(Syntax.init) ?? $0.initializer.map(Syntax.init)
        }
        for name in node.bindings.flatMap({ Self.names($0.pattern) }) {
            add(name, nil, kind, node.modifiers, node, body: node.bindings.count == 1 ? end : nil)
        }
        return .skipChildren
    }

    private static func names(_ pattern: PatternSyntax) -> [TokenSyntax] {
        if let name = pattern.as(IdentifierPatternSyntax.self) { return [name.identifier] }
        return pattern.as(TuplePatternSyntax.self)?.elements.flatMap { names($0.pattern) } ?? []
    }

    override func visit(_ node: EnumCaseDeclSyntax) -> SyntaxVisitorContinueKind {
        for element in node.elements {
            let labels = element.parameterClause?.parameters.map { $0.firstName.map(Self.bare) ?? "_" }
            add(element.name, labels, .case, node.modifiers, node, body: nil)
        }
        return .skipChildren
    }
}
