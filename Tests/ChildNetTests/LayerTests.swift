import Autodiff
import TestSupport
import Testing

@testable import ChildNet

@Suite struct LayerTests {
    @Test func crossEntropyIsTheMeanNegativeLogProbability() {
        let z: Tensor<Double> = random([4, 3], seed: 1)
        let labels = [2, 0, 1, 2]
        let expected = -logSoftmax(z).picking(labels).mean()
        #expect(abs(softmaxCrossEntropy(z, labels: labels).value - expected.value) < 1e-12)
        expectGradient(["logits": z]) { softmaxCrossEntropy($0[0], labels: labels) }
    }

    @Test func aWholeNetworkAgreesWithFiniteDifferences() {
        let network = Network<Double>(
            [
                .convolution(height: 3, width: 3, filters: 4), .maxPooling,
                .convolution(height: 1, width: 3, filters: 3, stride: 2), .meanOverSpace, .dense(units: 5),
            ], input: ImageShape(height: 6, width: 6, channels: 2), classes: 3, seed: 2)
        let images: Tensor<Double> = random([3, 6, 6, 2], seed: 3)
        expectGradient(of: network) { softmaxCrossEntropy($0.logits(images), labels: [0, 2, 1]) }
    }
}
