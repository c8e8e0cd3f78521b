import SwiftSyntax

extension Lowering {
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
            guard let value = Double(literal.literal.text.filter { $0 != "_" }) else {
                throw CellError(.failure("'\(literal.literal.text)' is no number"), at: span(literal))
            }
            return .double(value)
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
        case .postfixOperatorExpr(let postfix):
            throw CellError(.unknownOperator(postfix.operator.text), at: span(postfix.operator))
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
        try list.map { argument in
            if let place = argument.expression.as(InOutExprSyntax.self) {
                return .init(
                    label: argument.label?.text, value: try expression(place.expression), isTrailing: false,
                    isInout: true)
            }
            return .init(label: argument.label?.text, value: try expression(argument.expression), isTrailing: false)
        }
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
        @unknown default: throw unsupported("this closure is", closure)
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
            @unknown default: throw unsupported("this text is", literal)
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
    static func bare(_ name: String) -> String { name.filter { $0 != "`" } }
}
