import SwiftSyntax

/// The names that a declaration gives to its own parameters, generic parameters and variables: none of them is the library's.
///
/// A name counts as local in the whole declaration, wherever in it it was declared.
final class LocalNames: SyntaxVisitor {
    /// What is known of a local variable's type.
    enum Source {
        /// The type as it is written.
        case type(TypeSyntax)
        /// The value that it begins with.
        case value(ExprSyntax)
        /// Nothing, or different things.
        case unknown
    }

    private(set) var names: Set<String> = ["error", "newValue", "oldValue"]
    private(set) var functions: Set<String> = []
    /// The generic parameters, with what they must conform to.
    private(set) var generics: [String: TypeSyntax?] = [:]
    private(set) var sources: [String: Source] = [:]
    private let root: Syntax?

    /// The names of a declaration; of none, what Swift gives names to by itself.
    init(in declaration: Syntax?) {
        root = declaration
        super.init(viewMode: .sourceAccurate)
        if let declaration { walk(declaration) }
    }

    private func add(_ token: TokenSyntax, _ source: Source) {
        let name = token.text.filter { $0 != "`" }
        if name == "_" { return }
        sources[name] = names.insert(name).inserted ? source : .unknown
    }

    override func visit(_ node: FunctionParameterSyntax) -> SyntaxVisitorContinueKind {
        add(node.secondName ?? node.firstName, node.ellipsis == nil ? .type(node.type) : .unknown)
        return .visitChildren
    }

    override func visit(_ node: ClosureParameterSyntax) -> SyntaxVisitorContinueKind {
        add(node.secondName ?? node.firstName, node.type.map(Source.type) ?? .unknown)
        return .visitChildren
    }

    override func visit(_ node: ClosureShorthandParameterSyntax) -> SyntaxVisitorContinueKind {
        add(node.name, .unknown)
        return .visitChildren
    }

    override func visit(_ node: ClosureCaptureSyntax) -> SyntaxVisitorContinueKind {
        add(node.name, .unknown)
        return .visitChildren
    }

    override func visit(_ node: AccessorParametersSyntax) -> SyntaxVisitorContinueKind {
        add(node.name, .unknown)
        return .visitChildren
    }

    override func visit(_ node: IdentifierPatternSyntax) -> SyntaxVisitorContinueKind {
        if let binding = node.parent?.as(PatternBindingSyntax.self) {
            add(node.identifier, Self.source(binding.typeAnnotation, binding.initializer))
        } else if let binding = node.parent?.as(OptionalBindingConditionSyntax.self) {
            add(node.identifier, Self.source(binding.typeAnnotation, binding.initializer))
        } else {
            add(node.identifier, .unknown)
        }
        return .visitChildren
    }

    private static func source(_ type: TypeAnnotationSyntax?, _ value: InitializerClauseSyntax?) -> Source {
        type.map { .type($0.type) } ?? value.map { .value($0.value) } ?? .unknown
    }

    override func visit(_ node: GenericParameterSyntax) -> SyntaxVisitorContinueKind {
        generics[node.name.text] = node.inheritedType
        return .visitChildren
    }

    override func visit(_ node: FunctionDeclSyntax) -> SyntaxVisitorContinueKind {
        if Syntax(node) != root {
            add(node.name, .unknown)
            functions.insert(node.name.text)
        }
        return .visitChildren
    }

    override func visit(_ node: StructDeclSyntax) -> SyntaxVisitorContinueKind { addType(node.name, node) }
    override func visit(_ node: EnumDeclSyntax) -> SyntaxVisitorContinueKind { addType(node.name, node) }
    override func visit(_ node: ClassDeclSyntax) -> SyntaxVisitorContinueKind { addType(node.name, node) }
    override func visit(_ node: TypeAliasDeclSyntax) -> SyntaxVisitorContinueKind { addType(node.name, node) }

    private func addType(_ name: TokenSyntax, _ node: some SyntaxProtocol) -> SyntaxVisitorContinueKind {
        if Syntax(node) != root {
            add(name, .unknown)
            functions.insert(name.text)
        }
        return .visitChildren
    }
}
