import Autodiff

extension Layer {
    /// The mean over all pixels: images become vectors.
    ///
    /// y[n, c] = (1/HW) Σᵢⱼ x[n, i, j, c]: of maps of H×W×c it makes 1×1×c. It learns nothing (Lin, Chen and Yan 2014, *Network in
    /// network*, section 3.2: in place of a dense layer of all pixels).
    ///
    ///     let layers: [Layer] = [.convolution(height: 3, width: 3, filters: 16), .meanOverSpace]
    ///     Network<Float>(layers, input: digits.imageShape, classes: 10, seed: 1)
    public static let meanOverSpace = Layer(MeanOverSpaceLayer())
}

/// See ``Layer/meanOverSpace``.
package struct MeanOverSpaceLayer: LayerKind {
    package static let name = "meanOverSpace"

    package var description: String { "mean over space" }

    package func output(after shapes: [ImageShape]) -> ImageShape {
        ImageShape(map: 1, 1, channels: shapes.last!.channels)
    }

    @specialized(where T == Float)
    package func outputs<T: Scalar>(of maps: LayerMaps<T>, _ pass: inout ForwardPass<T>) -> LayerMaps<T> {
        // Map by map, without writing the whole.
        LayerMaps(vectors: meanOverSpace(of: maps.joined))
    }

    package static var words: [LayerWord] { [.head] }
}

extension LayerWord {
    /// `head`: whether the last map is flattened, or each channel's mean is taken.
    package static let head = LayerWord(
        "head", of: .network, [.named("flatten", .nothing), .named("mean", .layer(.meanOverSpace))]
    ) { plan, _, choice in
        if let layer = choice.layer { plan.end.append(layer) }
    }
}
