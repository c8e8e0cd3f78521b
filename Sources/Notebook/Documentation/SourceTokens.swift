/// The words and signs of a Swift source, without its comments and the contents of its strings.
///
/// Read byte by byte, which takes a thousandth of the Swift parser's time: enough to see what a file declares, and no more.
struct SourceTokens {
    struct Token {
        enum Kind: Equatable {
            /// A name, a keyword or a number.
            case word
            /// A word between backticks, which no keyword is.
            case quotedWord
            /// One character that is none of a word; `->` is one as well.
            case sign(UInt8)
            case arrow
            case string
        }
        let kind: Kind
        let start: Int
        let end: Int
    }

    private let bytes: [UInt8]
    private(set) var tokens: [Token] = []

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        tokens.reserveCapacity(bytes.count / 5)
        var i = 0
        while i < bytes.count {
            let byte = bytes[i]
            if Self.isSpace(byte) {
                i += 1
            } else if let end = endOfComment(at: i) {
                i = end
            } else if let end = endOfString(at: i) {
                add(.string, i, end)
                i = end
            } else if Self.isInWord(byte) {
                let end = endOfWord(at: i)
                add(.word, i, end)
                i = end
            } else if byte == UInt8(ascii: "`") {
                let end = bytes[(i + 1)...].firstIndex(of: byte) ?? bytes.count
                add(.quotedWord, i + 1, end)
                i = end + 1
            } else if byte == UInt8(ascii: "-") && self[i + 1] == UInt8(ascii: ">") {
                add(.arrow, i, i + 2)
                i += 2
            } else {
                add(.sign(byte), i, i + 1)
                i += 1
            }
        }
    }

    func text(_ token: Token) -> String { String(decoding: bytes[token.start..<token.end], as: UTF8.self) }

    /// The labels of tuples, of their types and of their values: what stands before a colon in parentheses that nothing is
    /// called with.
    var tupleLabels: Set<String> {
        var labels: Set<String> = []
        var isTuple: [Bool] = []
        for (i, token) in tokens.enumerated() {
            switch token.kind {
            case .sign(UInt8(ascii: "(")): isTuple.append(i > 0 && Self.precedesTuple(tokens[i - 1].kind))
            case .sign(UInt8(ascii: "[")), .sign(UInt8(ascii: "{")): isTuple.append(false)
            case .sign(UInt8(ascii: ")")), .sign(UInt8(ascii: "]")), .sign(UInt8(ascii: "}")): _ = isTuple.popLast()
            case .sign(UInt8(ascii: ":")):
                guard isTuple.last == true, i > 1, tokens[i - 1].kind == .word else { continue }
                let before = tokens[i - 2].kind
                if before == .sign(UInt8(ascii: "(")) || before == .sign(UInt8(ascii: ",")) {
                    labels.insert(text(tokens[i - 1]))
                }
            default: break
            }
        }
        return labels
    }

    private static func precedesTuple(_ kind: Token.Kind) -> Bool {
        switch kind {
        case .arrow: true
        case .sign(let byte): [UInt8](":[=,(<|&?".utf8).contains(byte)
        default: false
        }
    }

    /// One beyond the operator that begins at a place: all characters up to a space, a parenthesis or a word.
    func endOfOperator(at start: Int) -> Int {
        var end = start
        while end < bytes.count, !Self.isSpace(bytes[end]), bytes[end] != UInt8(ascii: "("), !Self.isInWord(bytes[end])
        {
            end += 1
        }
        return end
    }

    static func isInWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "$"), 0x80...:
            true
        default: false
        }
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || 9...13 ~= byte }

    /// The byte at a place; 0 behind the end.
    private subscript(_ i: Int) -> UInt8 { i < bytes.count ? bytes[i] : 0 }

    private mutating func add(_ kind: Token.Kind, _ start: Int, _ end: Int) {
        tokens.append(Token(kind: kind, start: start, end: end))
    }

    private func endOfWord(at start: Int) -> Int {
        var end = start
        while Self.isInWord(self[end]) { end += 1 }
        return end
    }

    /// One beyond a comment that begins here; nil where none does.
    private func endOfComment(at start: Int) -> Int? {
        guard self[start] == UInt8(ascii: "/") else { return nil }
        if self[start + 1] == UInt8(ascii: "/") {
            return bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
        }
        guard self[start + 1] == UInt8(ascii: "*") else { return nil }
        var depth = 1, i = start + 2
        while i < bytes.count && depth > 0 {
            if self[i] == UInt8(ascii: "/") && self[i + 1] == UInt8(ascii: "*") {
                depth += 1
                i += 2
            } else if self[i] == UInt8(ascii: "*") && self[i + 1] == UInt8(ascii: "/") {
                depth -= 1
                i += 2
            } else {
                i += 1
            }
        }
        return i
    }

    /// One beyond a string that begins here, of one line or more, raw or not; nil where none does.
    private func endOfString(at start: Int) -> Int? {
        let quote = UInt8(ascii: "\""), number = UInt8(ascii: "#")
        var i = start
        while self[i] == number { i += 1 }
        guard self[i] == quote else { return nil }
        let hashes = i - start
        // Three quotes begin a string of several lines where the line ends behind them: `#"""#` holds one quote.
        let quotes = stands(quote, 3, at: i) && endsLine(at: i + 3) ? 3 : 1
        i += quotes
        while i < bytes.count {
            if stands(quote, quotes, at: i) && stands(number, hashes, at: i + quotes) { return i + quotes + hashes }
            if self[i] == UInt8(ascii: "\\") && stands(number, hashes, at: i + 1) {
                i += 1 + hashes
                i = self[i] == UInt8(ascii: "(") ? endOfInterpolation(at: i) : i + 1
            } else {
                i += 1
            }
        }
        return bytes.count
    }

    /// Whether a byte stands so many times from a place on.
    private func stands(_ byte: UInt8, _ count: Int, at place: Int) -> Bool {
        (0..<count).allSatisfy { self[place + $0] == byte }
    }

    /// Whether nothing but spaces stands between a place and the end of its line.
    private func endsLine(at place: Int) -> Bool {
        let next = bytes[min(place, bytes.count)...].first { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
        return next == nil || next == UInt8(ascii: "\n") || next == UInt8(ascii: "\r")
    }

    /// One beyond the parenthesis that closes the one here.
    private func endOfInterpolation(at start: Int) -> Int {
        var depth = 0, i = start
        while i < bytes.count {
            if let end = endOfComment(at: i) ?? endOfString(at: i) {
                i = end
                continue
            }
            if self[i] == UInt8(ascii: "(") { depth += 1 }
            if self[i] == UInt8(ascii: ")") { depth -= 1 }
            i += 1
            if depth == 0 { return i }
        }
        return i
    }
}
