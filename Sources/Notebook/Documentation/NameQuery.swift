/// A name as it is asked for: `rollout`, `rollout(_:in:seed:)`, `Layer.maxPooling`, `Outer.Inner.member`, `ChildNet.digits`,
/// `∇`, `Tensor.+`, or a whole call, `rollout(π, in: world)`.
struct NameQuery {
    /// The names between the dots.
    let path: [String]
    /// The labels, where the name has parentheses; `_` for none.
    let labels: [String]?

    init(_ text: String) {
        let name = text.prefix { $0 != "(" }.filter { $0 != "`" }
        var rest = name[...]
        if rest.count > 1, rest.first == ".", rest.dropFirst().first!.isLetter { rest = rest.dropFirst() }
        var path: [String] = []
        // An operator may hold dots itself.
        while let dot = rest.firstIndex(of: "."), dot != rest.startIndex, Self.isIdentifier(rest[..<dot]),
            dot != rest.index(before: rest.endIndex)
        {
            path.append(String(rest[..<dot]))
            rest = rest[rest.index(after: dot)...]
        }
        self.path = path + [String(rest)]
        labels = text.contains("(") ? Self.labels(text.drop { $0 != "(" }.dropFirst()) : nil
    }

    /// The labels of `_:in:seed:)`, and of `π, in: world)`.
    private static func labels(_ text: Substring) -> [String] {
        let inside = text.last == ")" ? text.dropLast() : text
        if inside.isEmpty { return [] }
        if !inside.contains(","), inside.last == ":" { return inside.split(separator: ":").map(String.init) }
        var depth = 0
        let arguments = inside.split { character in
            if "([{".contains(character) { depth += 1 }
            if ")]}".contains(character) { depth -= 1 }
            return character == "," && depth == 0
        }
        return arguments.map { argument in
            let label = argument.drop(while: \.isWhitespace).prefix { $0.isLetter || $0.isNumber || $0 == "_" }
            let rest = argument.drop(while: \.isWhitespace).dropFirst(label.count)
            return rest.first == ":" && !label.isEmpty ? String(label) : "_"
        }
    }

    private init(path: [String], labels: [String]?) {
        self.path = path
        self.labels = labels
    }

    private static func isIdentifier(_ text: Substring) -> Bool {
        text.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || !$0.isASCII }
    }

    /// The last of the names.
    var base: String { path.last! }

    /// Without the first name.
    var inner: NameQuery { NameQuery(path: Array(path.dropFirst()), labels: labels) }

    /// How closely a name is looked at.
    enum Strictness: CaseIterable {
        /// The labels are the declaration's.
        case exact
        /// The labels are some of them: the others have values of their own.
        case callable
        /// The labels may be wrong.
        case unlabeled
    }

    /// Whether a declaration is meant, whatever its labels: by its own name or with some of the types around it. A type's name
    /// also means its initializers.
    func matches(_ name: DeclaredName) -> Bool {
        let isCalledByType = name.kind == .`init` && name.owner.suffix(path.count) == path[...]
        return isCalledByType || name.path.suffix(path.count) == path[...]
    }

    /// Whether a declaration has the labels that were asked for.
    func accepts(_ name: DeclaredName, _ strictness: Strictness) -> Bool {
        guard let labels else { return true }
        switch strictness {
        case .exact: return labels == name.labels
        case .callable: return name.takes(labels) ?? false
        case .unlabeled: return true
        }
    }
}
