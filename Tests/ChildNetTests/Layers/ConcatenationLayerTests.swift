import Testing

@testable import ChildNet

@Suite struct ConcatenationLayerTests {
    @Test func theLargestMapAndAllChannels() throws {
        let layers: [Layer] = [.convolution(height: 1, width: 1, filters: 3, stride: 2), .concatenation(of: [0, 1])]
        let join = try summary(layers)
        #expect("\(join.layer)" == "join of input, 1" && "\(join.output)" == "8×8×4")
        #expect(join.parameters == 0 && join.flops == 0)
        #expect("\(Layer.concatenation(of: [2]))" == "again 2")
    }

    @Test func whatDoesNotFitIsRefusedWithItsReason() {
        #expect(problem([.convolution(height: 3, width: 3, filters: 4), .concatenation(of: [0, 1])]) == nil)
        #expect(
            problem([.maxPooling, .concatenation(of: [0, 2])])
                == "layer 2 (join of input, 2): there is no layer 2 before it; 0 (the images) to 1 are")
        #expect(problem([.concatenation(of: [])]) == "layer 1 (join of ): it names no layer to join")
        #expect(problem([.concatenation(of: [0, 0])]) == "layer 1 (join of input, input): it names a layer twice")
        #expect(problem([.concatenation(of: [Int.min])])?.contains("there is no layer \(Int.min) before it") == true)
    }

    /// Joined, maps may have more channels than an image.
    @Test func manyChannels() throws {
        let wide = Layer.dense(units: 60_000), again = Layer.dense(units: 1)
        let join = try summary([
            .meanOverSpace, wide, .concatenation(of: [1]), wide, .concatenation(of: [2, 4]), again,
        ])
        #expect(join.input.channels == 120_000)
    }
}
