import Autodiff
import TestSupport
import Testing

@testable import ChildNet

/// What is computed together is what its parts are, one after the other: values and gradients.
@Suite struct FusedConvolutionTests {
    /// Maps side by side, and the convolution that reads them.
    struct Case: Sendable, CustomStringConvertible {
        let maps: [[Int]]
        let kernel: [Int]
        let filters: Int
        var stride = 1
        var description: String { "\(maps) kernel \(kernel) filters \(filters) stride \(stride)" }
        var channels: Int { maps.reduce(0) { $0 + $1[3] } }

        /// Parameters of the names `map 0`, …, `weights`, `scale` and `shift`.
        func parameters<T: Scalar>(of type: T.Type) -> [Parameter<T>] {
            maps.enumerated().map { Parameter("map \($0)", random($1, seed: $0)) } + [
                Parameter("weights", random([kernel[0], kernel[1], channels, filters], seed: 10)),
                Parameter("scale", random([filters], seed: 11)), Parameter("shift", random([filters], seed: 12)),
            ]
        }
    }

    static let cases = [
        Case(maps: [[2, 6, 6, 3]], kernel: [3, 3], filters: 5),
        Case(maps: [[2, 6, 6, 12], [2, 6, 6, 9]], kernel: [3, 3], filters: 16),
        // Smaller maps in frames of zeros, and a convolution that takes each window as it is.
        Case(maps: [[3, 4, 7, 5], [3, 9, 2, 8], [3, 5, 5, 1]], kernel: [7, 7], filters: 20),
        Case(maps: [[2, 5, 5, 24], [2, 8, 8, 36]], kernel: [1, 1], filters: 24),
        Case(maps: [[2, 7, 7, 16], [2, 3, 4, 16]], kernel: [5, 3], filters: 33, stride: 2),
        Case(maps: [[70, 5, 5, 9], [70, 4, 4, 3]], kernel: [5, 5], filters: 12, stride: 3),
        Case(maps: [[2, 4, 4, 40], [2, 4, 4, 24]], kernel: [3, 1], filters: 36),
    ]

