import Testing

@testable import ChildNet

@Suite struct PoolingLayerTests {
    @Test(arguments: [(Layer.maxPooling, "max pool 2×2"), (.meanPooling, "mean pool 2×2")])
    func blocksOfTwoByTwo(_ layer: Layer, _ words: String) throws {
        #expect("\(layer)" == words)
        let odd = try summary([.convolution(height: 1, width: 1, filters: 3, stride: 3), layer])
        #expect("\(odd.input) \(odd.output)" == "3×3×3 1×1×3")
        #expect(odd.parameters == 0 && odd.flops == 0)
        #expect(problem([layer, layer, layer]) == nil)
        #expect(problem([layer, layer, layer, layer]) == "layer 4 (\(words)): a map of 1×1 is too small")
    }

    @Test func theyAreTheChoicesOfOneWord() {
        #expect(LayerWord.pooling.expectation == "none, max or mean")
        #expect(LayerWord.pooling.choice("mean") == .layer(.meanPooling))
        #expect(LayerWord.pooling.text(of: .layer(.maxPooling)) == "max")
    }
}
