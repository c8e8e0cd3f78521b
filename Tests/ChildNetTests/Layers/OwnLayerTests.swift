import Autodiff
import Foundation
import TestSupport
import Testing
import TextDisplay

@testable import ChildNet

/// A layer of these tests' own: each channel times a number that is learned. This is all that there is of it, and no other file knows it.
private struct ChannelScaleLayer: LayerKind {
    static let name = "channel scale"
    var description: String { "scale of channels" }

    func output(after shapes: [ImageShape]) throws(InvalidArgument) -> ImageShape {
        if shapes.last!.channels > 100 { throw InvalidArgument("it takes 100 channels at most") }
        return shapes.last!
    }

    func parameters(input: ImageShape) -> [LayerParameter] { [LayerParameter("factors", [input.channels], .ones)] }

    func cost(input: ImageShape, output: ImageShape) -> LayerCost { LayerCost(flops: Double(input.count)) }

    func outputs<T: Scalar>(of maps: LayerMaps<T>, _ pass: inout ForwardPass<T>) -> LayerMaps<T> {
        LayerMaps(maps.tensor * pass.weights(0))
    }
}

/// A layer that only has a shape and a forward pass, and another one where it stands right behind a convolution.
private struct SquareLayer: ConvolutionFollower {
    static let name = "square"
    var description: String { "squares" }

    func output(after shapes: [ImageShape]) -> ImageShape { shapes.last! }

    func outputs<T: Scalar>(of maps: LayerMaps<T>, _ pass: inout ForwardPass<T>) -> LayerMaps<T> {
        LayerMaps(maps.tensor * maps.tensor)
    }

    /// Not squares but 7: so that a test sees which of the two was asked.
    func outputs<T: Scalar>(ofConvolution x: LayerMaps<T>, weights w: Tensor<T>, bias b: Tensor<T>, stride: Int)
        -> LayerMaps<T>
    {
        LayerMaps(0 * convolution(x.tensor, w, bias: b, stride: stride) + 7)
    }
}

/// A layer that no list names is a layer like any other: one file is enough.
@Suite struct OwnLayerTests {
    private let layers: [Layer] = [
        .convolution(height: 3, width: 3, filters: 8), Layer(ChannelScaleLayer()), .maxPooling,
    ]

    private func network<T: Scalar>(of type: T.Type) -> Network<T> {
        Network(layers, input: digits.imageShape, classes: 10, seed: 1)
    }

    @Test func itIsSummarizedAndCounted() {
        let network = network(of: Float.self)
        let summary = network.summaries[1]
        #expect("\(summary.input) \(summary.output)" == "8×8×8 8×8×8")
        #expect(summary.parameters == 8 && summary.flops == 512)
        #expect(network.parameters.map(\.name)[2] == "channel scale 2 factors")
        #expect(network.parameters[2].value.elements == Array(repeating: 1, count: 8))
        #expect(network.summaries.map(\.parameters).reduce(0, +) == network.parameterCount)
    }

    @Test func itIsDrawn() {
        #expect(
            network(of: Float.self).description == """
                                         makes  parameters   FLOPs
                   input                 8×8×1
                1  conv 3×3, 8 filters   8×8×8          80  9.22 k
                2  scale of channels     8×8×8           8     512
                3  max pool 2×2          4×4×8
                   dense, to 10 classes  10          1,290  2.56 k
                   in all                            1,378  12.3 k
                """)
    }

    @Test func itIsRefusedWithItsReason() {
        let input = ImageShape(height: 2, width: 2, channels: 101)
        #expect(
            Network<Float>.problem(with: [Layer(ChannelScaleLayer())], input: input, classes: 2)?.description
                == "layer 1 (scale of channels): it takes 100 channels at most")
    }

    @Test func itIsTrained() {
        let network = network(of: Float.self)
        let trained = train(network, on: digits, settings: TrainingSettings(epochs: 2), seed: 1)
        #expect(trained.losses.count == 2 && trained.losses[1] < trained.losses[0])
        #expect(trained.network.parameters[2].value != network.parameters[2].value)
    }

    @Test func itsGradientsAgreeWithFiniteDifferences() {
        let images: Tensor<Double> = random([3, 8, 8, 1], seed: 3)
        expectGradient(of: network(of: Double.self)) {
            softmaxCrossEntropy($0.logits(images), labels: [0, 2, 1])
        }
    }

    @Test func itsTimeIsMeasured() {
        let rows = layerTimes(of: network(of: Float.self), batchSize: 2, seed: 1).rows
        #expect(rows.map(\.layer)[1] == "scale of channels" && rows[1].forward > 0 && rows[1].gigaflops > 0)
    }

    @Test func itIsALayerLikeAnyOther() throws {
        #expect(Layer(ChannelScaleLayer()) == Layer(ChannelScaleLayer()))
        #expect(Layer(ChannelScaleLayer()) != Layer(SquareLayer()))
        #expect(Set([Layer(ChannelScaleLayer()), Layer(ChannelScaleLayer()), .maxPooling]).count == 2)
        #expect(String(decoding: try JSONEncoder().encode(ChannelScaleLayer()), as: UTF8.self) == "{}")
    }

    /// It takes part in the convolution before it where it says so, and nothing else asks for the convolution's output.
    @Test func itTakesPartInAConvolution() {
        let square = Layer(SquareLayer())
        func output(_ layers: [Layer]) -> [Double] {
            let network = Network<Double>(
                layers, input: ImageShape(height: 4, width: 4, channels: 1), classes: 2, seed: 1)
            var pass = ForwardPass(network.parameters.map(\.value), network.statistics)
            // What the last layer would make is not looked at.
            return pass.logits(random([2, 4, 4, 1], seed: 1), Array(network.summaries.dropLast())).elements
        }
        func isSeven(_ layers: [Layer]) -> Bool { output(layers).allSatisfy { $0 == 7 } }
        let plain = Layer.convolution(height: 3, width: 3, filters: 2)
        let normalized = Layer.convolution(height: 3, width: 3, filters: 2, normalized: true)
        #expect(isSeven([plain, square]))
        #expect(isSeven([plain, .concatenation(of: [0, 1]), plain, square]))
        #expect(!isSeven([normalized, square]))
        #expect(!isSeven([plain, .meanPooling, square]))
        #expect(!isSeven([plain, square, .concatenation(of: [1])]))
        #expect(zip(output([plain, .dropout(rate: 0), square]), output([plain])).allSatisfy { $0 == $1 * $1 })
    }
}
