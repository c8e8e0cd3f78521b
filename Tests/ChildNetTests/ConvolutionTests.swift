import Autodiff
import TestSupport
import Testing

@testable import ChildNet

/// The convolution held against plain loops, and its three gradients against finite differences.
@Suite struct ConvolutionTests {
    struct Shape: Sendable, CustomStringConvertible {
        let images: [Int]
        let kernel: [Int]
        let filters: Int
        var stride = 1
        var description: String { "\(images) kernel \(kernel) filters \(filters) stride \(stride)" }
        var weights: [Int] { [kernel[0], kernel[1], images[3], filters] }
        var outputs: Int { images[0] * (1 + (images[1] - 1) / stride) * (1 + (images[2] - 1) / stride) * filters }
    }

    static let shapes =
        [
            Shape(images: [2, 8, 8, 1], kernel: [3, 3], filters: 16),
            Shape(images: [1, 5, 7, 3], kernel: [3, 3], filters: 10),
            Shape(images: [3, 4, 4, 5], kernel: [1, 1], filters: 33),
            Shape(images: [2, 7, 7, 2], kernel: [5, 5], filters: 4, stride: 2),
            Shape(images: [2, 6, 5, 3], kernel: [1, 7], filters: 17),
            Shape(images: [2, 5, 6, 3], kernel: [7, 1], filters: 48, stride: 3),
            Shape(images: [1, 3, 3, 2], kernel: [2, 4], filters: 1, stride: 2),
            Shape(images: [40, 8, 8, 16], kernel: [3, 3], filters: 24),
            // More than fits into the cache at once: groups of two, two and one.
            Shape(images: [5, 24, 24, 16], kernel: [3, 3], filters: 8),
            Shape(images: [1, 1, 1, 1], kernel: [3, 3], filters: 1),
            // A stride wider than the kernel: some pixels are read by nothing, and their gradient is zero.
            Shape(images: [2, 7, 8, 9], kernel: [1, 2], filters: 36, stride: 3),
            Shape(images: [1, 2, 9, 20], kernel: [5, 3], filters: 25, stride: 4),
            Shape(images: [3, 9, 9, 3], kernel: [7, 5], filters: 64, stride: 2),
        ] + inTiles

    /// Shapes that are computed in Winograd's way: along both axes or one, whole tiles or not, and every kind of channels.
    static let inTiles = [
        Shape(images: [3, 8, 8, 16], kernel: [3, 3], filters: 16),
        Shape(images: [2, 7, 11, 36], kernel: [3, 3], filters: 20),
        Shape(images: [3, 11, 9, 24], kernel: [5, 5], filters: 32),
        Shape(images: [2, 7, 10, 17], kernel: [3, 5], filters: 40),
        Shape(images: [2, 6, 13, 20], kernel: [5, 3], filters: 33),
        Shape(images: [2, 8, 5, 50], kernel: [3, 1], filters: 40),
        Shape(images: [2, 5, 8, 40], kernel: [1, 3], filters: 50),
        Shape(images: [1, 12, 7, 64], kernel: [5, 1], filters: 80),
        Shape(images: [1, 7, 12, 80], kernel: [1, 5], filters: 64),
        Shape(images: [2, 8, 9, 12], kernel: [3, 7], filters: 13),
        Shape(images: [2, 9, 9, 20], kernel: [7, 5], filters: 24),
        Shape(images: [40, 4, 4, 16], kernel: [3, 3], filters: 16),
    ]

