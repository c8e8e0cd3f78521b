import Foundation
import SwiftParser
import SwiftSyntax

/// The public declarations of some modules, read from their sources.
struct Collector {
    private(set) var types: [String: TypeDeclaration] = [:]
    private(set) var declarations: [Declaration] = []
    private var module = ""

    /// Reads every Swift file of a module.
    mutating func read(module: String, in folder: String) throws {
        self.module = module
        let paths = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        for path in paths.filter({ $0.hasSuffix(".swift") }).sorted() {
            let text = try String(contentsOfFile: folder + "/" + path, encoding: .utf8)
            let tree = Parser.parse(source: text)
            collect(tree.statements.compactMap { $0.item.as(DeclSyntax.self) }, Context())
        }
    }

    private struct Context {
        var owner: String?
        /// Whether members without a modifier are public: requirements, and members of a public extension.
        var impliesPublic = false
        var isProtocol = false
        var constraints: [String: String] = [:]
    }

    private mutating func collect(_ all: [DeclSyntax], _ context: Context) {
        for declaration in all { collect(declaration, context) }
    }

    private mutating func collect(_ declaration: DeclSyntax, _ context: Context) {
        switch declaration.as(DeclSyntaxEnum.self) {
        case .structDecl(let node):
            collect(node, node.name.text, node.genericParameterClause, context, isProtocol: false)
        case .enumDecl(let node):
            collect(node, node.name.text, node.genericParameterClause, context, isProtocol: false)
        case .classDecl(let node):
            collect(node, node.name.text, node.genericParameterClause, context, isProtocol: false)
        case .protocolDecl(let node): collect(node, node.name.text, nil, context, isProtocol: true)
        case .extensionDecl(let node): collect(node, context)
        case .functionDecl(let node):
            guard isPublic(node.modifiers, context) else { return }
            add(node, context)
        case .initializerDecl(let node):
            guard isPublic(node.modifiers, context) else { return }
            var made = Declaration(kind: .initializer, name: "init", module: module, owner: context.owner)
            made.constraints = context.constraints
            made.parameters = parameters(node.signature.parameterClause)
            made.generics = generics(node.genericParameterClause)
            made.isThrowing = node.signature.effectSpecifiers?.throwsClause != nil
            made.rules = rules(node.body?.statements, node)
            declarations.append(made)
        case .variableDecl(let node):
            guard isPublic(node.modifiers, context) else { return }
            add(node, context)
        case .subscriptDecl(let node):
            guard isPublic(node.modifiers, context) else { return }
            var made = Declaration(kind: .subscriptRead, name: "subscript", module: module, owner: context.owner)
            made.constraints = context.constraints
            made.parameters = parameters(node.parameterClause, subscripting: true)
            made.result = node.returnClause.type
            if case .getter(let body)? = node.accessorBlock?.accessors { made.rules = rules(body, node) }
            declarations.append(made)
        case .enumCaseDecl(let node):
            for element in node.elements {
                var made = Declaration(
                    kind: .enumCase, name: element.name.text.bare, module: module, owner: context.owner)
                made.isStatic = true
                made.parameters = (element.parameterClause?.parameters ?? []).enumerated().map { i, parameter in
                    Declaration.Parameter(
                        label: parameter.firstName.flatMap { $0.text == "_" ? nil : $0.text },
                        name: (parameter.firstName?.text ?? "value\(i)").bare, type: parameter.type,
                        initial: parameter.defaultValue?.value.trimmedDescription)
                }
                declarations.append(made)
            }
        default: break
        }
    }

    // MARK: Types

