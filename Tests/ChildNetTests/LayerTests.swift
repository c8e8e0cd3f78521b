import Autodiff
import Testing

@testable import ChildNet

@Suite struct LayerTests {
    @Test(arguments: [[2, 4, 4, 3], [1, 5, 7, 2], [1, 2, 2, 1]]) func maxPoolingTakesTheLargest(_ shape: [Int]) {
        let x: Tensor<Double> = random(shape, seed: 1)
        let y = maxPooling(x)
        #expect(y.shape == [shape[0], shape[1] / 2, shape[2] / 2, shape[3]])
        for n in 0..<shape[0] {
            for i in 0..<shape[1] / 2 {
                for j in 0..<shape[2] / 2 {
                    for c in 0..<shape[3] {
                        let block = [(0, 0), (0, 1), (1, 0), (1, 1)].map {
                            x[n][2 * i + $0.0][2 * j + $0.1][c].value
                        }
                        #expect(y[n][i][j][c].value == block.max())
                    }
                }
            }
        }
        let report = GradientChecker().check(["x": x]) { maxPooling($0[0]) }
        #expect(report.passed, "\(report)")
    }

    @Test func equalMaximaShareNothing() {
        let θ = Parameter("x", Tensor<Double>(repeating: 1, shape: [1, 2, 2, 1]))
        #expect((∇maxPooling(θ.tensor).sum())["x"]?.elements == [1, 0, 0, 0])
    }

    @Test func meanOverSpaceAgrees() {
        let x: Tensor<Double> = random([2, 3, 4, 5], seed: 1)
        let y = meanOverSpace(x)
        #expect(y.shape == [2, 5])
        var sum = 0.0
        for i in 0..<3 { for j in 0..<4 { sum += x[1][i][j][2].value } }
        #expect(abs(y[1][2].value - sum / 12) < 1e-12)
        let report = GradientChecker().check(["x": x]) { meanOverSpace($0[0]) }
        #expect(report.passed, "\(report)")
    }

    @Test func crossEntropyIsTheMeanNegativeLogProbability() {
        let z: Tensor<Double> = random([4, 3], seed: 1)
        let labels = [2, 0, 1, 2]
        let expected = -logSoftmax(z).picking(labels).mean()
        #expect(abs(softmaxCrossEntropy(z, labels: labels).value - expected.value) < 1e-12)
        let report = GradientChecker().check(["logits": z]) { softmaxCrossEntropy($0[0], labels: labels) }
        #expect(report.passed, "\(report)")
    }

    @Test func aWholeNetworkAgreesWithFiniteDifferences() {
        let network = Network<Double>(
            [
                .convolution(height: 3, width: 3, filters: 4), .maxPooling,
                .convolution(height: 1, width: 3, filters: 3, stride: 2), .meanOverSpace, .dense(units: 5),
            ], input: ImageShape(height: 6, width: 6, channels: 2), classes: 3, seed: 2)
        let images: Tensor<Double> = random([3, 6, 6, 2], seed: 3)
        let report = GradientChecker().check(of: network) { softmaxCrossEntropy($0.logits(images), labels: [0, 2, 1]) }
        #expect(report.passed, "\(report)")
    }
}
