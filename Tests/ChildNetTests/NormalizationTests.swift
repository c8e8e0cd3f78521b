import Autodiff
import TestSupport
import Testing

@testable import ChildNet

@Suite struct NormalizationTests {
    /// Each channel's numbers as a person would normalize them: two passes in Double.
    private func plain(_ x: Tensor<Double>, _ scale: [Double], _ shift: [Double]) -> [Double] {
        let channels = scale.count, values = x.elements, n = Double(values.count / channels)
        var y = values
        for c in 0..<channels {
            let own = stride(from: c, to: values.count, by: channels)
            let mean = own.reduce(0) { $0 + values[$1] } / n
            let variance = own.reduce(0) { $0 + (values[$1] - mean) * (values[$1] - mean) } / n
            for i in own { y[i] = scale[c] * (values[i] - mean) / (variance + 1e-5).squareRoot() + shift[c] }
        }
        return y
    }

    /// One block of pixels, several, and several with a rest; channels that fill vectors, leave a rest and fill none.
    static let shapes = [
        [2, 3, 4, 5], [4, 8, 8, 3], [3, 7, 7, 20], [1, 1, 2, 1], [2, 5, 7, 8], [3, 6, 6, 12], [2, 6, 6, 16],
        [1, 5, 5, 17],
        [2, 7, 5, 33],
    ]

    @Test(arguments: shapes, [false, true]) func agreesWithTwoPasses(_ shape: [Int], rectified: Bool) {
        let x: Tensor<Double> = random(shape, seed: 1) * 3 + 7
        let scale: Tensor<Double> = random([shape[3]], seed: 2), shift: Tensor<Double> = random([shape[3]], seed: 3)
        let expected = plain(x, scale.elements, shift.elements).map { rectified ? max($0, 0) : $0 }
        let y = batchNormalization(x, scale: scale, shift: shift, rectified: rectified).y
        #expect(zip(y.elements, expected).allSatisfy { abs($0 - $1) < 1e-11 })
    }

    private func expectGradients(
        of shape: [Int], rectified: Bool, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let scale: Tensor<Double> = random([shape[3]], seed: 5) + 1, shift: Tensor<Double> = random([shape[3]], seed: 6)
        let blocks: KeyValuePairs = ["images": random(shape, seed: 4), "scale": scale, "shift": shift]
        expectGradient(blocks, sourceLocation: sourceLocation) {
            batchNormalization($0[0], scale: $0[1], shift: $0[2], rectified: rectified).y
        }
    }

    @Test(arguments: shapes) func gradientsAgreeWithFiniteDifferences(_ shape: [Int]) {
        expectGradients(of: shape, rectified: false)
    }

    /// Not of two numbers, which are normalized to 1 and −1 whatever they are; nor of so many that one is always at the kink.
    @Test(arguments: [[2, 3, 4, 5], [4, 8, 8, 3], [3, 7, 7, 20]])
    func rectifiedGradientsAgreeWithFiniteDifferences(_ shape: [Int]) {
        expectGradients(of: shape, rectified: true)
    }