    private mutating func collect(
        _ node: some DeclGroupSyntax, _ name: String, _ clause: GenericParameterClauseSyntax?, _ context: Context,
        isProtocol: Bool
    ) {
        guard isPublic(node.modifiers, context) else { return }
        let fullName = (context.owner.map { $0 + "." } ?? "") + name
        var type = TypeDeclaration(name: fullName, module: module, isProtocol: isProtocol)
        type.generics = (clause?.parameters ?? []).map {
            ($0.name.text, $0.inheritedType?.trimmedDescription ?? "")
        }
        type.conformances = Set(node.inheritanceClause.map(conformances) ?? [])
        type.conformances.formUnion(types[fullName]?.conformances ?? [])
        if node.is(EnumDeclSyntax.self) {
            // Cases without payloads can be compared without saying so.
            let cases = node.memberBlock.members.compactMap { $0.decl.as(EnumCaseDeclSyntax.self) }
            if cases.allSatisfy({ $0.elements.allSatisfy { $0.parameterClause == nil } }) {
                type.conformances.insert("Equatable")
            }
        }
        types[fullName] = type
        collect(node.memberBlock.members.map(\.decl), Context(owner: fullName, isProtocol: isProtocol))
    }

    private mutating func collect(_ node: ExtensionDeclSyntax, _ context: Context) {
        let name = node.extendedType.trimmedDescription
        if let clause = node.inheritanceClause {
            types[name, default: TypeDeclaration(name: name, module: "", isProtocol: false)].conformances.formUnion(
                conformances(clause))
        }
        var inner = Context(owner: name)
        inner.impliesPublic = node.modifiers.contains { $0.name.tokenKind == .keyword(.public) }
        for requirement in node.genericWhereClause?.requirements ?? [] {
            guard case .sameTypeRequirement(let same) = requirement.requirement else { continue }
            inner.constraints[same.leftType.trimmedDescription] = same.rightType.trimmedDescription
        }
        collect(node.memberBlock.members.map(\.decl), inner)
    }

    private func conformances(_ clause: InheritanceClauseSyntax) -> [String] {
        clause.inheritedTypes.map { String($0.type.trimmedDescription.prefix { $0 != "<" }) }
    }

    // MARK: Members

    private mutating func add(_ node: FunctionDeclSyntax, _ context: Context) {
        var made = Declaration(kind: .function, name: node.name.text.bare, module: module, owner: context.owner)
        let modifiers = Set(node.modifiers.map(\.name.text))
        made.constraints = context.constraints
        made.parameters = parameters(node.signature.parameterClause)
        made.result = node.signature.returnClause?.type
        made.generics = generics(node.genericParameterClause)
        made.isStatic = modifiers.contains("static")
        made.isMutating = modifiers.contains("mutating")
        made.isPrefix = modifiers.contains("prefix")
        made.isOperator = !(node.name.text.bare.first!.isLetter || node.name.text.first == "_")
        made.isThrowing = node.signature.effectSpecifiers?.throwsClause != nil
        made.rules = rules(node.body?.statements, node)
        made.isRequirement = context.isProtocol
        declarations.append(made)
    }

    private mutating func add(_ node: VariableDeclSyntax, _ context: Context) {
        let isVariable = node.bindingSpecifier.tokenKind == .keyword(.var)
        let hasPrivateSetter = node.modifiers.contains { $0.detail != nil }
        for binding in node.bindings {
            guard let name = binding.pattern.as(IdentifierPatternSyntax.self)?.identifier.text.bare else { continue }
            var made = Declaration(kind: .property, name: name, module: module, owner: context.owner)
            made.constraints = context.constraints
            made.isRequirement = context.isProtocol
            made.isStatic = node.modifiers.contains { $0.name.tokenKind == .keyword(.static) }
            made.result = binding.typeAnnotation?.type ?? literalType(binding.initializer?.value)
            switch binding.accessorBlock?.accessors {
            case nil: made.isSettable = isVariable && !hasPrivateSetter
            case .getter(let body): made.rules = rules(body, node)
            case .accessors(let list):
                for accessor in list {
                    switch accessor.accessorSpecifier.tokenKind {
                    case .keyword(.get): made.rules += rules(accessor.body?.statements, node)
                    case .keyword(.set):
                        made.isSettable = !hasPrivateSetter
                        made.setterRules += rules(accessor.body?.statements, node)
                    case .keyword(.didSet), .keyword(.willSet): made.isSettable = !hasPrivateSetter
                    default: break
                    }
                }
            @unknown default: continue
            }
            declarations.append(made)
        }
    }

