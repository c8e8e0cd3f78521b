import Autodiff
import TestSupport
import Testing

@testable import ChildNet

/// Pooling held against plain loops: channels that fill vectors, leave a rest and fill none, and odd sizes.
@Suite struct PoolingTests {
    static let shapes = [[2, 4, 4], [1, 5, 7], [3, 2, 3]].flatMap { size in
        [1, 3, 4, 8, 12, 16, 17, 24, 33, 64].map { size + [$0] }
    }

    /// The places of each block's four pixels, block by block and channel by channel.
    private func blocks(_ shape: [Int]) -> [[Int]] {
        let (height, width, channels) = (shape[1], shape[2], shape[3])
        var blocks: [[Int]] = []
        for n in 0..<shape[0] {
            for i in 0..<height / 2 {
                for j in 0..<width / 2 {
                    for c in 0..<channels {
                        blocks.append(
                            [(0, 0), (0, 1), (1, 0), (1, 1)].map { row, column in
                                ((n * height + 2 * i + row) * width + 2 * j + column) * channels + c
                            })
                    }
                }
            }
        }
        return blocks
    }

    /// The gradient of what a function makes of x, for an upstream gradient.
    private func gradient<T: Scalar>(_ x: Tensor<T>, _ upstream: Tensor<T>, _ f: (Tensor<T>) -> Tensor<T>) -> [T] {
        let x = Parameter("x", x)
        return (∇(f(x.tensor) * upstream).sum())[x]!.elements
    }

    @Test(arguments: shapes, [false, true]) func maxPoolingTakesTheLargest(_ shape: [Int], withTies: Bool) {
        func check<T: Scalar>(_ type: T.Type) {
            let drawn: Tensor<T> = random(shape, seed: 1)
            // Whole numbers: in most blocks the largest is there twice, and the first of them gets the gradient.
            let x = withTies ? Tensor(drawn.elements.map { $0.rounded() }, shape: shape) : drawn
            let values = x.elements, blocks = blocks(shape), y = maxPooling(x)
            #expect(y.shape == [shape[0], shape[1] / 2, shape[2] / 2, shape[3]])
            #expect(y.elements == blocks.map { block in block.map { values[$0] }.max()! })
            let upstream: Tensor<T> = random(y.shape, seed: 2)
            var expected = [T](repeating: 0, count: x.count)
            for (block, slope) in zip(blocks, upstream.elements) {
                let largest = block.map { values[$0] }.max()!
                expected[block.first { values[$0] == largest }!] = slope
            }
            #expect(gradient(x, upstream) { maxPooling($0) } == expected)
        }
        check(Double.self)
        check(Float.self)
    }

    @Test(arguments: shapes) func meanPoolingIsTheMeanOfABlock(_ shape: [Int]) {
        func check<T: Scalar>(_ type: T.Type, within tolerance: T) {
            let x: Tensor<T> = random(shape, seed: 1), values = x.elements, blocks = blocks(shape), y = meanPooling(x)
            #expect(y.shape == [shape[0], shape[1] / 2, shape[2] / 2, shape[3]])
            let means = blocks.map { block in block.reduce(0) { $0 + values[$1] } / 4 }
            #expect(zip(y.elements, means).allSatisfy { abs($0 - $1) <= tolerance })
            let upstream: Tensor<T> = random(y.shape, seed: 2)
            var expected = [T](repeating: 0, count: x.count)
            for (block, slope) in zip(blocks, upstream.elements) { for place in block { expected[place] = slope / 4 } }
            #expect(gradient(x, upstream) { meanPooling($0) } == expected)
        }
        check(Double.self, within: 1e-15)
        check(Float.self, within: 1e-6)
    }

    @Test(arguments: shapes) func meanOverSpaceIsTheMeanOfAllPixels(_ shape: [Int]) {
        func check<T: Scalar>(_ type: T.Type, within tolerance: T) {
            let (pixels, channels) = (shape[1] * shape[2], shape[3])
            let x: Tensor<T> = random(shape, seed: 1), values = x.elements, y = meanOverSpace(x)
            #expect(y.shape == [shape[0], channels])
            var means = [T](repeating: 0, count: y.count)
            func mean(of place: Int) -> Int { place / (pixels * channels) * channels + place % channels }
            for (place, value) in values.enumerated() { means[mean(of: place)] += value / T(pixels) }
            #expect(zip(y.elements, means).allSatisfy { abs($0 - $1) <= tolerance })
            let upstream: Tensor<T> = random(y.shape, seed: 2)
            let expected = values.indices.map { upstream.elements[mean(of: $0)] / T(pixels) }
            #expect(
                zip(gradient(x, upstream) { meanOverSpace($0) }, expected).allSatisfy { abs($0 - $1) <= tolerance })
        }
        check(Double.self, within: 1e-14)
        check(Float.self, within: 1e-6)
    }

    @Test func gradientsAgreeWithFiniteDifferences() {
        for pooling in [maxPooling, meanPooling, meanOverSpace] as [(Tensor<Double>) -> Tensor<Double>] {
            expectGradient(["x": random([2, 5, 4, 17], seed: 1)]) { pooling($0[0]) }
        }
    }

    /// Wherever in a block it stands.
    @Test(arguments: [1, 3, 4, 8, 12, 16, 17, 24, 33, 64]) func aNaNStaysOne(channels: Int) {
        for pixel in 0..<4 {
            let values = (0..<4 * channels).map { $0 / channels == pixel ? Float.nan : Float($0) }
            let x = Tensor(values, shape: [1, 2, 2, channels])
            for y in [maxPooling(x), meanPooling(x), meanOverSpace(x)] {
                let pooled = y.elements
                #expect(pooled.count == channels && pooled.allSatisfy { $0.isNaN }, "pixel \(pixel)")
            }
        }
    }
}