    @Test func tilesAreTakenWhereTheyAreCheaper() {
        func tiles(_ shape: Shape) -> WinogradGeometry? {
            WinogradGeometry(
                ConvolutionGeometry(images: shape.images, weights: shape.weights, stride: shape.stride))
        }
        for shape in Self.inTiles { #expect(tiles(shape) != nil, "\(shape)") }
        // Strides, even kernels, kernels of one and seven, too few channels.
        for shape in [
            Shape(images: [1, 16, 16, 32], kernel: [3, 3], filters: 32, stride: 2),
            Shape(images: [1, 16, 16, 32], kernel: [4, 3], filters: 32),
            Shape(images: [1, 16, 16, 32], kernel: [1, 1], filters: 32),
            Shape(images: [1, 16, 16, 32], kernel: [7, 7], filters: 32),
            Shape(images: [1, 16, 16, 3], kernel: [3, 3], filters: 32),
        ] { #expect(tiles(shape) == nil, "\(shape)") }
    }

    /// In Float, beside the same convolution in Double: the errors of 64·9 and 64·25 products, in parts of the largest result.
    @Test(arguments: [3, 5]) func tilesKeepTheirDigits(kernel: Int) {
        let shape = Shape(images: [2, 16, 16, 64], kernel: [kernel, kernel], filters: 64)
        func results<T: Scalar>(_ type: T.Type) -> [[Double]] {
            func exact(_ shape: [Int], _ seed: Int) -> Tensor<T> {
                let numbers: Tensor<Float> = random(shape, seed: seed)
                return Tensor(numbers.elements.map { T($0) }, shape: shape)
            }
            let x = Parameter("x", exact(shape.images, 1)), w = Parameter("w", exact(shape.weights, 2))
            let z = convolution(x.tensor, w.tensor, bias: Tensor(repeating: 0, shape: [64]))
            let slope = ∇(z * exact(z.shape, 3)).sum()
            return [z, slope["x"]!, slope["w"]!].map { $0.elements.map { Double($0) } }
        }
        for (float, double) in zip(results(Float.self), results(Double.self)) {
            let largest = double.map(abs).max()!
            let error = zip(float, double).map { abs($0 - $1) }.max()! / largest
            #expect(error < 3e-6, "\(error)")
        }
    }

    @Test(arguments: shapes, [false, true]) func agreesWithPlainLoops(_ shape: Shape, rectified: Bool) {
        func check<T: Scalar>(_ type: T.Type, within tolerance: T) {
            let x: Tensor<T> = random(shape.images, seed: 1), w: Tensor<T> = random(shape.weights, seed: 2)
            let b: Tensor<T> = random([shape.filters], seed: 3)
            let z = convolution(x, w, bias: b, stride: shape.stride, rectified: rectified)
            let expected = plainConvolution(x, w, b, shape.stride).map { rectified ? max($0, 0) : $0 }
            #expect(z.count == expected.count)
            #expect(zip(z.elements, expected).allSatisfy { abs($0 - $1) <= tolerance * max(1, abs($1)) })
        }
        check(Double.self, within: 1e-12)
        check(Float.self, within: 1e-4)
    }

    @Test(arguments: shapes, [false, true]) func gradientsAgreeWithPlainLoops(_ shape: Shape, rectified: Bool) {
        // Numbers that are the same in Float and in Double.
        func drawn(_ shape: [Int], _ seed: Int) -> Tensor<Double> {
            let numbers: Tensor<Float> = random(shape, seed: seed)
            return Tensor(numbers.elements.map { Double($0) }, shape: shape)
        }
        let x = drawn(shape.images, 4), w = drawn(shape.weights, 5), b = drawn([shape.filters], 6)
        let z = plainConvolution(x, w, b, shape.stride)
        // Where the sign of a sum is a matter of rounding, the rectifier's gradient is, too: there it is not asked for.
        let upstream = zip(drawn([z.count], 7).elements, z).map { abs($1) < 1e-3 ? 0 : $0 }
        let expected = plainConvolutionGradients(
            x, w, zip(upstream, z).map { rectified && $1 <= 0 ? 0 : $0 }, shape.stride)
        func check<T: Scalar>(_ type: T.Type, within tolerance: Double) {
            func parameter(_ name: String, _ value: Tensor<Double>) -> Parameter<T> {
                Parameter(name, Tensor(value.elements.map { T($0) }, shape: value.shape))
            }
            let x = parameter("images", x), w = parameter("weights", w), b = parameter("bias", b)
            let y = convolution(x.tensor, w.tensor, bias: b.tensor, stride: shape.stride, rectified: rectified)
            let gradient = ∇(y * Tensor(upstream.map { T($0) }, shape: y.shape)).sum()
            for (parameter, expected) in [(x, expected.x), (w, expected.w), (b, expected.b)] {
                let found = gradient[parameter]!.elements, largest = expected.map { abs($0) }.max()!
                #expect(found.count == expected.count)
                #expect(
                    zip(found, expected).allSatisfy { abs(Double($0) - $1) <= tolerance * max(1, largest) },
                    "\(T.self) \(parameter.name)")
            }
        }
        check(Double.self, within: 1e-12)
        check(Float.self, within: 1e-5)
    }

    private func expectGradients(
        of shape: Shape, rectified: Bool, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let x: Tensor<Double> = random(shape.images, seed: 4), w: Tensor<Double> = random(shape.weights, seed: 5)
        let b: Tensor<Double> = random([shape.filters], seed: 6)
        expectGradient(["images": x, "weights": w, "bias": b], sourceLocation: sourceLocation) {
            convolution($0[0], $0[1], bias: $0[2], stride: shape.stride, rectified: rectified)
        }
    }

    @Test(arguments: shapes.filter { $0.images[0] < 10 })
    func gradientsAgreeWithFiniteDifferences(_ shape: Shape) {
        expectGradients(of: shape, rectified: false)
    }

    /// Among more outputs one or the other is always at the rectifier's kink; those are held against plain loops only.
    @Test(arguments: shapes.filter { $0.outputs <= 3000 })
    func rectifiedGradientsAgreeWithFiniteDifferences(_ shape: Shape) {
        expectGradients(of: shape, rectified: true)
    }

    @Test func blocksCoverAllChannelsWithoutMuchMore() {
        for channels in 1...200 {
            let blocks = ChannelBlocks(channels)
            #expect(blocks.reduce(0) { $0 + $1.width } == roundedChannels(channels))
            #expect(zip(blocks, blocks.dropFirst()).allSatisfy { $0.first + $0.width == $1.first })
            #expect(blocks.allSatisfy { [2 * lanes, lanes + lanes / 2, lanes, lanes / 2].contains($0.width) })
            #expect(roundedChannels(channels) - channels < lanes / 2)
        }
    }

    /// In a process of its own, where nobody else asks for memory.
    @Test func aTrainingStepInTheSteadyStateAsksTheSystemForNothing() async {
        await #expect(processExitsWith: .success) {
            var network = Network<Float>(
                [
                    .convolution(height: 3, width: 3, filters: 12, normalized: true), .maxPooling,
                    .convolution(height: 3, width: 1, filters: 20, stride: 2), .concatenation(of: [0, 2, 3]),
                    .meanPooling, .dropout(rate: 0.5), .dense(units: 9),
                ], input: digits.imageShape, classes: 10, seed: 1)
            var optimizer = SGD<Float>(learningRate: 0.01, momentum: 0.9)
            var generator = RandomGenerator(seed: 1)
            func step() {
                let (images, labels) = digits.trainingBatch(
                    0..<32, augmentation: .none, using: &generator, of: Float.self)
                let logits = network.trainingLogits(images, using: &generator)
                optimizer.update(&network, with: ∇softmaxCrossEntropy(logits, labels: labels))
            }
            for _ in 0..<3 { step() }
            let requests = TensorMemory.systemRequests, bytes = TensorMemory.bytesInUse
            for _ in 0..<20 { step() }
            precondition(requests > 0 && bytes > 0)
            precondition(TensorMemory.systemRequests == requests, "a step asked for memory")
            precondition(TensorMemory.bytesInUse == bytes, "a step kept memory")
        }
    }

