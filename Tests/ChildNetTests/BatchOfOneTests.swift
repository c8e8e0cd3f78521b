import Autodiff
import Testing

@testable import ChildNet

/// Batch normalization of one number learns nothing: it is refused with its reason, and nothing else is.
@Suite struct BatchOfOneTests {
    private func network(stride: Int, normalized: Bool) -> Network<Float> {
        Network(
            [
                .convolution(height: 3, width: 3, filters: 4, stride: 8, normalized: false),
                .convolution(height: 3, width: 3, filters: 4, stride: stride, normalized: normalized),
            ], input: ImageShape(height: 8, width: 8, channels: 1), classes: 10, seed: 1)
    }

    @Test func oneNumberAChannelIsRefused() {
        let network = network(stride: 1, normalized: true)
        #expect(
            network.problem(trainingOn: 100, inBatchesOf: 1)?.description
                == "the batch normalization of layer 2 would see one number for each channel in batches of one image, because its map "
                + "is 1×1, and learn nothing from it: choose another batchSize")
        #expect(
            network.problem(trainingOn: 101, inBatchesOf: 20)?.description
                == "the batch normalization of layer 2 would see one number for each channel in the last batch, of one image (101 images "
                + "in batches of 20), because its map is 1×1, and learn nothing from it: choose another batchSize")
        #expect(network.problem(trainingOn: 1, inBatchesOf: 20) != nil)
    }

    @Test func whatHasTwoNumbersIsTrained() {
        #expect(network(stride: 1, normalized: true).problem(trainingOn: 100, inBatchesOf: 20) == nil)
        #expect(network(stride: 1, normalized: false).problem(trainingOn: 101, inBatchesOf: 1) == nil)
        let wide = Network<Float>(
            [.convolution(height: 3, width: 3, filters: 4, normalized: true)],
            input: ImageShape(height: 1, width: 2, channels: 1), classes: 10, seed: 1)
        #expect(wide.problem(trainingOn: 101, inBatchesOf: 1) == nil)
    }

    /// That such a batch teaches nothing but a shift: the gradients of the weights before it are rounding.
    @Test func theGradientOfOneNumberIsZero() {
        var network = Network<Double>(
            network(stride: 1, normalized: true).layers, input: ImageShape(height: 8, width: 8, channels: 1),
            classes: 10, seed: 1)
        var generator = RandomGenerator(seed: 1)
        func slope(_ images: Int) -> Double {
            let x: Tensor<Double> = generator.normalTensor(shape: [images, 8, 8, 1])
            let labels = Array(repeating: 3, count: images)
            let gradient = ∇softmaxCrossEntropy(network.trainingLogits(x, using: &generator), labels: labels)
            return gradient[network.parameters[0]]!.elements.map { abs($0) }.max()!
        }
        #expect(slope(1) < 1e-9)
        #expect(slope(2) > 1e-6)
    }
}
