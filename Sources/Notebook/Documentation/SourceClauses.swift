/// Reading what stands between the names of declarations: brackets, generic clauses, labels and types.
extension SourceTokens {
    func token(_ i: Int) -> Token? { tokens.indices.contains(i) ? tokens[i] : nil }
    func isSign(_ i: Int, _ sign: Unicode.Scalar) -> Bool { token(i)?.kind == .sign(UInt8(ascii: sign)) }
    func isWord(_ i: Int) -> Bool { token(i)?.kind == .word || token(i)?.kind == .quotedWord }
    func text(_ i: Int) -> String { token(i).map { text($0) } ?? "" }

    /// By how much a token changes the number of open brackets; those of generic clauses count only where asked for.
    private func change(at i: Int, withAngles: Bool = false) -> Int {
        guard case .sign(let byte)? = token(i)?.kind else { return 0 }
        if [UInt8]("([{".utf8).contains(byte) || withAngles && byte == UInt8(ascii: "<") { return 1 }
        if [UInt8](")]}".utf8).contains(byte) || withAngles && byte == UInt8(ascii: ">") { return -1 }
        return 0
    }

    /// One beyond the bracket that closes the one at a place.
    func skipped(_ open: Int) -> Int {
        var depth = 0, i = open
        while token(i) != nil {
            depth += change(at: i)
            i += 1
            if depth == 0 { break }
        }
        return i
    }

    /// One beyond a generic clause at a place, and the names of its parameters; the place itself where there is none.
    func generics(at place: Int) -> (names: Set<String>, end: Int) {
        guard isSign(place, "<") else { return ([], place) }
        var names: Set<String> = []
        var depth = 0, i = place
        while token(i) != nil {
            if isSign(i, "<") { depth += 1 }
            if isSign(i, ">") { depth -= 1 }
            if depth == 1, isSign(i, "<") || isSign(i, ",") {
                names.insert(text(["let", "each"].contains(text(i + 1)) && isWord(i + 2) ? i + 2 : i + 1))
            }
            i += 1
            if depth == 0 { break }
        }
        return (names, i)
    }

    /// The labels of the parameters between two parentheses, `_` for none.
    ///
    /// - Parameter isSubscript: whether the name of a parameter is no label unless there are two.
    func parameterLabels(_ open: Int, _ end: Int, isSubscript: Bool) -> [String] {
        var labels: [String] = []
        var depth = 0
        for i in open..<end {
            depth += change(at: i)
            guard depth == 1, i == open || isSign(i, ","), isWord(i + 1) else { continue }
            // A comma may also stand in a generic clause: what is no label before a colon is none.
            let hasTwoNames = isWord(i + 2) && isSign(i + 3, ":")
            guard hasTwoNames || isSign(i + 2, ":") else { continue }
            labels.append(isSubscript && !hasTwoNames ? "_" : text(i + 1))
        }
        return labels
    }

    /// The labels of what an enumeration's case holds, `_` for none.
    func payloadLabels(_ open: Int, _ end: Int) -> [String] {
        var labels: [String] = []
        var depth = 0
        for i in open..<end {
            depth += change(at: i, withAngles: true)
            guard depth == 1, i == open || isSign(i, ","), i + 2 < end else { continue }
            let isLabeled = isWord(i + 1) && (isSign(i + 2, ":") || isWord(i + 2) && isSign(i + 3, ":"))
            labels.append(isLabeled ? text(i + 1) : "_")
        }
        return labels
    }

    /// The type that is written at a place, `Outer.Inner`, without what it is made of; nil where it has no name of its own,
    /// as lists and functions have none.
    func typeName(at place: Int) -> String? {
        var i = place
        while ["any", "some", "borrowing", "consuming", "inout", "sending"].contains(text(i)) && isWord(i + 1) {
            i += 1
        }
        guard isWord(i) else { return nil }
        var name = text(i)
        i = generics(at: i + 1).end
        while isSign(i, "."), isWord(i + 1) {
            name += "." + text(i + 1)
            i = generics(at: i + 2).end
        }
        return name
    }
}
