import Autodiff
import TextDisplay
import TestSupport
import Testing

@testable import ChildNet

/// What the functions of layers refuse, in which words; and what they do not.
@Suite struct LayerRuleTests {
    private func convolution(
        _ images: [Int] = [1, 4, 4, 2], _ weights: [Int] = [3, 3, 2, 1], bias: [Int] = [1], stride: Int = 1
    ) -> String? {
        problemOfConvolution(images: images, weights: weights, bias: bias, stride: stride)?.description
    }

    @Test func convolutions() {
        #expect(convolution() == nil)
        #expect(
            convolution([4, 4, 2])
                == "images have shape [batch, height, width, channels]; this tensor has [4, 4, 2]")
        #expect(
            convolution([1, 0, 4, 2])
                == "images have shape [batch, height, width, channels]; this tensor has [1, 0, 4, 2]")
        #expect(
            convolution([1, 4, 4, 2], [3, 3, 2, 0])
                == "weights have shape [kernel height, kernel width, channels in, channels out]; this tensor has [3, 3, 2, 0]"
        )
        #expect(convolution([1, 4, 4, 2], [3, 3, 1, 1]) == "the images have 2 channels, the weights expect 1")
        #expect(convolution(bias: [2]) == "one bias for each of 1 filters: shape [1], not [2]")
        #expect(convolution(stride: 0) == "stride is 1 to 65536; not 0")
        #expect(convolution(stride: .max) == "stride is 1 to 65536; not 9223372036854775807")
        #expect(
            convolution([1, 1, 1, 1], [9999, 9999, 1, 1])
                == "a convolution of [1, 1, 1, 1] by [9999, 9999, 1, 1] is too large")
        // One channel is held as a vector of them.
        #expect(
            convolution([1, 9000, 9000, 1], [3, 3, 1, 1])
                == "a convolution of [1, 9000, 9000, 1] by [3, 3, 1, 1] is too large")
    }

    @Test func denseLayers() {
        #expect(problemOfDense(inputs: [5, 7], weights: [7, 3], bias: [3]) == nil)
        for (inputs, weights, bias) in [
            ([5, 7], [6, 3], [3]), ([5, 7], [7, 3], [7]), ([5], [5, 1], [1]), ([5, 7], [7], []),
            ([5, 7], [7, 0], [0]),
        ] {
            #expect(
                problemOfDense(inputs: inputs, weights: weights, bias: bias)?.description
                    == "dense needs shapes [batch, features], [features, units] and [units]; these are \(inputs), \(weights) "
                    + "and \(bias)")
        }
        #expect(
            problemOfDense(inputs: [1 << 20, 1], weights: [1, 1 << 20], bias: [1 << 20])?.description
                == "a shape has lengths from 0 and at most 134217728 places: [1048576, 1048576]")
        #expect(
            problemOfDense(inputs: [1, 1 << 27], weights: [1 << 27, 1], bias: [1])?.description
                == "a dense layer of [1, 134217728] by [134217728, 1] is too large")
    }

    @Test func pooling() {
        #expect(problemOfImages([1, 2, 2, 1], atLeast: 2) == nil)
        #expect(
            problemOfImages([1, 1, 2, 1], atLeast: 2)?.description
                == "images have shape [batch, height, width, channels], with 2×2 pixels or more; this tensor has [1, 1, 2, 1]"
        )
        #expect(
            problemOfImages([0, 2, .max, 2])?.description
                == "a shape has lengths from 0 and at most 134217728 places: [0, 2, 9223372036854775807, 2]")
    }

    @Test func concatenations() {
        #expect(problemOfConcatenation(of: [[2, 4, 4, 1], [2, 3, 5, 2]]) == nil)
        #expect(problemOfConcatenation(of: [])?.description == "there is nothing to concatenate")
        #expect(
            problemOfConcatenation(of: [[2, 4, 4, 1], [2, 4]])?.description
                == "images have shape [batch, height, width, channels]; this tensor has [2, 4]")
        #expect(
            problemOfConcatenation(of: [[2, 4, 4, 1], [3, 4, 4, 1]])?.description
                == "maps of one batch are concatenated; these have shapes [[2, 4, 4, 1], [3, 4, 4, 1]]")
        #expect(
            problemOfConcatenation(of: [[1, 1 << 20, 1, 1], [1, 1, 1 << 20, 1]])?.description
                == "a shape has lengths from 0 and at most 134217728 places: [1, 1048576, 1048576, 2]")
    }

    @Test func normalizationsAndCrossEntropies() {
        #expect(
            problemOfNormalization(channels: 3, scale: [3], shift: [1])?.description
                == "one scale and one shift for each of 3 channels, not [3] and [1]")
        #expect(problemOfCrossEntropy(logits: [2, 3], labels: [0, 2]) == nil)
        #expect(problemOfCrossEntropy(logits: [2, 3], labels: [0, 3])?.description == "a label is 0 to 2, not 3")
        #expect(problemOfCrossEntropy(logits: [2, 3], labels: [0, -1])?.description == "a label is 0 to 2, not -1")
        for (logits, labels) in [([2, 3], [0]), ([3], [0, 1, 2]), ([0, 3], []), ([1, 0], [0])] {
            #expect(
                problemOfCrossEntropy(logits: logits, labels: labels)?.description
                    == "softmaxCrossEntropy needs logits [batch, classes] and a label for each row; these are \(logits) and "
                    + "\(labels.count) labels")
        }
    }

    /// A network may be asked about no images.
    @Test(arguments: [1, 8, 17]) func anEmptyBatchStaysEmpty(channels: Int) {
        let images = Parameter("images", Tensor<Double>(repeating: 0, shape: [0, 5, 4, channels]))
        let weights = Parameter("weights", random([3, 3, channels, channels], seed: 1) as Tensor<Double>)
        let bias = Parameter("bias", Tensor<Double>(repeating: 1, shape: [channels]))
        let z = ChildNet.convolution(images.tensor, weights.tensor, bias: bias.tensor, rectified: true)
        let y = batchNormalization(z, scale: bias.tensor, shift: bias.tensor).y
        let maps = concatenation(of: [maxPooling(y), meanPooling(y)])
        let classes = dense(
            meanOverSpace(maps), Tensor(repeating: 1, shape: [2 * channels, 3]), bias: Tensor([0, 0, 0]))
        #expect(classes.shape == [0, 3])
        let gradient = ∇classes.sum()
        #expect(gradient[images]?.shape == [0, 5, 4, channels])
        #expect(gradient[weights]!.elements.allSatisfy { $0 == 0 })
    }

    private let network = Network<Float>([.dense(units: 3)], input: digits.imageShape, classes: 10, seed: 1)

    @Test func dataSetsAndNetworks() {
        #expect(digits.problem(.test, 0..<300) == nil)
        #expect(digits.problem(.test, [3, 300])?.description == "the test part has images 0 to 299, not 300")
        #expect(digits.problem(.training, [-1])?.description == "the training part has images 0 to 1196, not -1")
        #expect(network.problem(on: digits) == nil)
        #expect(network.problem(training: TrainingSettings(), on: digits) == nil)
        #expect(
            network.problem(training: TrainingSettings(batchSize: 0), on: digits)?.description
                == "batchSize is 1 to 65536 images; not 0")
        let small = Network<Float>([], input: ImageShape(height: 8, width: 8, channels: 1), classes: 9, seed: 1)
        #expect(
            small.problem(training: TrainingSettings(), on: digits)?.description
                == "the network is for 8×8×1 images of 9 classes; digits has 8×8×1 images of 10")
        // Both batches make fewer than 250 million numbers; but 2²¹ · 64 are the most that a tensor holds.
        #expect(network.problem(trainingOn: 1 << 21, inBatchesOf: 1 << 21) == nil)
        #expect(
            network.problem(trainingOn: 1 << 22, inBatchesOf: 1 + 1 << 21)?.description
                == "a shape has lengths from 0 and at most 134217728 places: [2097153, 64]")
        var broken = network
        broken.parameters.removeLast()
        #expect(broken.problem(on: digits)?.description.hasPrefix("the parameters are not those of the layers") == true)
    }
}
