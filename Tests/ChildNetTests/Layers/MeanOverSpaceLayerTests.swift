import Testing

@testable import ChildNet

@Suite struct MeanOverSpaceLayerTests {
    @Test func oneNumberForEachChannel() throws {
        let mean = try summary([.convolution(height: 1, width: 1, filters: 3), .meanOverSpace])
        #expect("\(mean.layer)" == "mean over space" && "\(mean.output)" == "1×1×3")
        #expect(mean.parameters == 0 && mean.flops == 0)
        #expect(LayerWord.head.choice("mean") == .layer(.meanOverSpace))
        #expect(LayerWord.head.expectation == "flatten or mean")
    }
}
