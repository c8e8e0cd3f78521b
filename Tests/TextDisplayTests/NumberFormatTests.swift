import Testing

@testable import TextDisplay

@Suite struct NumberFormatTests {
    @Test func thousandsStandApart() {
        for (number, text) in [
            (0, "0"), (999, "999"), (1000, "1,000"), (12_345, "12,345"), (250_000_000, "250,000,000"),
            (1e17, "100,000,000,000,000,000"), (1e18, "1e+18"), (1.8e19, "1.8e+19"), (.infinity, "inf"), (.nan, "nan"),
        ] as [(Double, String)] {
            #expect(grouped(number) == text)
        }
    }
}