    @Test func denseIsAMatrixProductPlusBias() {
        let x: Tensor<Double> = random([5, 7], seed: 1), w: Tensor<Double> = random([7, 35], seed: 2)
        let b: Tensor<Double> = random([35], seed: 3)
        let difference = dense(x, w, bias: b) - (matmul(x, w) + b)
        #expect(difference.elements.allSatisfy { abs($0) < 1e-12 })
        expectGradient(["x": x, "w": w, "b": b]) {
            dense($0[0], $0[1], bias: $0[2], rectified: true)
        }
    }

    @Test func aNaNStaysOne() {
        let x = Tensor<Float>(repeating: .nan, shape: [1, 2, 2, 1])
        let z = convolution(
            x, Tensor<Float>(repeating: 1, shape: [1, 1, 1, 1]), bias: Tensor<Float>(repeating: 0, shape: [1]),
            rectified: true)
        let afterConvolution = z.elements, afterPooling = maxPooling(z).elements
        #expect(afterConvolution.allSatisfy { $0.isNaN })
        #expect(afterPooling.allSatisfy { $0.isNaN })
    }
}

/// What a student would write: z of a convolution, product by product.
func plainConvolution<T: Scalar>(_ x: Tensor<T>, _ w: Tensor<T>, _ b: Tensor<T>, _ stride: Int) -> [T] {
    let xs = x.elements, ws = w.elements, filters = b.count
    let pixels = x.shape[0] * ((x.shape[1] + stride - 1) / stride) * ((x.shape[2] + stride - 1) / stride)
    var z = (0..<pixels).flatMap { _ in b.elements }
    forEachProduct(x.shape, w.shape, stride) { pixel, x, w in
        for o in 0..<filters { z[pixel * filters + o] += xs[x] * ws[w * filters + o] }
    }
    return z
}

