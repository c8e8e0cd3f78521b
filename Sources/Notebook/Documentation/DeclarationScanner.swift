/// Finds the names that a file declares, from its words and signs alone.
///
/// It follows the brackets: names are declared at the file's level and in the braces of types, and nowhere else. What it finds
/// is what ``DeclarationCollector`` finds in the parser's tree.
struct DeclarationScanner {
    private(set) var names: [DeclaredName] = []
    /// The type that each of them is written with, that of a function's result and that which an alias stands for included.
    private(set) var typeNames: [String?] = []
    private(set) var headers: [(path: [String], header: TypeHeader)] = []

    /// The modules that the file imports.
    private(set) var imports: Set<String> = []

    /// The labels of the tuples in the file.
    let tupleLabels: Set<String>

    private let source: SourceTokens
    private var next = 0
    private var brackets: [Bracket] = []
    private var modifiers: Set<String> = []
    /// The declaration of variables that a comma may go on.
    private var binding: (depth: Int, name: DeclaredName, hasType: Bool)?

    private typealias Place = (path: [String], kind: Documentation.Kind?, access: Documentation.Access)

    private enum Bracket {
        case type(path: [String], kind: Documentation.Kind?, access: Documentation.Access)
        case other
    }

    init(_ bytes: [UInt8]) {
        source = SourceTokens(bytes)
        tupleLabels = source.tupleLabels
        while next < source.tokens.count { step() }
    }

    // MARK: Steps

    /// Where the next declaration would stand; nil where none can.
    private var place: Place? {
        switch brackets.last {
        case nil: ([], nil, .open)
        case .type(let path, let kind, let access): (path, kind, access)
        case .other: nil
        }
    }

    private mutating func step() {
        let token = source.tokens[next]
        switch token.kind {
        case .sign(UInt8(ascii: "{")), .sign(UInt8(ascii: "(")), .sign(UInt8(ascii: "[")): brackets.append(.other)
        case .sign(UInt8(ascii: "}")), .sign(UInt8(ascii: ")")), .sign(UInt8(ascii: "]")): _ = brackets.popLast()
        case .sign(UInt8(ascii: "@")):
            // An attribute stands between modifiers, and is none.
            next = source.isSign(next + 2, "(") ? source.skipped(next + 2) : next + 2
            return
        case .sign(UInt8(ascii: ",")): goOnWithBinding()
        case .sign(UInt8(ascii: ":")), .sign(UInt8(ascii: "=")):
            if binding?.depth == brackets.count { binding?.hasType = true }
        case .word where !source.isSign(next - 1, "."):
            if let place, declare(source.text(next), in: place) { return }
        default: break
        }
        modifiers = []
        next += 1
    }

    private static let modifierWords: Set = [
        "static", "final", "mutating", "nonmutating", "override", "lazy", "weak", "unowned", "convenience", "required",
        "indirect", "prefix", "postfix", "infix", "nonisolated", "dynamic", "optional", "borrowing", "consuming",
    ]

    /// Takes a declaration that begins with this word.
    ///
    /// - Returns: whether it did, and went on.
    private mutating func declare(_ word: String, in place: Place) -> Bool {
        if Self.modifierWords.contains(word) || Documentation.Access(rawValue: word) != nil
            || word == "class"
                && ["func", "var", "let", "subscript", "override", "final"].contains(source.text(next + 1))
        {
            // `private(set)` says nothing of who may look.
            let hasScope = source.isSign(next + 1, "(")
            if !hasScope { modifiers.insert(word) }
            next = hasScope ? source.skipped(next + 1) : next + 1
            return true
        }
        if word == "import" && brackets.isEmpty {
            imports.insert(source.text(next + 1))
            next += 2
            return true
        }
        if word == "extension" {
            takeExtension()
            return true
        }
        guard let kind = Documentation.Kind(rawValue: word) else { return false }
        binding = nil
        switch kind {
        case .actor, .class, .enum, .protocol, .struct:
            guard source.isWord(next + 1) else { return false }
            takeType(kind, in: place)
        case .func: takeFunction(in: place)
        case .`init`, .subscript: takeParameters(of: word, kind, from: next + 1, in: place)
        case .associatedtype, .typealias:
            guard source.isWord(next + 1) else { return false }
            add(source.text(next + 1), nil, kind, in: place)
            next += 2
            if kind == .typealias { typeNames[names.count - 1] = source.typeName(at: next + 1) }
        case .case:
            guard place.kind == .enum else { return false }
            takeCases(in: place)
        case .let, .var:
            guard !["if", "guard", "while", "case"].contains(source.text(next - 1)) else { return false }
            takeVariables(kind, in: place)
        }
        modifiers = []
        return true
    }

    @discardableResult
    private mutating func add(
        _ base: String, _ labels: [String]?, _ kind: Documentation.Kind, in place: Place
    ) -> DeclaredName {
        let name = DeclaredName(
            owner: place.path, base: base, labels: labels, kind: kind,
            access: DeclaredName.access(written: modifiers, kind, in: place.kind, of: place.access),
            isStatic: !modifiers.isDisjoint(with: ["static", "class"]), isRequirement: place.kind == .protocol)
        names.append(name)
        typeNames.append(nil)
        return name
    }

    // MARK: Declarations

    private mutating func takeType(_ kind: Documentation.Kind, in place: Place) {
        let name = add(source.text(next + 1), nil, kind, in: place)
        next += 2
        openType(path: name.path, kind, name.access)
    }

