import Testing
import TextDisplay

@Suite struct PlainTextTests {
    @Test(arguments: ["\n", "\r\n", "\r"]) func everyLineEndIsOne(_ end: String) {
        let text = ["a", "", "π b", "c"].joined(separator: end)
        for mark in ["", "\u{FEFF}"] {
            for last in ["", end] {
                #expect(PlainText.normalized(mark + text + last) == "a\n\nπ b\nc" + (last.isEmpty ? "" : "\n"))
            }
        }
    }

    @Test func mixedLineEnds() {
        #expect(PlainText.normalized("a\r\r\nb\n\rc\r") == "a\n\nb\n\nc\n")
        // Only the mark in front is none of the text's characters.
        #expect(PlainText.normalized("\u{FEFF}a\u{FEFF}\r") == "a\u{FEFF}\n")
        #expect(PlainText.normalized("") == "" && PlainText.normalized("\u{FEFF}") == "")
    }

    @Test(arguments: ["", "a", "a\r\nb", "\u{FEFF}a\rb\n", "\r\r\n\n\r", "\u{FEFF}", "π\r\n\r\nσ"])
    func linesAreThoseOfTheNormalizedText(_ text: String) {
        let bytes = Array(text.utf8)
        let lines = PlainText.lines(of: bytes).map { String(decoding: bytes[$0], as: UTF8.self) }
        #expect(
            lines
                == PlainText.normalized(text).split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
    }
}
