import Autodiff
import Testing
import TextDisplay

@testable import ChildNet

/// What a network is asked that it can't answer has its reason.
@Suite struct NetworkTests {
    private let network = Network<Float>(
        [.convolution(height: 3, width: 3, filters: 4)], input: digits.imageShape, classes: 10, seed: 1)

    private func problem(_ network: Network<Float>, _ shape: [Int]) -> String? {
        network.problem(with: Tensor(repeating: 0, shape: shape), recordsGraph: true)?.description
    }

    @Test func imagesOfAnotherShapeAreRefused() {
        #expect(problem(network, [1, 8, 8, 1]) == nil)
        for shape in [
            [], [8], [8, 8, 1], [0, 8, 8, 1], [1, 8, 7, 1], [1, 7, 8, 1], [1, 8, 8, 3], [1, 1, 8, 8, 1],
        ] {
            #expect(
                problem(network, shape)
                    == "the network takes one image or more, of shape [batch, 8, 8, 1]; these have shape \(shape)")
        }
    }

    @Test func tooManyImagesAreRefused() {
        let large = Network<Float>(
            [
                .convolution(height: 1, width: 1, filters: 10_000), .dropout(rate: 0.5), .dropout(rate: 0.5),
                .meanOverSpace,
            ], input: digits.imageShape, classes: 10, seed: 1)
        #expect(
            problem(large, [200, 8, 8, 1])
                == "a batch of 200 images makes 386,014,800 numbers in this network; the limit is 250,000,000")
        // Without a graph the layers' outputs are not kept.
        func used(_ count: Int) -> String? {
            large.problem(with: Tensor(repeating: 0, shape: [count, 8, 8, 1]), recordsGraph: false)?.description
        }
        #expect(used(200) == nil)
        #expect(used(250) == "a shape has lengths from 0 and at most 134217728 places: [250, 640000]")
    }

    @Test func otherParametersAreRefused() {
        var changed = network
        changed.parameters.removeLast()
        #expect(
            problem(changed, [1, 8, 8, 1])
                == "the parameters are not those of the layers: one of shape [10] is expected as number 3, from 0")
        #expect(changed.problem(trainingOn: 100, inBatchesOf: 20) == changed.problem)
        changed = network
        changed.parameters.swapAt(0, 1)
        #expect(problem(changed, [1, 8, 8, 1])?.contains("one of shape [3, 3, 1, 4] is expected as number 0") == true)
        #expect(throws: InvalidArgument("the parameters of layer 1 are not those of a convolution")) {
            try changed.filters(ofLayer: 1)
        }
    }

    @Test func layersThatAreNotThereHaveNoFilters() {
        for number in [0, -1, 2, 3, Int.min, Int.max] {
            #expect(throws: InvalidArgument("layer \(number) is no convolution; these are: 1")) {
                try network.filters(ofLayer: number)
            }
        }
    }

    @Test func trainingTakesImagesAndBatches() {
        for (count, size) in [(0, 1), (1, 0), (-1, 1), (1, -1), (Int.min, -1), (Int.max, Int.min)] {
            #expect(
                network.problem(trainingOn: count, inBatchesOf: size)?.description
                    == "there are one image or more, in batches of one or more; not \(count) in batches of \(size)")
        }
        #expect(network.problem(trainingOn: Int.max, inBatchesOf: Int.max) != nil)
    }

    /// What somebody proposed is refused where it stands; what the program itself makes is a mistake of the programmer.
    @Test func aProposalIsCheckedOnce() async throws {
        #expect(throws: InvalidArgument("layer 1 (dense 0): its sizes are 1 to 65536, not 0")) {
            try Network<Float>(checking: [.dense(units: 0)], input: digits.imageShape, classes: 10, seed: 1)
        }
        let checked = try Network<Float>(checking: network.layers, input: network.input, classes: 10, seed: 1)
        #expect(zip(checked.parameters, network.parameters).allSatisfy { $0.name == $1.name && $0.value == $1.value })
        await #expect(processExitsWith: .failure) { _ = ImageShape(height: 0, width: 1, channels: 1) }
    }
}