    private mutating func takeExtension() {
        var path: [String] = []
        binding = nil
        next += 1
        if source.isSign(next, "[") {
            path = ["Array"]
            next = source.skipped(next)
        }
        while source.isWord(next) {
            path.append(source.text(next))
            next = source.generics(at: next + 1).end
            guard source.isSign(next, ".") else { break }
            next += 1
        }
        // Who can use the type that it extends is said elsewhere.
        openType(path: path, nil, .open)
        modifiers = []
    }

    /// Reads a type's header and its brace.
    private mutating func openType(path: [String], _ kind: Documentation.Kind?, _ access: Documentation.Access) {
        var header = TypeHeader()
        (header.generics, next) = source.generics(at: next)
        if source.isSign(next, ":") {
            next += 1
            while source.token(next) != nil, !source.isSign(next, "{"), source.text(next) != "where" {
                if source.isSign(next, "@") {
                    next += 2
                } else if source.isWord(next) {
                    if let written = source.typeName(at: next) { header.inherited.append(written) }
                    next += 1
                    while source.isSign(next, ".") { next += 2 }
                    next = source.generics(at: next).end
                } else {
                    next += 1
                }
            }
        }
        while source.token(next) != nil, !source.isSign(next, "{") { next += 1 }
        headers.append((path, header))
        brackets.append(.type(path: path, kind: kind, access: access))
        next += 1
    }

    private mutating func takeFunction(in place: Place) {
        guard let first = source.token(next + 1) else {
            next += 1
            return
        }
        var end = next + 2
        var base = source.text(next + 1)
        if case .sign = first.kind {
            let stop = source.endOfOperator(at: first.start)
            while let more = source.token(end), more.start < stop {
                base += source.text(end)
                end += 1
            }
        }
        takeParameters(of: base, .func, from: end, in: place)
    }

    private mutating func takeParameters(
        of base: String, _ kind: Documentation.Kind, from start: Int, in place: Place
    ) {
        next = start
        if source.isSign(next, "?") || source.isSign(next, "!") { next += 1 }
        next = source.generics(at: next).end
        guard source.isSign(next, "(") else { return }
        let end = source.skipped(next)
        let labels = source.parameterLabels(next, end, isSubscript: kind == .subscript)
        add(base, labels, kind, in: place)
        next = end
        while ["throws", "rethrows", "async"].contains(source.text(next)) {
            next = source.isSign(next + 1, "(") ? source.skipped(next + 1) : next + 1
        }
        if source.token(next)?.kind == .arrow { typeNames[names.count - 1] = source.typeName(at: next + 1) }
    }

    private mutating func takeCases(in place: Place) {
        next += 1
        while source.isWord(next) {
            let base = source.text(next)
            next += 1
            var labels: [String]?
            if source.isSign(next, "(") {
                let end = source.skipped(next)
                labels = source.payloadLabels(next, end)
                next = end
            }
            add(base, labels, .case, in: place)
            if source.isSign(next, "=") { next += source.isSign(next + 1, "-") ? 3 : 2 }
            guard source.isSign(next, ",") else { break }
            next += 1
        }
    }

    private mutating func takeVariables(_ kind: Documentation.Kind, in place: Place) {
        next += 1
        if source.isSign(next, "(") {
            let end = source.skipped(next)
            for i in next..<end where source.isWord(i) && (source.isSign(i + 1, ",") || source.isSign(i + 1, ")")) {
                let name = add(source.text(i), nil, kind, in: place)
                binding = (brackets.count, name, false)
            }
            next = end
        } else if source.isWord(next) {
            takeVariable(kind, in: place)
        }
    }

    private mutating func takeVariable(_ kind: Documentation.Kind, in place: Place) {
        let name = add(source.text(next), nil, kind, in: place)
        next += 1
        binding = (brackets.count, name, false)
        if source.isSign(next, ":") { typeNames[names.count - 1] = source.typeName(at: next + 1) }
    }

    /// `let a, b: Double` and `let a = 1, b = 2`: another name of the same declaration.
    private mutating func goOnWithBinding() {
        guard let binding, binding.depth == brackets.count, let place, source.isWord(next + 1),
            isNameOfBinding(next + 1)
        else {
            return
        }
        let name = DeclaredName(
            owner: place.path, base: source.text(next + 1), labels: nil, kind: binding.name.kind,
            access: binding.name.access,
            isStatic: binding.name.isStatic, isRequirement: binding.name.isRequirement)
        names.append(name)
        typeNames.append(source.isSign(next + 2, ":") ? source.typeName(at: next + 3) : nil)
        self.binding = (binding.depth, name, binding.hasType)
        next += 1
    }

    /// Whether the word at a place is a name, and not a part of a type or a value.
    private func isNameOfBinding(_ place: Int) -> Bool {
        source.isSign(place + 1, ":") || source.isSign(place + 1, "=")
            || source.isSign(place + 1, ",") && binding?.hasType == false
    }
}

extension DeclaredName {
    /// Who can use a declaration with these modifiers: requirements and cases are as open as what they stand in, and nothing is
    /// more open.
    static func access(
        written modifiers: Set<String>, _ kind: Documentation.Kind, in owner: Documentation.Kind?,
        of ownerAccess: Documentation.Access
    ) -> Documentation.Access {
        if owner == .protocol || kind == .case { return ownerAccess }
        let written = modifiers.compactMap(Documentation.Access.init).first ?? .internal
        return min(written, ownerAccess)
    }
}
