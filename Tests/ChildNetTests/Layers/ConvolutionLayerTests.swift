import Autodiff
import Testing

@testable import ChildNet

@Suite struct ConvolutionLayerTests {
    private let small: Layer = .convolution(height: 3, width: 5, filters: 16)

    @Test func itsWords() {
        #expect("\(small)" == "conv 3×5, 16 filters")
        #expect(
            "\(Layer.convolution(height: 1, width: 1, filters: 2, stride: 3, normalized: true))"
                == "conv 1×1, 2 filters, stride 3, normalized")
    }

    @Test func itsShapeAndCost() throws {
        let plain = try summary([small])
        #expect("\(plain.output)" == "8×8×16")
        // kₕ k_w cᵢ cₒ + cₒ, and 2 H W kₕ k_w cᵢ cₒ
        #expect(plain.parameters == 3 * 5 * 16 + 16 && plain.flops == 2 * 64 * 3 * 5 * 16)
        let strided = try summary([small, .convolution(height: 2, width: 2, filters: 4, stride: 3, normalized: true)])
        #expect("\(strided.output)" == "3×3×4")
        #expect(strided.parameters == 4 * 16 * 4 + 8 && strided.flops == 2 * 9 * 4 * 16 * 4)
    }

    @Test func itsParametersStartAsTheyShould() {
        let layers: [Layer] = [small, .convolution(height: 1, width: 1, filters: 2, normalized: true)]
        let network = Network<Double>(layers, input: digits.imageShape, classes: 10, seed: 1)
        #expect(
            network.parameters.map(\.name) == [
                "convolution 1 weights", "convolution 1 bias", "convolution 2 weights", "convolution 2 scale",
                "convolution 2 shift", "classes weights", "classes bias",
            ])
        #expect(network.parameters.map(\.shape)[..<3] == [[3, 5, 1, 16], [16], [1, 1, 16, 2]])
        #expect(network.parameters[1].value.elements.allSatisfy { $0 == 0 })
        #expect(network.parameters[3].value.elements == [1, 1] && network.parameters[4].value.elements == [0, 0])
        #expect(network.statistics.count == 1 && network.statistics[0].variance.elements == [1, 1])
        // The stream of the seed, one weight after the other, and of no other number: variance 2/fan-in.
        var generator = RandomGenerator(seed: 1)
        for (parameter, fanIn) in [(0, 15), (2, 16), (5, 128)] {
            let shape = network.parameters[parameter].shape
            let expected = generator.normalTensor(
                shape: shape, standardDeviation: (2 / Double(fanIn)).squareRoot(), of: Double.self)
            #expect(network.parameters[parameter].value == expected)
        }
    }

    @Test func whatDoesNotFitIsRefusedWithItsReason() {
        #expect(
            problem([.convolution(height: 1, width: 1, filters: 2, stride: Int.max)])
                == "layer 1 (conv 1×1, 2 filters, stride \(Int.max)): its sizes are 1 to 65536, not \(Int.max)")
        #expect(
            problem(Array(repeating: .convolution(height: 1, width: 1, filters: 1000), count: 40))
                == "layer 32 (conv 1×1, 1000 filters): 2,048,064 numbers for one image so far; the limit is 2,000,000")
        #expect(
            problem([.convolution(height: 7000, width: 7000, filters: 1, stride: 8)])
                == "layer 1 (conv 7000×7000, 1 filters, stride 8): it reads 49,000,000 numbers of one image, with the zeros around it; "
                + "the limit is 2,000,000")
        let largest = ImageShape(height: 65_536, width: 65_536, channels: 65_536)
        #expect(
            Network<Float>.problem(
                with: [.convolution(height: 65_536, width: 65_536, filters: 65_536)], input: largest, classes: 10)?
                .description
                == "layer 1 (conv 65536×65536, 65536 filters): 1.84467e+19 parameters so far; the limit is 50,000,000")
    }
}
