import ArchitectureSearch
import Autodiff
import ChildNet

/// A network whose training is timed.
struct Child: Sendable {
    let name: String
    let input: ImageShape
    let layers: [Layer]
    let batch: Int

    func network(seed: Int) -> Network<Float> { Network(layers, input: input, classes: 10, seed: seed) }

    /// A convolution or a dense layer with the shapes that it is applied to.
    struct Product {
        let layer: String
        let images: [Int]
        let weights: [Int]
        let stride: Int
        /// Whether its input was made with weights; that of the images themselves needs no gradient.
        let wantsInputs: Bool
        /// Floating-point operations of a forward pass over one image.
        let flops: Double
    }

    /// The convolutions and dense layers, in order.
    var products: [Product] {
        var found: [Product] = []
        // Of the images and of each layer's output.
        var wasMadeWithWeights = [false]
        for summary in network(seed: 1).summaries {
            let shape = summary.input, sources = summary.layer.kind.sources
            var wantsInputs = sources.isEmpty ? wasMadeWithWeights.last! : sources.contains { wasMadeWithWeights[$0] }
            // A layer that is no product of its input with weights takes no time that is counted here.
            let product: (images: [Int], weights: [Int], stride: Int)? =
                switch summary.layer.kind {
                case let layer as ConvolutionLayer:
                    (
                        [shape.height, shape.width, shape.channels],
                        [layer.height, layer.width, shape.channels, layer.filters], layer.stride
                    )
                case let layer as DenseLayer: ([1, 1, shape.count], [1, 1, shape.count, layer.units], 1)
                default: nil
                }
            if let product {
                found.append(
                    Product(
                        layer: "\(summary.layer)", images: [batch] + product.images, weights: product.weights,
                        stride: product.stride, wantsInputs: wantsInputs, flops: summary.flops))
            }
            if summary.parameters > 0 { wantsInputs = true }
            wasMadeWithWeights.append(wantsInputs)
        }
        return found
    }

    /// Floating-point operations of a forward pass over one image: two for each multiply-add, padding counted as work.
    var forwardFlops: Double { network(seed: 1).summaries.reduce(0) { $0 + $1.flops } }

    /// Those of the gradients of the layers' inputs.
    var inputGradientFlops: Double { products.filter(\.wantsInputs).reduce(0) { $0 + $1.flops } }

    /// Those of a training step for one image: each gradient costs as much again.
    var trainingFlops: Double { 2 * forwardFlops + inputGradientFlops }

    static func flops(_ images: [Int], _ weights: [Int], _ stride: Int) -> Double {
        let height = (images[1] + stride - 1) / stride, width = (images[2] + stride - 1) / stride
        return 2 * Double(images[0] * height * width) * Double(weights.reduce(1, *))
    }

    private static func convolution(_ size: Int, _ filters: Int) -> Layer {
        .convolution(height: size, width: size, filters: filters)
    }

    /// The children of notes/performance.md.
    static let named = [
        Child(
            name: "A", input: ImageShape(height: 8, width: 8, channels: 1),
            layers: [convolution(3, 16), convolution(3, 32), .maxPooling], batch: 64),
        Child(
            name: "B", input: ImageShape(height: 28, width: 28, channels: 1),
            layers: [convolution(3, 32), .maxPooling, convolution(3, 64), .maxPooling], batch: 128),
        Child(
            name: "C", input: ImageShape(height: 32, width: 32, channels: 3),
            layers: [
                convolution(3, 36), convolution(3, 48), .maxPooling, convolution(3, 64), convolution(5, 64),
                .maxPooling,
                convolution(3, 64), convolution(1, 64), .meanOverSpace,
            ], batch: 128),
    ]

    /// Twelve children of the spaces that searches go through, drawn with a fixed seed: six on small gray images, six on
    /// small images in color, half of each from the paper's space with strides, so that a step takes no minutes.
    static let sampled: [Child] = [
        (ImageShape(height: 28, width: 28, channels: 1), SearchSpace.smallCNN, 3),
        (ImageShape(height: 28, width: 28, channels: 1), .zoph(depth: 4, strides: true), 3),
        (ImageShape(height: 32, width: 32, channels: 3), .smallCNN, 3),
        (ImageShape(height: 32, width: 32, channels: 3), .zoph(depth: 4, strides: true), 3),
    ].enumerated().flatMap { group, source in
        let (input, space, count) = source
        var generator = RandomGenerator(seed: 2026, stream: group)
        return (0..<count).map { number in
            let architecture = space.randomArchitecture(using: &generator)
            return Child(
                name: "\(input.height)-\(space.name == SearchSpace.smallCNN.name ? "s" : "z")\(number + 1)",
                input: input,
                layers: space.layers(architecture), batch: 64)
        }
    }
}
