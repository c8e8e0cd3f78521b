import Autodiff
import ChildNet

/// A network whose training is timed.
struct Child: Sendable {
    let name: String
    let input: ImageShape
    let layers: [Layer]
    let batch: Int

    func network(seed: Int) -> Network<Float> { Network(layers, input: input, classes: 10, seed: seed) }

    /// The convolutions and dense layers with the shapes that they are applied to.
    var products: [(layer: String, images: [Int], weights: [Int], stride: Int, isFirst: Bool)] {
        var shape = input
        var found: [(String, [Int], [Int], Int, Bool)] = []
        for layer in layers + [.dense(units: 10)] {
            switch layer {
            case .convolution(let height, let width, let filters, let stride):
                found.append(
                    (
                        "\(layer)", [batch, shape.height, shape.width, shape.channels],
                        [height, width, shape.channels, filters], stride, found.isEmpty
                    ))
            case .dense(let units):
                found.append(("\(layer)", [batch, 1, 1, shape.count], [1, 1, shape.count, units], 1, found.isEmpty))
            case .maxPooling, .meanOverSpace: break
            }
            shape = Network<Float>.shape(after: layer, shape)
        }
        return found
    }

    /// Floating-point operations of a forward pass over one image: two for each multiply-add, padding counted as work.
    var forwardFlops: Double {
        products.reduce(0) { $0 + Self.flops($1.images, $1.weights, $1.stride) / Double(batch) }
    }

    /// Those of a training step for one image: the gradients cost as much again each, but the images need none.
    var trainingFlops: Double {
        products.reduce(0) {
            $0 + Self.flops($1.images, $1.weights, $1.stride) * ($1.isFirst ? 2 : 3) / Double(batch)
        }
    }

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
}
