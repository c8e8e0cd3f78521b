import Testing
import TextDisplay

@Suite struct TextTableTests {
    @Test func columnsAreAsWideAsTheirWidestCells() {
        let table = TextTable(
            [.left("estimator"), .right("bias"), .left("why")],
            [["total return", "0", "unbiased"], ["first reward", "0.25", "leaves rewards out"]])
        #expect(
            "\(table)" == """
                estimator     bias  why
                total return     0  unbiased
                first reward  0.25  leaves rewards out
                """)
    }

    @Test func withoutHeadersThereIsNoLineForThem() {
        #expect(TextTable([.left(), .right()], [["a", "1"], ["bc", "23"]]).lines == ["a    1", "bc  23"])
        #expect(TextTable([.left(), .left()], []).lines == [])
    }

    @Test func aColumnMayBeWiderThanItsCellsAndTheGapNarrower() {
        let columns: [TextTable.Column] = [.right(minimumWidth: 3), .left(), .right("10", minimumWidth: 1)]
        #expect(
            TextTable(columns, [["1", "│", "·"], ["22", "│", "7"]], gap: 1).lines == [
                "      10", "  1 │  ·", " 22 │  7",
            ])
    }

    @Test func noLineEndsInASpace() {
        let rows = [["a", "", ""], ["b", "1"], ["c", "", "x"], []]
        #expect(TextTable([.left("n"), .right("k"), .left()], rows).lines == ["n  k", "a", "b  1", "c     x", ""])
    }

    /// What counts is the columns of a terminal: π is one, 試 are two, an accent of its own is none.
    @Test func wideCharactersTakeTwoColumns() {
        let rows = [["π", "1"], ["試験", "2"], ["e\u{301}te", "3"]]
        #expect(TextTable([.left(), .left()], rows).lines == ["π     1", "試験  2", "e\u{301}te   3"])
    }
}
