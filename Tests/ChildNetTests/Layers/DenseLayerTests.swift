import Autodiff
import TestSupport
import Testing

@testable import ChildNet

@Suite struct DenseLayerTests {
    @Test func itsShapeAndCost() throws {
        let dense = try summary([.maxPooling, .dense(units: 5)])
        #expect("\(dense)" == "dense 5: 4×4×1 → 1×1×5, 85 parameters, 160 FLOPs for one image")
    }

    @Test func onlyHiddenOnesAreRectified() {
        let network = Network<Double>([.dense(units: 4)], input: digits.imageShape, classes: 10, seed: 1)
        #expect(
            network.parameters.map(\.name) == ["dense 1 weights", "dense 1 bias", "classes weights", "classes bias"])
        let images: Tensor<Double> = random([3, 8, 8, 1], seed: 1), θ = network.parameters.map(\.value)
        let hidden = relu(matmul(images.reshaped([3, 64]), θ[0]) + θ[1])
        let expected = matmul(hidden, θ[2]) + θ[3]
        let logits = network.logits(images)
        #expect(logits.shape == [3, 10] && logits.elements.contains { $0 < 0 })
        #expect(zip(logits.elements, expected.elements).allSatisfy { abs($0 - $1) < 1e-12 })
    }

    @Test func whatDoesNotFitIsRefusedWithItsReason() {
        #expect(problem([.dense(units: 0)]) == "layer 1 (dense 0): its sizes are 1 to 65536, not 0")
        #expect(
            problem([.dense(units: 60_000), .dense(units: 60_000)])
                == "layer 2 (dense 60000): 3,603,960,000 parameters so far; the limit is 50,000,000")
    }
}
