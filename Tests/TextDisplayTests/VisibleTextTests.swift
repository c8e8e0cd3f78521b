import Testing
import TextDisplay

@Suite struct VisibleTextTests {
    @Test(arguments: [
        ("a\u{1B}]52;c;eA==\u{7}", #"a\u{1B}]52;c;eA==\u{7}"#), ("\u{1B}[2J", #"\u{1B}[2J"#),
        ("\u{9B}2J", #"\u{9B}2J"#), ("a\u{202E}b\u{2066}c", #"a\u{202E}b\u{2066}c"#), ("x\u{FEFF}", #"x\u{FEFF}"#),
        ("a\rb\r\n", "a\\rb\\r\n"), ("\u{0}\u{8}\u{7F}", #"\u{0}\u{8}\u{7F}"#), ("a\u{2028}b", #"a\u{2028}b"#),
        ("\u{E0041}", #"\u{E0041}"#), ("\u{200B}", #"\u{200B}"#), ("\u{FFFE}", #"\u{FFFE}"#),
        ("\u{3164}", #"\u{3164}"#),
    ]) func whatATerminalObeysIsSpelt(_ text: String, _ shown: String) {
        #expect(VisibleText.escaped(text) == shown)
        #expect(VisibleText.escaped(shown) == shown)
    }

    @Test(arguments: ["∇log π(τ)\n\tx²", "日本語 👩‍👩‍👧 é e\u{301}", "سلام", "█▒ ½ →", ""])
    func textStaysAsItIs(_ text: String) { #expect(VisibleText.escaped(text) == text) }

    @Test func jsonStaysJSON() {
        #expect(VisibleText.escapedJSON(#"{"a":"\#u{202E}π\#u{E0041}"}"#) == #"{"a":"\u202Eπ\uDB40\uDC41"}"#)
    }

    @Test func charactersHaveNames() {
        #expect(VisibleText.name(of: "\u{FEFF}") == "U+FEFF (zero width no-break space)")
        #expect(VisibleText.name(of: "\u{7}") == "U+0007 (alert)" || VisibleText.name(of: "\u{7}") == "U+0007")
    }
}
