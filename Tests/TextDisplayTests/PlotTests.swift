import Testing
import TextDisplay

@Suite struct PlotTests {
    @Test func aStraightLineIsADiagonal() {
        let lines = "\(Plot("y", [0, 1, 2, 3, 4]))".split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 15)
        #expect(lines[0] == "4 ┤" + String(repeating: " ", count: 59) + "●")
        #expect(lines[11] == "0 ┤●")
        #expect(lines[13] == "   0" + String(repeating: " ", count: 58) + "4")
        #expect(lines[14] == "   ● y")
    }

    @Test func powersAreStraightOnLogarithmicAxes() {
        let plot = Plot(x: [1, 10, 100, 1000], ["1/x": [1, 0.1, 0.01, 0.001]], logarithmic: true)
        let lines = "\(plot)".split(separator: "\n", omittingEmptySubsequences: false).map(Array.init)
        let places = (0..<12).flatMap { row in lines[row].indices.filter { lines[row][$0] == "●" }.map { (row, $0) } }
        #expect(places.map(\.0) == [0, 4, 7, 11])
        #expect(zip(places, places.dropFirst()).allSatisfy { 18...22 ~= $1.1 - $0.1 })
    }

    @Test func whatCannotBeDrawnIsLeftOut() {
        #expect("\(Plot("nothing", []))" == "nothing to plot")
        #expect("\(Plot("no number", [.nan, .infinity]))" == "nothing to plot")
        #expect("\(Plot(x: [-1, 0], ["y": [1, 2]], logarithmic: true))" == "nothing to plot")
        #expect(
            Plot.problem(x: [1], curves: [("y", [1, 2])])?.description == "'y' has 2 points, and there are 1 x")
    }
}
