import SwiftSyntax

/// Turns the Swift parser's tree into the notebook's statements and expressions; what the notebook does not know is an
/// error that names it.
struct Lowering {
    /// The number of the cell, which its functions remember.
    let cell: Int
    var nesting = 0

    init(cell: Int) { self.cell = cell }

    mutating func statements(_ items: CodeBlockItemListSyntax) throws -> [Statement] {
        try items.flatMap { try statements($0) }
    }

    private mutating func statements(_ item: CodeBlockItemSyntax) throws -> [Statement] {
        switch item.item {
        case .expr(let expression):
            if let control = try controlFlow(expression) { return [control] }
            return [Statement(.expression(try self.expression(expression)), span(item))]
        case .stmt(let statement): return [try lower(statement)]
        case .decl(let declaration):
            if let variable = declaration.as(VariableDeclSyntax.self) { return try lower(variable) }
            return [try lower(declaration)]
        @unknown default: throw unsupported("this is", item)
        }
    }

    // MARK: Declarations

    /// `let a = 1, b = a + 1` is one declaration after the other.
    private mutating func lower(_ variable: VariableDeclSyntax) throws -> [Statement] {
        try variable.bindings.map { binding in
            guard binding.accessorBlock == nil else { throw unsupported("computed variables are", variable) }
            let type = binding.typeAnnotation.map { Self.type($0.type) }
            let value = try binding.initializer.map { try expression($0.value) }
            let isVariable = variable.bindingSpecifier.tokenKind == .keyword(.var)
            return Statement(
                .declaration(try pattern(binding.pattern), type, value, isVariable: isVariable), span(binding))
        }
    }

    private mutating func lower(_ declaration: DeclSyntax) throws -> Statement {
        if let function = declaration.as(FunctionDeclSyntax.self) {
            guard let body = function.body else { throw unsupported("a function without a body is", declaration) }
            let parameters = try function.signature.parameterClause.parameters.map { parameter in
                if parameter.type.trimmedDescription.hasPrefix("inout ") {
                    throw unsupported("'inout' parameters of a cell's own functions are", parameter)
                }
                return FunctionDeclaration.Parameter(
                    label: parameter.firstName.text == "_" ? nil : parameter.firstName.text,
                    name: (parameter.secondName ?? parameter.firstName).text, type: Self.type(parameter.type),
                    initial: try parameter.defaultValue.map { try expression($0.value) })
            }
            let lowered = FunctionDeclaration(
                name: function.name.text, parameters: parameters, body: try statements(body.statements),
                numberedParameters: nil, isClosure: false,
                result: function.signature.returnClause.map { Self.type($0.type) }, cell: cell)
            return Statement(.function(lowered), span(declaration))
        }
        if declaration.is(ImportDeclSyntax.self) {
            // The library is always there; a lesson's cell may say so.
            return Statement(.expression(Expression(.tuple([]), span(declaration))), span(declaration))
        }
        let keyword = declaration.firstToken(viewMode: .sourceAccurate)?.text ?? "this"
        throw unsupported("declarations with '\(keyword)' are", declaration)
    }

    private func pattern(_ pattern: PatternSyntax) throws -> Pattern {
        if let name = pattern.as(IdentifierPatternSyntax.self) { return .name(Self.bare(name.identifier.text)) }
        if pattern.is(WildcardPatternSyntax.self) { return .anything }
        if let tuple = pattern.as(TuplePatternSyntax.self) {
            return .tuple(try tuple.elements.map { try self.pattern($0.pattern) })
        }
        throw unsupported("this pattern is", pattern)
    }

    static func type(_ type: TypeSyntax) -> TypeName {
        if let named = type.as(IdentifierTypeSyntax.self) { return .named(named.name.text) }
        if let array = type.as(ArrayTypeSyntax.self) { return .array(Self.type(array.element)) }
        if let optional = type.as(OptionalTypeSyntax.self) { return .optional(Self.type(optional.wrappedType)) }
        if let tuple = type.as(TupleTypeSyntax.self) {
            if tuple.elements.count == 1, let only = tuple.elements.first { return Self.type(only.type) }
            if !tuple.elements.isEmpty { return .tuple(tuple.elements.map { Self.type($0.type) }) }
        }
        return .other(type.trimmedDescription)
    }

    // MARK: Statements