    /// Both computations have the same value, and the same gradients with respect to all parameters.
    private func expectSame<T: Scalar>(
        _ parameters: [Parameter<T>], within tolerance: T, _ fused: ([Tensor<T>]) -> Tensor<T>,
        _ plain: ([Tensor<T>]) -> Tensor<T>, _ what: String
    ) {
        func close(_ a: Tensor<T>?, _ b: Tensor<T>?, _ name: String) {
            guard let a, let b else {
                #expect((a == nil) == (b == nil), "\(what): \(name)")
                return
            }
            let scale = b.elements.map(abs).max() ?? 0
            #expect(a.shape == b.shape, "\(what): \(name)")
            #expect(
                zip(a.elements, b.elements).allSatisfy { abs($0 - $1) <= tolerance * max(1, scale) },
                "\(what): \(name)")
        }
        let tensors = parameters.map(\.tensor)
        let y = fused(tensors), expected = plain(tensors)
        close(y, expected, "value")
        let upstream: Tensor<T> = random(y.shape, seed: 20)
        let slope = ∇(y * upstream).sum(), expectedSlope = ∇(expected * upstream).sum()
        for parameter in parameters { close(slope[parameter], expectedSlope[parameter], parameter.name) }
    }

    @Test(arguments: cases, [false, true]) func mapsSideBySideAreTheirConcatenation(_ c: Case, rectified: Bool) {
        func check<T: Scalar>(_ type: T.Type, _ tolerance: T) {
            let n = c.maps.count
            expectSame(
                c.parameters(of: T.self), within: tolerance,
                {
                    convolution(
                        of: JoinedMaps(Array($0[..<n])), $0[n], bias: $0[n + 2], stride: c.stride,
                        rectified: rectified)
                },
                {
                    let z = convolution(concatenation(of: Array($0[..<n])), $0[n], bias: $0[n + 2], stride: c.stride)
                    return rectified ? relu(z) : z
                }, "\(c)")
        }
        check(Double.self, 1e-11)
        check(Float.self, 1e-4)
    }

    @Test(arguments: cases) func normalizedConvolutionsAreConvolutionsNormalized(_ c: Case) {
        func check<T: Scalar>(_ type: T.Type, _ tolerance: T) {
            let n = c.maps.count
            expectSame(
                c.parameters(of: T.self), within: tolerance,
                {
                    normalizedConvolution(
                        of: JoinedMaps(Array($0[..<n])), $0[n], scale: $0[n + 1], shift: $0[n + 2],
                        stride: c.stride
                    ).y
                },
                {
                    let z = convolution(
                        concatenation(of: Array($0[..<n])), $0[n], bias: Tensor(repeating: 0, shape: [c.filters]),
                        stride: c.stride)
                    return relu(batchNormalization(z, scale: $0[n + 1], shift: $0[n + 2]).y)
                }, "\(c)")
        }
        check(Double.self, 1e-9)
        check(Float.self, 1e-2)
    }

    @Test(arguments: cases.filter { $0.stride < 3 }) func pooledConvolutionsAreConvolutionsPooled(_ c: Case) {
        func check<T: Scalar>(_ type: T.Type, _ tolerance: T) {
            let n = c.maps.count
            expectSame(
                c.parameters(of: T.self), within: tolerance,
                {
                    pooledConvolution(
                        of: JoinedMaps(Array($0[..<n])), $0[n], bias: $0[n + 2], stride: c.stride)
                },
                {
                    maxPooling(
                        relu(
                            convolution(
                                concatenation(of: Array($0[..<n])), $0[n], bias: $0[n + 2], stride: c.stride)))
                }, "\(c)")
        }
        check(Double.self, 1e-11)
        check(Float.self, 1e-4)
    }

    @Test(arguments: cases) func meansOfMapsSideBySideAreThoseOfTheirConcatenation(_ c: Case) {
        func check<T: Scalar>(_ type: T.Type, _ tolerance: T) {
            let maps = Array(c.parameters(of: T.self)[..<c.maps.count])
            // Each map has a gradient from elsewhere, too, before the mean's is added, and after.
            expectSame(
                maps, within: tolerance, { meanOverSpace(of: JoinedMaps($0)) * $0[0].sum() },
                { meanOverSpace(concatenation(of: $0)) * $0[0].sum() }, "\(c)")
        }
        check(Double.self, 1e-12)
        check(Float.self, 1e-4)
    }

    /// The gradient of a map is the sum over all that reads it, once or twice in one place, and a map that is a constant has none.
    @Test func aMapThatIsReadInManyPlacesHasTheSumOfTheirGradients() {
        let c = Case(maps: [[2, 5, 5, 6], [2, 5, 5, 6], [2, 5, 5, 6]], kernel: [3, 3], filters: 6)
        let constant: Tensor<Double> = random([2, 5, 5, 6], seed: 30)
        func network(_ p: [Tensor<Double>], _ convolve: ([Tensor<Double>]) -> Tensor<Double>) -> Tensor<Double> {
            let y = convolve([p[0], constant, p[0]]), z = convolve([y, p[0], p[1]])
            return y + z * 2 + p[0]
        }
        expectSame(
            c.parameters(of: Double.self), within: 1e-11,
            { p in network(p) { convolution(of: JoinedMaps($0), p[3], bias: p[5]) } },
            { p in network(p) { convolution(concatenation(of: $0), p[3], bias: p[5]) } }, "\(c)")
    }

    /// The same where another pullback is wrong, and gives a gradient that is no sum of this shape.
    @Test func aGradientOfAnotherShapeIsNotWrittenInto() {
        let x = Parameter("x", random([1, 4, 4, 2], seed: 1) as Tensor<Double>)
        let w: Tensor<Double> = random([3, 3, 2, 2], seed: 2), b = Tensor<Double>(repeating: 0, shape: [2])
        let z = convolution(x.tensor, w, bias: b)
        let forgetful = Tensor(x.value.sum(), from: [x.tensor]) { upstream, _ in [upstream] }
        let slope = (∇(z.sum() + forgetful))["x"]!, alone = (∇convolution(x.tensor, w, bias: b).sum())["x"]!
        #expect(slope.shape == [1, 4, 4, 2])
        #expect(zip(slope.elements, alone.elements).allSatisfy { abs($0 - $1 - 1) < 1e-12 })
    }

    @Test func poolingDoesNotHideAWrongBias() async {
        await #expect(processExitsWith: .failure) {
            let x: Tensor<Float> = random([1, 4, 4, 2], seed: 1), w: Tensor<Float> = random([3, 3, 2, 8], seed: 2)
            _ = pooledConvolution(
                of: JoinedMaps([x]), w, bias: Tensor(repeating: 0, shape: [4096]), stride: 1)
        }
    }

    /// How many tiles are worked on together does not depend on how many channels fill a vector: dw is summed so.
    @Test func blocksOfTilesAreTheSameOnEveryMachine() {
        func units(_ filters: Int) -> Int {
            WinogradGeometry(
                ConvolutionGeometry(images: [1, 32, 32, 48], weights: [3, 3, 48, filters], stride: 1))!
                .unitsPerBlock(elementSize: 4, bytes: 2 * winogradBlockBytes)
        }
        #expect(units(36) == units(40) && units(33) == units(40) && units(36) != units(64))
    }

    /// A gradient that a pullback adds to is not one that others hold, too.
    @Test func gradientsThatOthersHoldStayAsTheyAre() {
        let x = Parameter("x", random([1, 4, 4, 2], seed: 1) as Tensor<Double>)
        let w: Tensor<Double> = random([3, 3, 2, 2], seed: 2), b = Tensor<Double>(repeating: 0, shape: [2])
        // x's gradient and that of the sum are one tensor, before the convolution adds to the first.
        let plain = x.tensor + 0 * x.tensor
        let slope = ∇(plain + convolution(x.tensor, w, bias: b)).sum()
        let alone = ∇(convolution(x.tensor, w, bias: b)).sum()
        #expect(zip(slope["x"]!.elements, alone["x"]!.elements).allSatisfy { abs($0 - $1 - 1) < 1e-12 })
        #expect((∇plain.sum())["x"]!.elements.allSatisfy { $0 == 1 })
    }
}

