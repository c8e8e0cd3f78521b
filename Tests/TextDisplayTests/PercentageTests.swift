import Testing
import TextDisplay

@Suite struct PercentageTests {
    @Test(arguments: [(0, "0.0 %"), (0.9771, "97.7 %"), (0.97751, "97.8 %"), (1, "100.0 %"), (-0.05, "-5.0 %")])
    func hasOneDecimal(_ share: Double, _ text: String) {
        #expect(percent(share) == text)
    }
}
