import Testing
import TextDisplay

@Suite struct DisplayWidthTests {
    @Test(arguments: [
        ("", 0), ("abc", 3), ("∇log π", 6), ("試", 2), ("한글", 4), ("🙂", 2), ("e\u{301}", 1), ("\u{301}", 0),
        ("\u{7}", 0),
    ]) func isTheColumnsOfATerminal(_ text: String, _ width: Int) {
        #expect(text.displayWidth == width)
    }

    @Test func paddingFillsAWidthAndCutsNothing() {
        #expect("7".padded(to: 3) == "7  ")
        #expect("7".padded(to: 3, .right) == "  7")
        #expect("試".padded(to: 3, .right) == " 試")
        #expect("1234".padded(to: 3) == "1234")
        #expect("a".padded(to: -1) == "a")
    }
}
