import Autodiff
import TestSupport
import Testing

@testable import ChildNet

@Suite struct SkipTests {
    @Test func concatenationFramesSmallerMaps() {
        let a = Tensor<Double>([1, 2, 3, 4, 5, 6, 7, 8, 9], shape: [1, 3, 3, 1])
        let b = Tensor<Double>([10, 20], shape: [1, 1, 1, 2])
        let y = concatenation(of: [a, b])
        #expect(y.shape == [1, 3, 3, 3])
        var expected: [Double] = []
        for i in 1...9 {
            expected.append(Double(i))
            expected += i == 5 ? [10, 20] : [0, 0]
        }
        #expect(y.elements == expected)
        expectGradient(["a": a, "b": b]) { concatenation(of: $0) }
    }

    @Test func aMapThatIsJoinedTwiceGetsBothGradients() {
        let x: Tensor<Double> = random([2, 2, 2, 3], seed: 1)
        expectGradient(["x": x]) {
            concatenation(of: [$0[0], $0[0], maxPooling($0[0])])
        }
    }

    @Test func dropoutKeepsTheExpectation() {
        var generator = RandomGenerator(seed: 1)
        let x = Tensor<Double>(repeating: 2, shape: [100, 100])
        let y = dropout(x, rate: 0.25, using: &generator).elements
        #expect(y.allSatisfy { $0 == 0 || abs($0 - 2 / 0.75) < 1e-12 })
        // 10,000 draws: the share that is dropped has a standard error of 0.0043.
        #expect(abs(Double(y.count { $0 == 0 }) / 10_000 - 0.25) < 0.02)
        let again = dropout(x, rate: 0.25, using: &generator).elements
        #expect(again != y)
        expectGradient(["x": random([3, 4], seed: 1)]) {
            var generator = RandomGenerator(seed: 2)
            return dropout($0[0], rate: 0.5, using: &generator)
        }
    }

    @Test func aNetworkPrintsAsADiagram() {
        let network = Network<Float>(
            [
                .convolution(height: 3, width: 3, filters: 16, normalized: true), .maxPooling,
                .convolution(height: 1, width: 5, filters: 32), .concatenation(of: [1, 3]),
                .convolution(height: 1, width: 1, filters: 24, stride: 2), .concatenation(of: [0, 2, 5]),
                .meanOverSpace,
            ], input: ImageShape(height: 8, width: 8, channels: 1), classes: 10, seed: 1)
        #expect(
            network.description == """
                                                        makes   parameters   FLOPs
                 ┌─   input                             8×8×1
                ┌│─1  conv 3×3, 16 filters, normalized  8×8×16         176  18.4 k
                │├─2  max pool 2×2                      4×4×16
                ││ 3  conv 1×5, 32 filters              4×4×32       2,592  81.9 k
                └│▶4  join of 1, 3                      8×8×48
                 │ 5  conv 1×1, 24 filters, stride 2    4×4×24       1,176  36.9 k
                 └▶6  join of input, 2, 5               8×8×41
                   7  mean over space                   1×1×41
                      dense, to 10 classes              10             420     820
                      in all                                         4,364   138 k
                """)
        let chain = Network<Float>(
            [.maxPooling], input: ImageShape(height: 8, width: 8, channels: 1), classes: 10, seed: 1)
        #expect(chain.description.hasPrefix("                         makes"))
        #expect(chain.summaries.map(\.parameters).reduce(0, +) == chain.parameterCount)
        #expect(network.summaries.map(\.parameters).reduce(0, +) == network.parameterCount)
    }
}
