import SwiftSyntax

/// Turns the Swift parser's tree into the notebook's statements and expressions; what the notebook does not know is an
/// error that names it.
struct Lowering {
    /// The number of the cell, which its functions remember.
    let cell: Int
    private var nesting = 0

    init(cell: Int) { self.cell = cell }

    mutating func statements(_ items: CodeBlockItemListSyntax) throws -> [Statement] {
        try items.map { try statement($0) }
    }

    private mutating func statement(_ item: CodeBlockItemSyntax) throws -> Statement {
        switch item.item {
        case .expr(let expression):
            if let control = try controlFlow(expression) { return control }
            return Statement(.expression(try self.expression(expression)), span(item))
        case .stmt(let statement): return try lower(statement)
        case .decl(let declaration): return try lower(declaration)
        }
    }

    // MARK: Declarations

    private mutating func lower(_ declaration: DeclSyntax) throws -> Statement {
        if let variable = declaration.as(VariableDeclSyntax.self) {
            guard let binding = variable.bindings.first, variable.bindings.count == 1 else {
                throw unsupported("several declarations with one 'let' or 'var' are", declaration)
            }
            guard binding.accessorBlock == nil else { throw unsupported("computed variables are", declaration) }
            let type = binding.typeAnnotation.map { Self.type($0.type) }
            let value = try binding.initializer.map { try expression($0.value) }
            let isVariable = variable.bindingSpecifier.tokenKind == .keyword(.var)
            return Statement(
                .declaration(try pattern(binding.pattern), type, value, isVariable: isVariable), span(declaration))
        }
        if let function = declaration.as(FunctionDeclSyntax.self) {
            guard let body = function.body else { throw unsupported("a function without a body is", declaration) }
            let parameters = try function.signature.parameterClause.parameters.map { parameter in
                FunctionDeclaration.Parameter(
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

    private static func type(_ type: TypeSyntax) -> TypeName {
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

    // MARK: Expressions

    /// Deeper expressions than this are generated, not written.
    private static let nestingLimit = 5000

    mutating func expression(_ syntax: ExprSyntax) throws -> Expression {
        nesting += 1
        defer { nesting -= 1 }
        guard nesting < Self.nestingLimit else { throw CellError(.failure("the expression is nested too deeply")) }
        return Expression(try kind(syntax), span(syntax))
    }

    private mutating func kind(_ syntax: ExprSyntax) throws -> Expression.Kind {
        switch syntax.as(ExprSyntaxEnum.self) {
        case .integerLiteralExpr(let literal):
            let text = literal.literal.text.filter { $0 != "_" }
            return .integer(Self.integer(text), Double(text) ?? Double(Self.integer(text) ?? 0))
        case .floatLiteralExpr(let literal):
            return .double(Double(literal.literal.text.filter { $0 != "_" }) ?? .nan)
        case .booleanLiteralExpr(let literal): return .bool(literal.literal.text == "true")
        case .nilLiteralExpr: return .none
        case .discardAssignmentExpr: return .name("_")
        case .stringLiteralExpr(let literal): return .string(try stringParts(literal))
        case .declReferenceExpr(let reference): return .name(Self.bare(reference.baseName.text))
        case .arrayExpr(let array): return .array(try array.elements.map { try expression($0.expression) })
        case .dictionaryExpr(let dictionary):
            guard case .elements(let elements) = dictionary.content else { return .dictionary([]) }
            return .dictionary(try elements.map { (try expression($0.key), try expression($0.value)) })
        case .tupleExpr(let tuple):
            if tuple.elements.count == 1, let only = tuple.elements.first, only.label == nil {
                return try expression(only.expression).kind
            }
            return .tuple(try tuple.elements.map { ($0.label?.text, try expression($0.expression)) })
        case .prefixOperatorExpr(let prefix):
            let operand = try expression(prefix.expression)
            // "-5" is a literal of its own, so that Int.min can be written.
            if prefix.operator.text == "-", case .integer(let value, let double) = operand.kind {
                let negated = value.map { $0 == Int.min ? nil : -$0 } ?? (double == 0x1p63 ? Int.min : nil)
                return .integer(negated, -double)
            }
            return .prefix(prefix.operator.text, operand)
        case .infixOperatorExpr(let infix): return try infixKind(infix)
        case .ternaryExpr(let ternary):
            return .ternary(
                try expression(ternary.condition), then: try expression(ternary.thenExpression),
                otherwise: try expression(ternary.elseExpression))
        case .functionCallExpr(let call): return try callKind(call)
        case .memberAccessExpr(let access):
            let written = Self.bare(access.declName.baseName.text)
            let name = written == CellParser.capitalizedReturn ? "return" : written
            guard let base = access.base else { return .implicitMember(name) }
            return .member(try expression(base), name)
        case .subscriptCallExpr(let call):
            return .element(of: try expression(call.calledExpression), try arguments(call.arguments))
        case .closureExpr(let closure): return .closure(try self.closure(closure))
        case .forceUnwrapExpr(let unwrap): return .unwrap(try expression(unwrap.expression))
        case .tryExpr(let attempt): return try expression(attempt.expression).kind
        case .genericSpecializationExpr(let specialization): return try expression(specialization.expression).kind
        default:
            throw unsupported("'\(syntax.trimmedDescription.prefix(40))' is", syntax)
        }
    }

    private mutating func infixKind(_ infix: InfixOperatorExprSyntax) throws -> Expression.Kind {
        if infix.operator.is(AssignmentExprSyntax.self) {
            if infix.leftOperand.is(DiscardAssignmentExprSyntax.self) {
                return .assignment(
                    Expression(.name("_"), span(infix.leftOperand)), operator: nil, try expression(infix.rightOperand))
            }
            return .assignment(try expression(infix.leftOperand), operator: nil, try expression(infix.rightOperand))
        }
        guard let name = infix.operator.as(BinaryOperatorExprSyntax.self)?.operator.text else {
            throw unsupported("'\(infix.operator.trimmedDescription)' is", infix.operator)
        }
        let left = try expression(infix.leftOperand), right = try expression(infix.rightOperand)
        let isCompound =
            name.count > 1 && name.hasSuffix("=") && !["==", "!=", "<=", ">=", "===", "!==", "~="].contains(name)
        return isCompound
            ? .assignment(left, operator: String(name.dropLast()), right) : .binary(name, left, right)
    }

    private mutating func callKind(_ call: FunctionCallExprSyntax) throws -> Expression.Kind {
        var arguments = try self.arguments(call.arguments)
        if let trailing = call.trailingClosure {
            let value = Expression(.closure(try closure(trailing)), span(trailing))
            arguments.append(.init(label: nil, value: value, isTrailing: true))
        }
        for additional in call.additionalTrailingClosures {
            let value = Expression(.closure(try closure(additional.closure)), span(additional))
            arguments.append(.init(label: additional.label.text, value: value, isTrailing: false))
        }
        return .call(try expression(call.calledExpression), arguments)
    }

    private mutating func arguments(_ list: LabeledExprListSyntax) throws -> [Expression.CallArgument] {
        try list.map { .init(label: $0.label?.text, value: try expression($0.expression), isTrailing: false) }
    }

    private mutating func closure(_ closure: ClosureExprSyntax) throws -> FunctionDeclaration {
        var parameters: [FunctionDeclaration.Parameter] = []
        switch closure.signature?.parameterClause {
        case .simpleInput(let names):
            parameters = names.map { .init(label: nil, name: Self.bare($0.name.text), type: nil, initial: nil) }
        case .parameterClause(let clause):
            parameters = clause.parameters.map {
                .init(
                    label: nil, name: Self.bare(($0.secondName ?? $0.firstName).text),
                    type: $0.type.map { Self.type($0) }, initial: nil)
            }
        case nil: break
        }
        return FunctionDeclaration(
            name: "{ … }", parameters: parameters, body: try statements(closure.statements),
            numberedParameters: closure.signature?.parameterClause == nil ? NumberedParameters.count(in: closure) : nil,
            isClosure: true, result: closure.signature?.returnClause.map { Self.type($0.type) }, cell: cell)
    }

    /// Finds out how many of `$0`, `$1`, … a closure uses, those of closures inside it aside.
    private final class NumberedParameters: SyntaxVisitor {
        private var count = 0

        static func count(in closure: ClosureExprSyntax) -> Int {
            let visitor = NumberedParameters(viewMode: .sourceAccurate)
            visitor.walk(closure.statements)
            return visitor.count
        }

        override func visit(_ node: ClosureExprSyntax) -> SyntaxVisitorContinueKind { .skipChildren }

        override func visit(_ token: TokenSyntax) -> SyntaxVisitorContinueKind {
            if case .dollarIdentifier(let name) = token.tokenKind, let number = Int(name.dropFirst()), number < 1000 {
                count = max(count, number + 1)
            }
            return .visitChildren
        }
    }

    private mutating func stringParts(_ literal: StringLiteralExprSyntax) throws -> [Expression.StringPart] {
        if let whole = literal.representedLiteralValue { return [.text(whole)] }
        return try literal.segments.map { segment in
            switch segment {
            case .stringSegment(let text):
                // The escapes of one segment are those of a literal that holds it alone.
                let alone = StringLiteralExprSyntax(
                    openingPounds: literal.openingPounds, openingQuote: literal.openingQuote,
                    segments: [.stringSegment(text)], closingQuote: literal.closingQuote,
                    closingPounds: literal.closingPounds)
                return .text(alone.representedLiteralValue ?? text.content.text)
            case .expressionSegment(let segment):
                guard let only = segment.expressions.first, segment.expressions.count == 1, only.label == nil else {
                    throw unsupported("this interpolation is", segment)
                }
                return .value(try expression(only.expression))
            }
        }
    }

    private static func integer(_ text: String) -> Int? {
        for (prefix, radix) in [("0x", 16), ("0b", 2), ("0o", 8)] where text.hasPrefix(prefix) {
            return Int(text.dropFirst(2), radix: radix)
        }
        return Int(text)
    }

    /// A name without the backticks that let a keyword be one.
    private static func bare(_ name: String) -> String { name.filter { $0 != "`" } }

    // MARK: Places

    private func span(_ syntax: some SyntaxProtocol) -> Span {
        Span(syntax.positionAfterSkippingLeadingTrivia.utf8Offset, syntax.endPositionBeforeTrailingTrivia.utf8Offset)
    }

    private func unsupported(_ what: String, _ syntax: some SyntaxProtocol) -> CellError {
        CellError(.unsupported(what), at: span(syntax))
    }
}