    /// The type of a constant that is written without one: of a literal, or of the type that makes it.
    private func literalType(_ value: ExprSyntax?) -> TypeSyntax? {
        switch value?.as(ExprSyntaxEnum.self) {
        case .integerLiteralExpr: return Self.type("Int")
        case .floatLiteralExpr: return Self.type("Double")
        case .stringLiteralExpr: return Self.type("String")
        case .arrayExpr(let array):
            return literalType(array.elements.first?.expression).flatMap { Self.type("[\($0.trimmedDescription)]") }
        case .functionCallExpr(let call) where call.calledExpression.is(DeclReferenceExprSyntax.self):
            let name = call.calledExpression.trimmedDescription
            // `zoph(depth: 6)` and its like are of their own type.
            return Self.type(name.first!.isUppercase ? name : "Self")
        default: return nil
        }
    }

    /// A type from its text.
    private static func type(_ text: String) -> TypeSyntax? {
        let statement = Parser.parse(source: "let x: \(text)").statements.first?.item
        return statement?.as(DeclSyntax.self)?.as(VariableDeclSyntax.self)?.bindings.first?.typeAnnotation?.type
    }

    private func parameters(
        _ clause: FunctionParameterClauseSyntax, subscripting: Bool = false
    ) -> [Declaration.Parameter] {
        clause.parameters.map { parameter in
            // The one name of a subscript's parameter is no label.
            let hasLabel = subscripting ? parameter.secondName != nil : true
            let label = hasLabel && parameter.firstName.text != "_" ? parameter.firstName.text.bare : nil
            return Declaration.Parameter(
                label: label, name: (parameter.secondName ?? parameter.firstName).text.bare, type: parameter.type,
                initial: parameter.defaultValue?.value.trimmedDescription)
        }
    }

    private func generics(_ clause: GenericParameterClauseSyntax?) -> [String: String] {
        Dictionary(
            uniqueKeysWithValues: (clause?.parameters ?? []).map {
                ($0.name.text, $0.inheritedType?.trimmedDescription ?? "")
            })
    }

    private func isPublic(_ modifiers: DeclModifierListSyntax, _ context: Context) -> Bool {
        let access: Set<String> = ["public", "open", "internal", "private", "fileprivate", "package"]
        let own = modifiers.filter { $0.detail == nil }.map(\.name.text).first(where: access.contains)
        return own.map { $0 == "public" || $0 == "open" } ?? (context.impliesPublic || context.isProtocol)
    }

    // MARK: Rules

    /// The arguments of the `require` calls that a body begins with; of a declaration without a body, of its comment.
    private func rules(_ body: CodeBlockItemListSyntax?, _ node: some SyntaxProtocol) -> [String] {
        guard let body else { return preconditions(node) }
        var found: [String] = []
        for item in body {
            guard let call = item.item.as(ExprSyntax.self)?.as(FunctionCallExprSyntax.self),
                call.calledExpression.trimmedDescription == "require"
            else { break }
            found.append(
                call.arguments.trimmedDescription.split(separator: "\n").map {
                    $0.trimmingCharacters(in: .whitespaces)
                }.joined(separator: " "))
        }
        return found
    }

    /// `- Precondition: `self.problem(in: state)` is nil.`
    private func preconditions(_ node: some SyntaxProtocol) -> [String] {
        node.leadingTrivia.compactMap { piece -> String? in
            guard case .docLineComment(let line) = piece, line.contains("- Precondition: `"),
                let start = line.firstIndex(of: "`"), let end = line.lastIndex(of: "`"), start < end
            else { return nil }
            return String(line[line.index(after: start)..<end])
        }
    }
}

extension String {
    /// The name without the backticks that let a keyword be one.
    var bare: String { filter { $0 != "`" } }
}
