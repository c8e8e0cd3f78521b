/// A cell's expressions as the evaluator walks them: the syntax tree without its trivia.
final class Expression: Sendable {
    let kind: Kind
    let span: Span

    init(_ kind: Kind, _ span: Span) {
        self.kind = kind
        self.span = span
    }

    enum Kind: Sendable {
        case integer(Int?, Double)
        case double(Double)
        case bool(Bool)
        case string([StringPart])
        case none
        case name(String)
        case array([Expression])
        case dictionary([(key: Expression, value: Expression)])
        case tuple([(label: String?, value: Expression)])
        case prefix(String, Expression)
        case binary(String, Expression, Expression)
        case ternary(Expression, then: Expression, otherwise: Expression)
        case assignment(Expression, operator: String?, Expression)
        case call(Expression, [CallArgument])
        case member(Expression, String)
        case implicitMember(String)
        case element(of: Expression, [CallArgument])
        case closure(FunctionDeclaration)
        case unwrap(Expression)
    }

    enum StringPart: Sendable {
        case text(String)
        case value(Expression)
    }

    struct CallArgument: Sendable {
        let label: String?
        let value: Expression
        let isTrailing: Bool
        /// Whether it is written `&x`: the call may change it.
        var isInout = false
    }
}

/// A cell's statements.
final class Statement: Sendable {
    let kind: Kind
    let span: Span

    init(_ kind: Kind, _ span: Span) {
        self.kind = kind
        self.span = span
    }

    indirect enum Kind: Sendable {
        case expression(Expression)
        case declaration(Pattern, TypeName?, Expression?, isVariable: Bool)
        case function(FunctionDeclaration)
        case ifElse([Condition], [Statement], otherwise: [Statement])
        case guardElse([Condition], otherwise: [Statement])
        case whileLoop([Condition], [Statement])
        case repeatLoop([Statement], Expression)
        case forLoop(Pattern, Expression, filter: Expression?, [Statement])
        case switchCases(Expression, [SwitchCase])
        case returnValue(Expression?)
        case breakOut
        case continueOn
    }

    enum Condition: Sendable {
        case expression(Expression)
        case binding(String, Expression)
    }

    struct SwitchCase: Sendable {
        /// No patterns: `default`.
        let patterns: [(pattern: CasePattern, filter: Expression?)]
        let body: [Statement]
    }

    enum CasePattern: Sendable {
        case expression(Expression)
        case bind(Pattern)
        case anything
    }
}

/// What a declaration or a loop gives names to.
indirect enum Pattern: Sendable {
    case name(String)
    case anything
    case tuple([Pattern])
}

/// A type as it is written.
indirect enum TypeName: Sendable {
    case named(String)
    case array(TypeName)
    case optional(TypeName)
    case tuple([TypeName])
    case other(String)
}

/// A `func`, or a closure.
final class FunctionDeclaration: Sendable {
    let name: String
    let parameters: [Parameter]
    let body: [Statement]
    /// How many of `$0`, `$1`, … a closure without a list of parameters uses; nil where there is a list.
    let numberedParameters: Int?
    let isClosure: Bool
    /// The type behind the arrow.
    let result: TypeName?
    /// The number of the cell that it was declared in: its places are places in that cell's text.
    let cell: Int

    struct Parameter: Sendable {
        let label: String?
        let name: String
        let type: TypeName?
        let initial: Expression?
    }

    init(
        name: String, parameters: [Parameter], body: [Statement], numberedParameters: Int?, isClosure: Bool,
        result: TypeName?, cell: Int
    ) {
        self.name = name
        self.parameters = parameters
        self.body = body
        self.numberedParameters = numberedParameters
        self.isClosure = isClosure
        self.result = result
        self.cell = cell
    }

    /// `f(_:to:)`
    var fullName: String { "\(name)(\(parameters.map { ($0.label ?? "_") + ":" }.joined()))" }
}
