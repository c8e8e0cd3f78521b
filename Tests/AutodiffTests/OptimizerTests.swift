import Testing

@testable import Autodiff

@Suite struct OptimizerTests {
    struct Point: Parameterized {
        var x: Parameter<Double>
        var parameters: [Parameter<Double>] {
            get { [x] }
            set { x = newValue[0] }
        }
        /// ½ Σ kᵢxᵢ²
        var loss: Tensor<Double> { (0.5 * x.tensor * x.tensor * Tensor([1.0, 10.0])).sum() }
    }
    var point = Point(x: Parameter("x", Tensor([1.0, -2.0])))

    @Test mutating func nesterovTakesItsTwoFirstSteps() {
        var sgd = SGD<Double>(learningRate: 0.1, momentum: 0.9)
        sgd.update(&point, with: ∇point.loss)
        // v = g = (1, −20);  θ ← θ − α(g + μv) = θ − 0.19g
        #expect(close(point.x.value.elements, [1 - 0.19, -2 + 3.8]))
        let x = point.x.value.elements, g = [x[0], 10 * x[1]], v = [0.9 * 1 + g[0], 0.9 * -20 + g[1]]
        sgd.update(&point, with: ∇point.loss)
        #expect(close(point.x.value.elements, (0..<2).map { x[$0] - 0.1 * (g[$0] + 0.9 * v[$0]) }))
    }

    @Test func weightDecayLeavesVectorsAlone() {
        struct Layer: Parameterized { var parameters: [Parameter<Double>] }
        var layer = Layer(parameters: [Parameter("w", Tensor([[2.0]])), Parameter("b", Tensor([2.0]))])
        var sgd = SGD<Double>(learningRate: 1, weightDecay: 0.1)
        sgd.update(&layer, with: ∇(layer.parameters[0].tensor.sum() + layer.parameters[1].tensor.sum()))
        #expect(close(layer.parameters[0].value.elements, [2 - 1.2]))
        #expect(close(layer.parameters[1].value.elements, [2 - 1]))
    }

    @Test mutating func adamsFirstStepIsTheLearningRateInEveryDirection() {
        var adam = Adam<Double>(learningRate: 0.1)
        adam.update(&point, with: ∇point.loss)
        #expect(close(point.x.value.elements, [0.9, -1.9], within: 1e-6))
    }

    @Test(arguments: [true, false]) func findsTheMinimum(usingAdam: Bool) {
        var point = point
        var adam = Adam<Double>(learningRate: 0.05), sgd = SGD<Double>(learningRate: 0.02, momentum: 0.9)
        for _ in 0..<500 {
            if usingAdam { adam.update(&point, with: ∇point.loss) } else { sgd.update(&point, with: ∇point.loss) }
        }
        #expect(point.loss.value < 1e-3)
    }

    private func close(_ a: [Double], _ b: [Double], within tolerance: Double = 1e-12) -> Bool {
        a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) < tolerance }
    }
}