    private mutating func lower(_ statement: StmtSyntax) throws -> Statement {
        let place = span(statement)
        if let expression = statement.as(ExpressionStmtSyntax.self) {
            if let control = try controlFlow(expression.expression) { return control }
            return Statement(.expression(try self.expression(expression.expression)), place)
        }
        if let loop = statement.as(ForStmtSyntax.self) {
            return Statement(
                .forLoop(
                    try pattern(loop.pattern), try expression(loop.sequence),
                    filter: try loop.whereClause.map { try expression($0.condition) },
                    try statements(loop.body.statements)), place)
        }
        if let loop = statement.as(WhileStmtSyntax.self) {
            return Statement(.whileLoop(try conditions(loop.conditions), try statements(loop.body.statements)), place)
        }
        if let loop = statement.as(RepeatStmtSyntax.self) {
            return Statement(.repeatLoop(try statements(loop.body.statements), try expression(loop.condition)), place)
        }
        if let guarded = statement.as(GuardStmtSyntax.self) {
            return Statement(
                .guardElse(try conditions(guarded.conditions), otherwise: try statements(guarded.body.statements)),
                place)
        }
        if let result = statement.as(ReturnStmtSyntax.self) {
            return Statement(.returnValue(try result.expression.map { try expression($0) }), place)
        }
        if let out = statement.as(BreakStmtSyntax.self), out.label == nil { return Statement(.breakOut, place) }
        if let on = statement.as(ContinueStmtSyntax.self), on.label == nil { return Statement(.continueOn, place) }
        let keyword = statement.firstToken(viewMode: .sourceAccurate)?.text ?? "this"
        throw unsupported("statements with '\(keyword)' are", statement)
    }

    private mutating func controlFlow(_ expression: ExprSyntax) throws -> Statement? {
        if let choice = expression.as(IfExprSyntax.self) {
            var otherwise: [Statement] = []
            switch choice.elseBody {
            case .codeBlock(let block): otherwise = try statements(block.statements)
            case .ifExpr(let next): otherwise = try controlFlow(ExprSyntax(next)).map { [$0] } ?? []
            case nil: break
            @unknown default: throw unsupported("this 'else' is", choice)
            }
            return Statement(
                .ifElse(
                    try conditions(choice.conditions), try statements(choice.body.statements), otherwise: otherwise),
                span(expression))
        }
        if let choice = expression.as(SwitchExprSyntax.self) {
            let cases = try choice.cases.map { item in
                guard case .switchCase(let item) = item else { throw unsupported("'#if' is", expression) }
                return try switchCase(item)
            }
            return Statement(.switchCases(try self.expression(choice.subject), cases), span(expression))
        }
        return nil
    }

    private mutating func switchCase(_ item: SwitchCaseSyntax) throws -> Statement.SwitchCase {
        let body = try statements(item.statements)
        guard case .case(let label) = item.label else { return Statement.SwitchCase(patterns: [], body: body) }
        let patterns = try label.caseItems.map { caseItem in
            (try casePattern(caseItem.pattern), try caseItem.whereClause.map { try expression($0.condition) })
        }
        return Statement.SwitchCase(patterns: patterns, body: body)
    }

    private mutating func casePattern(_ pattern: PatternSyntax) throws -> Statement.CasePattern {
        if let expression = pattern.as(ExpressionPatternSyntax.self) {
            if expression.expression.is(DiscardAssignmentExprSyntax.self) { return .anything }
            return .expression(try self.expression(expression.expression))
        }
        if let binding = pattern.as(ValueBindingPatternSyntax.self) { return .bind(try self.pattern(binding.pattern)) }
        if pattern.is(WildcardPatternSyntax.self) { return .anything }
        throw unsupported("this pattern is", pattern)
    }

    private mutating func conditions(_ list: ConditionElementListSyntax) throws -> [Statement.Condition] {
        try list.map { element in
            switch element.condition {
            case .expression(let expression): return .expression(try self.expression(expression))
            case .optionalBinding(let binding):
                guard let name = binding.pattern.as(IdentifierPatternSyntax.self)?.identifier.text else {
                    throw unsupported("this pattern is", binding.pattern)
                }
                let value =
                    try binding.initializer.map { try expression($0.value) } ?? Expression(.name(name), span(binding))
                return .binding(name, value)
            default: throw unsupported("this condition is", element)
            }
        }
    }

    // MARK: Places

    func span(_ syntax: some SyntaxProtocol) -> Span {
        Span(syntax.positionAfterSkippingLeadingTrivia.utf8Offset, syntax.endPositionBeforeTrailingTrivia.utf8Offset)
    }

    func unsupported(_ what: String, _ syntax: some SyntaxProtocol) -> CellError {
        CellError(.unsupported(what), at: span(syntax))
    }
}