/// Its gradients: each product's two factors get each other's value times the slope of the sum that the product is in.
private func plainConvolutionGradients(
    _ x: Tensor<Double>, _ w: Tensor<Double>, _ slope: [Double], _ stride: Int
) -> (x: [Double], w: [Double], b: [Double]) {
    let xs = x.elements, ws = w.elements, filters = w.shape[3]
    var xSlope = xs.map { _ in 0.0 }, wSlope = ws.map { _ in 0.0 }, bSlope = [Double](repeating: 0, count: filters)
    forEachProduct(x.shape, w.shape, stride) { pixel, x, w in
        for o in 0..<filters {
            xSlope[x] += slope[pixel * filters + o] * ws[w * filters + o]
            wSlope[w * filters + o] += slope[pixel * filters + o] * xs[x]
        }
    }
    for (place, slope) in slope.enumerated() { bSlope[place % filters] += slope }
    return (xSlope, wSlope, bSlope)
}

/// Six loops: calls `body` for each output pixel with each number of its window that lies within the image, and the row of
/// weights that it is multiplied by, one for each filter.
private func forEachProduct(
    _ images: [Int], _ weights: [Int], _ stride: Int, _ body: (_ pixel: Int, _ x: Int, _ w: Int) -> Void
) {
    let (n, h, wd, ci) = (images[0], images[1], images[2], images[3]), (kh, kw) = (weights[0], weights[1])
    let oh = (h + stride - 1) / stride, ow = (wd + stride - 1) / stride
    let top = max((oh - 1) * stride + kh - h, 0) / 2, left = max((ow - 1) * stride + kw - wd, 0) / 2
    for image in 0..<n {
        for y in 0..<oh {
            for column in 0..<ow {
                for ky in 0..<kh {
                    for kx in 0..<kw {
                        let i = y * stride + ky - top, j = column * stride + kx - left
                        guard 0..<h ~= i, 0..<wd ~= j else { continue }
                        for c in 0..<ci {
                            body(
                                (image * oh + y) * ow + column, ((image * h + i) * wd + j) * ci + c,
                                (ky * kw + kx) * ci + c)
                        }
                    }
                }
            }
        }
    }
}
