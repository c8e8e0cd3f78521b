import Testing

@testable import Notebook

/// What is wrong with the text of a cell is said with its place, and never ends the program.
@Suite struct CellTextTests {
    private func message(_ cell: String) -> String? {
        Session(library: Library(), print: { _ in }).run(cell).error?.rendered(in: cell)
    }

    static let hidden = [
        ("d \u{FEFF}= 3", "U+FEFF (zero width no-break space)", 8), ("1 +\u{200B} 2", "U+200B (zero width space)", 8),
        ("let \u{202E}x = 3", "U+202E (right-to-left override)", 8), ("1\u{2028}", "U+2028 (line separator)", 8),
        ("x\u{AD} = 1", "U+00AD (soft hyphen)", 6), ("1 \u{1B}[2J", "U+001B", 6),
        ("a\u{E0041} + 1", "U+E0041 (tag latin capital letter a)", 9),
    ]

    @Test(arguments: hidden) func invisibleCharactersAreNamed(_ cell: String, _ name: String, _ width: Int) throws {
        let text = try #require(message(cell))
        #expect(text.contains(": there is an invisible character here, \(name)") || text.contains("here, \(name) ("))
        // The caret is as long as what the character is shown as.
        #expect(text.hasSuffix("^" + String(repeating: "~", count: width - 1)), "\(text)")
        #expect(
            text.unicodeScalars.allSatisfy { $0 == "\n" || !($0.value < 32 || $0 == "\u{202E}" || $0 == "\u{FEFF}") })
    }

    @Test func charactersInTextsAndCommentsAreFree() {
        let session = Session(library: Library(), print: { _ in })
        #expect(session.run("\"a\u{FEFF}\u{202E}\".count // \u{200B}").error == nil)
        // What web pages put for a space is one.
        #expect(session.run("let\u{A0}a = 1").error == nil)
    }

    static let operators = [
        ("2 ** 3", "unknown operator '**': pow(x, y) is x to the power of y", 3),
        ("2 × 3", "unknown operator '×': write *", 3),
        ("6 ÷ 3", "unknown operator '÷': write /", 3), ("1 ≤ 2", "unknown operator '≤': write <=", 3),
        ("1 <> 2", "unknown operator '<>': write !=", 3), ("5 − 3", "unknown operator '−': write -", 3),
        ("1 ≠ 2", "unknown operator '≠': write !=", 3), ("1 §§ 2", "unknown operator '§§'", 3),
        ("1 <+> 2", "unknown operator '<+>'", 3), ("√4.0", "unknown operator '√': sqrt(x) is the square root", 1),
        ("var x = 1; x++", "unknown operator '++': write x += 1", 13), ("¬true", "unknown operator '¬': write !", 1),
        ("[1] === [1]", "unknown operator '===': write ==", 1), ("5 – 3", "'–' is no part of Swift: write -", 3),
        ("1 < 2 < 3", "'<' can't be repeated: put parentheses around one of them", 7),
        ("1 |> 2", "unknown operator '|>': write f(x)", 3),
        ("var a = 2; a **= 3", "unknown operator '**=': write x = pow(x, y)", 14),
        ("let f = { $0 ** 2 }", "unknown operator '**': pow(x, y) is x to the power of y", 14),
    ]

    @Test(arguments: operators) func unknownOperatorsSayWhatDoesIt(_ cell: String, _ reason: String, _ column: Int) {
        let lines = message(cell)?.split(separator: "\n") ?? []
        #expect(lines.first == "error: \(reason)")
        #expect(lines.last?.prefix { $0 == " " }.count == column + 1, "\(lines)")
    }

    /// Everything that the parser says something about, once: none of it may end the program.
    @Test(arguments: [
        "d/**/= 3", "d /* */= 3", "d =/* */ 3", "d = /*\n*/3", "a ?b : c", "x. y", "x .y", "f (1)", "let x: = 3", "“a",
        "'a'",
        "#\"a\"", "\"\"\"a\"\"\"", "/ a/", "`a b`", "0x", "1e", "@", "@a", "#", "#if", "}", ")", "]", "=", "= 3", "3 =",
        "a = = b",
        "func", "func f", "func f(", "func f() async throws -> ", "func f(x) {}", "let", "let =", "for", "for in",
        "switch x {",
        "switch x { case }", "if", "if {", "guard", "while", "return return", "{ in }", "{ a, in }", "\\", "\\.", "a..",
        "...",
        "\u{0}", "<<<<<<< a\n=======\n>>>>>>> b", "/*", "*/", "\"\\(", "\"\\(a", "\"\\u{}\"", "\"\\u{110000}\"",
        "\"\\q\"", "\"a\nb\"",
        "import", "try", "await", "throw", "defer", "$", "$x", "a?.b!", "a!!", "&a", "a as", "a is", "[1:", "[:", "(,)",
        "f(,)",
        "operator", "precedencegroup", "extension", "actor", "init", "deinit", "subscript", "static", "_ =", "if let",
        "case",
        "a\u{A0}=3", "a =\u{A0}3", "a\u{A0}= 3", "a =\u{B}3", "a\u{C}= 3", "a/* */\u{A0}=/**/ 3",
    ]) func whatIsNotSwiftIsAnError(_ cell: String) {
        let session = Session(library: Library(), print: { _ in })
        _ = session.isUnfinished(cell)
        _ = session.isOpen(cell)
        #expect(session.run(cell).error != nil)
    }

    static let openings: [(String, Bool)] = [
        ("func f() {", true), ("[1,", true), ("f(1,\n", true), ("let s = \"\"\"\na", true), ("/* a", true),
        ("[[1], [", true),
        ("1 +", false), ("let x =", false), ("let a = [1]", false), ("if true {}\nelse", false), ("\"(\"", false),
        ("// {", false),
    ]

    @Test(arguments: openings) func whatIsOpenGoesOnBehindABlankLine(_ cell: String, _ isOpen: Bool) {
        #expect(Session(library: Library(), print: { _ in }).isOpen(cell) == isOpen)
    }
}

