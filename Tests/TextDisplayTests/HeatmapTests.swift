import Testing
import TextDisplay

@Suite struct HeatmapTests {
    @Test func largerIsDarker() {
        #expect(Heatmap([[0, 1], [2, 4]]).description == "│  ░░│\n│▒▒██│\n  0 … 4 █")
    }

    @Test func tablesShareTheirShadesAndFillLines() {
        let map = Heatmap(sideBySide: [[[0, 0, 0]], [[1]], [[0], [1]]])
        #expect(map.description == "│      ││██││  │\n│      ││  ││██│\n  0 … 1 █")
        let many = Heatmap(sideBySide: Array(repeating: [[0, 1, 2]], count: 20)).description
        #expect(many.split(separator: "\n").allSatisfy { $0.count <= 78 })
        #expect(many.split(separator: "\n").count == 4)
    }

    @Test func nothingBreaksIt() {
        #expect(Heatmap([]).description == "nothing to draw")
        #expect(Heatmap([[.nan]]).description == "nothing to draw")
        #expect(Heatmap([[.nan, 1]]).description == "│??  │\n  1 … 1 █")
        #expect(Heatmap([[-1e308, 1e308]]).description.hasPrefix("│  ██│"))
    }
}