/// Where windows are cut at the edges of the images.
@Suite struct WindowZoneTests {
    @Test func stretchesAndOutputsAreThoseOfPlainLoops() {
        for outputs in 1...9 {
            for step in 1...3 {
                for taps in 0...5 {
                    for offset in -4...2 {
                        for size in 1...9 {
                            let axis = WindowAxis(
                                outputs: outputs, step: step, taps: taps, offset: offset, size: size)
                            let met = (0..<outputs).map { i in
                                (0..<taps).filter { 0..<size ~= i * step + $0 + offset }
                            }
                            #expect(axis.stretches.flatMap { Array($0.outputs) } == Array(0..<outputs))
                            for stretch in axis.stretches {
                                for i in stretch.outputs { #expect(Array(stretch.taps) == met[i]) }
                            }
                            for tap in 0..<taps {
                                #expect(
                                    Array(axis.outputs(meetingWith: tap))
                                        == (0..<outputs).filter { met[$0].contains(tap) })
                            }
                        }
                    }
                }
            }
        }
    }

    static let shapes = [
        ConvolutionTests.Shape(images: [6, 5, 5, 24], kernel: [7, 7], filters: 24),
        ConvolutionTests.Shape(images: [13, 11, 11, 9], kernel: [7, 7], filters: 36, stride: 3),
        ConvolutionTests.Shape(images: [30, 4, 6, 20], kernel: [3, 7], filters: 17, stride: 2),
        ConvolutionTests.Shape(images: [30, 2, 2, 12], kernel: [5, 7], filters: 12, stride: 2),
    ]

    /// The cut convolutions, values and all three gradients, against plain loops and finite differences.
    @Test(arguments: shapes) func cutWindowsGiveTheSameSums(_ shape: ConvolutionTests.Shape) {
        let g = ConvolutionGeometry(images: shape.images, weights: shape.weights, stride: shape.stride)
        let plan = g.plan(outputStep: shape.filters)
        #expect(WinogradGeometry(g) == nil)
        #expect(plan.zones(images: shape.images[0]).contains { $0.window.rows * $0.window.depth < g.windowSize })
        #expect(plan.weightParts(images: shape.images[0]).count > 1)
        let x: Tensor<Double> = random(shape.images, seed: 1), w: Tensor<Double> = random(shape.weights, seed: 2)
        let b: Tensor<Double> = random([shape.filters], seed: 3)
        let z = convolution(x, w, bias: b, stride: shape.stride)
        let expected = plainConvolution(x, w, b, shape.stride)
        #expect(zip(z.elements, expected).allSatisfy { abs($0 - $1) <= 1e-12 * max(1, abs($1)) })
        expectGradient(["images": x, "weights": w, "bias": b]) {
            convolution($0[0], $0[1], bias: $0[2], stride: shape.stride)
        }
    }
}