/// Functions of one name, as in Swift.
@Suite struct OverloadTests {
    private func values(_ cells: String...) -> [String] {
        let session = Session(library: Library(), print: { _ in })
        return cells.flatMap { cell -> [String] in
            let outcome = session.run(cell)
            return outcome.values + (outcome.error.map { [$0.message] } ?? [])
        }
    }

    @Test func functionsOfOtherParametersStandSideBySide() {
        #expect(
            values(
                "func f(_ x: Int) -> String { \"Int\" }", "func f(_ x: String) -> String { \"String\" }",
                "func f(_ x: [Double]) -> String { \"list\" }", "func f(_ x: Double) -> String { \"Double\" }",
                "func f(x: Int) -> String { \"labeled\" }", "func f() -> String { \"none\" }",
                "[f(1), f(\"a\"), f([1]), f(1.5), f(x: 2), f()]")
                == ["[\"Int\", \"String\", \"list\", \"Double\", \"labeled\", \"none\"]"])
    }

    @Test func theSameParametersReplace() {
        #expect(
            values(
                "func f(_ x: Int) -> Int { 1 }", "func f(_ x: String) -> Int { 2 }", "func f(_ n: Int) -> Int { 3 }",
                "f(0) + f(\"\")")
                == ["5"])
        // A variable of that name is no function any more.
        #expect(values("func f(_ x: Int) -> Int { 1 }", "let f = 7", "f") == ["7"])
    }

    @Test func whatFitsNoneNamesAll() {
        #expect(
            values("func f(_ x: Int) -> Int { 1 }", "func f(_ x: String, by y: [Double]) -> Int { 2 }", "f(true)")
                == ["'f' does not take (Bool): there is f(_: Int) and f(_: String, by: [Double])"])
    }

    @Test func aFunctionOfSeveralCanBePassedOn() {
        #expect(
            values(
                "func f(_ x: Int) -> Int { x }", "func f(_ x: String) -> Int { 0 }", "[1, 2].map(f)", "[\"a\"].map(f)")
                == ["[1, 2]", "[0]"])
    }
}
