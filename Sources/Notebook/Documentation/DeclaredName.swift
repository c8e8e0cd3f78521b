/// A name that the library declares, as far as it is known without the Swift parser.
struct DeclaredName: Sendable, Hashable {
    /// The types that it stands in, from outside: `["Layer", "Part"]`; none for what stands alone.
    var owner: [String]
    /// `rollout`, `init`, `subscript`, `∇`.
    let base: String
    /// The labels of its parameters, `_` where there is none; nil for what has no parameters.
    let labels: [String]?
    /// The keyword that declares it.
    let kind: Documentation.Kind
    /// Who can use it.
    let access: Documentation.Access
    /// Whether it belongs to the type itself, and not to its values, as an enumeration's cases do too.
    let isStatic: Bool
    /// Whether it is what a protocol asks for.
    let isRequirement: Bool

    init(
        owner: [String], base: String, labels: [String]?, kind: Documentation.Kind, access: Documentation.Access,
        isStatic: Bool, isRequirement: Bool
    ) {
        self.owner = owner
        self.base = base
        self.labels = Self.isOperator(base) ? labels?.map { _ in "_" } : labels
        self.kind = kind
        self.access = access
        self.isStatic = isStatic || kind == .case
        self.isRequirement = isRequirement
    }

    /// Whether a name is an operator's, whose arguments never have labels.
    private static func isOperator(_ base: String) -> Bool {
        base.first.map { !$0.isLetter && !$0.isNumber && $0 != "_" && $0 != "$" } ?? false
    }

    /// `Layer.Part.f(_:to:)`; an initializer is called as its type is.
    var fullName: String {
        qualifiedName + (labels.map { "(" + $0.map { $0 + ":" }.joined() + ")" } ?? "")
    }

    /// The full name without labels.
    var qualifiedName: String { (kind == .`init` ? owner : owner + [base]).joined(separator: ".") }

    /// Whether it can be called with arguments of these labels, in this order, and closures behind the parentheses: those that
    /// have a value of their own may be left out. Nil for what has no parameters.
    func takes(_ given: [String], closures: Int = 0) -> Bool? {
        guard var rest = labels?[...] else { return nil }
        for label in given {
            guard let i = rest.firstIndex(of: label) else { return false }
            rest = rest[(i + 1)...]
        }
        return rest.count >= closures
    }

    /// The names from outside to inside, for looking it up.
    var path: [String] { owner + [base] }
}

/// What a type, or an extension of one, says of itself before its brace.
struct TypeHeader: Sendable, Hashable {
    /// The names of its generic parameters.
    var generics: Set<String> = []
    /// The protocols, or the class, behind its colon, as they are written.
    var inherited: [String] = []
}