    /// The rectifier lets through what is upstream of positive numbers.
    @Test(arguments: shapes) func rectifiedGradientsAreThoseOfWhatIsLetThrough(_ shape: [Int]) {
        func check<T: Scalar>(_ type: T.Type, within tolerance: T) {
            let x = Parameter<T>("images", random(shape, seed: 4))
            let scale = Parameter<T>("scale", random([shape[3]], seed: 5) + 1)
            let shift = Parameter<T>("shift", random([shape[3]], seed: 6))
            func gradient(_ upstream: [T], rectified: Bool) -> Gradient<T> {
                let y = batchNormalization(
                    x.tensor, scale: scale.tensor, shift: shift.tensor, rectified: rectified
                ).y
                return ∇(y * Tensor(upstream, shape: shape)).sum()
            }
            let y = batchNormalization(x.value, scale: scale.value, shift: shift.value).y.elements
            let drawn: Tensor<T> = random(shape, seed: 7)
            let upstream = zip(drawn.elements, y).map { abs($1) < 1e-3 ? 0 : $0 }
            let found = gradient(upstream, rectified: true)
            let expected = gradient(zip(upstream, y).map { $1 > 0 ? $0 : 0 }, rectified: false)
            for parameter in [x, scale, shift] {
                let (found, expected) = (found[parameter]!.elements, expected[parameter]!.elements)
                #expect(
                    zip(found, expected).allSatisfy { abs($0 - $1) <= tolerance }, "\(T.self) \(parameter.name)")
            }
        }
        check(Double.self, within: 1e-12)
        check(Float.self, within: 1e-4)
    }

    @Test func aLargeMeanCostsNoDigits() {
        // Squares summed in Float would leave nothing of a variance of 1 beside a mean of 10,000.
        let noise: Tensor<Double> = random([8, 16, 16, 4], seed: 1)
        let x = Tensor<Float>(noise.elements.map { Float(10_000 + $0) }, shape: noise.shape)
        let exact = Tensor<Double>(x.elements.map(Double.init), shape: noise.shape)
        let found = channelStatistics(x).variance.elements, expected = channelStatistics(exact).variance.elements
        #expect(zip(found, expected).allSatisfy { abs(Double($0) - $1) < 1e-3 * $1 })
    }

    @Test func aConstantChannelIsItsShift() {
        let x = Tensor<Float>(repeating: 3, shape: [2, 2, 2, 1])
        let y = batchNormalization(x, scale: Tensor([2]), shift: Tensor([0.5])).y
        #expect(y.elements.allSatisfy { $0 == 0.5 })
    }

    private var network: Network<Double> {
        Network(
            [
                .convolution(height: 3, width: 3, filters: 4, normalized: true), .maxPooling,
                .convolution(height: 1, width: 3, filters: 3, stride: 2, normalized: true),
                .concatenation(of: [0, 2, 3]),
                .meanPooling, .meanOverSpace, .dropout(rate: 0.3), .dense(units: 5),
            ], input: ImageShape(height: 6, width: 6, channels: 2), classes: 3, seed: 2)
    }

    @Test func aNetworkInTrainingAgreesWithFiniteDifferences() {
        let images: Tensor<Double> = random([4, 6, 6, 2], seed: 3)
        expectGradient(of: network) { network in
            var network = network
            // The same generator every time, so that dropout drops the same.
            var generator = RandomGenerator(seed: 5)
            return softmaxCrossEntropy(network.trainingLogits(images, using: &generator), labels: [0, 2, 1, 1])
        }
    }

    @Test func aNetworkInUseAgreesWithFiniteDifferences() {
        var network = network
        let images: Tensor<Double> = random([4, 6, 6, 2], seed: 3)
        var generator = RandomGenerator(seed: 5)
        for _ in 0..<5 { _ = network.trainingLogits(images, using: &generator) }
        expectGradient(of: network) {
            softmaxCrossEntropy($0.logits(images), labels: [0, 2, 1, 1])
        }
    }

    @Test func runningStatisticsComeToThoseOfTheData() {
        var network = Network<Double>(
            [.convolution(height: 1, width: 1, filters: 3, normalized: true)],
            input: ImageShape(height: 4, width: 4, channels: 2), classes: 2, seed: 1)
        let images: Tensor<Double> = random([16, 4, 4, 2], seed: 3)
        let z = convolution(images, network.parameters[0].value, bias: Tensor([0, 0, 0]))
        let expected = channelStatistics(z)
        var generator = RandomGenerator(seed: 1)
        let first = network.trainingLogits(images, using: &generator)
        for (mean, batch) in zip(network.statistics[0].mean.elements, expected.mean.elements) {
            #expect(abs(mean - 0.1 * batch) < 1e-12)
        }
        let corrected = 256.0 / 255
        for (variance, batch) in zip(network.statistics[0].variance.elements, expected.variance.elements) {
            #expect(abs(variance - (0.9 + 0.1 * corrected * batch)) < 1e-12)
        }
        // In use, the running statistics take the batch's place, whoever else is in the batch.
        for _ in 0..<300 { _ = network.trainingLogits(images, using: &generator) }
        let used = network.logits(images)
        #expect(zip(used.elements, first.elements).allSatisfy { abs($0 - $1) < 0.02 })
        let alone = network.logits(Tensor(Array(images.elements[..<32]), shape: [1, 4, 4, 2]))
        #expect(zip(alone.elements, used.elements).allSatisfy { abs($0 - $1) < 1e-12 })
    }
}
