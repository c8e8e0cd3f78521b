import Autodiff
import TextDisplay

extension Layer {
    /// A dense layer with a ReLU; images are flattened first.
    ///
    /// y = max(0, x w + b): of maps of H×W×c, as vectors of n = H·W·c numbers, it makes 1×1×u, with u = `units`. It has n·u weights and
    /// u biases, and a forward pass takes 2·n·u FLOPs.
    ///
    ///     let layers: [Layer] = [.maxPooling, .dense(units: 32)]
    ///     Network<Float>(layers, input: digits.imageShape, classes: 10, seed: 1)
    ///
    /// - Parameter units: how many numbers it makes, 1 to 65536.
    public static func dense(units: Int) -> Layer { Layer(DenseLayer(units: units)) }

    /// The dense layer from the last layer to the logits of the classes, which every network ends with: z = x w + b.
    static func classes(_ count: Int) -> Layer { Layer(DenseLayer(units: count, rectified: false)) }
}

/// See ``Layer/dense(units:)``.
package struct DenseLayer: LayerKind {
    package let units: Int
    package var rectified = true

    package static let name = "dense"

    package var description: String { "dense \(units)" }

    package func output(after shapes: [ImageShape]) throws(InvalidArgument) -> ImageShape {
        try checkSizes(units)
        return ImageShape(map: 1, 1, channels: units)
    }

    package func parameters(input: ImageShape) -> [LayerParameter] {
        [LayerParameter("weights", [input.count, units], .normal), LayerParameter("bias", [units], .zeros)]
    }

    package func cost(input: ImageShape, output: ImageShape) -> LayerCost {
        LayerCost(flops: 2 * parameters(input: input)[0].count)
    }

    @specialized(where T == Float)
    package func outputs<T: Scalar>(of maps: LayerMaps<T>, _ pass: inout ForwardPass<T>) -> LayerMaps<T> {
        // y = max(0, x w + b)
        LayerMaps(vectors: dense(maps.vectors, pass.weights(0), bias: pass.weights(1), rectified: rectified))
    }

    package static var words: [LayerWord] { [.dense] }
}

extension LayerWord {
    /// `dense`: none, or the units of a dense layer before the classes.
    package static let dense = LayerWord(
        "dense", of: .network, [.named("none", .nothing), .whole(1...65_536)]
    ) { plan, _, choice in
        if let units = choice.number { plan.end.append(.dense(units: units)) }
    }
}
