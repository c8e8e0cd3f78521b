import Autodiff

extension Layer {
    /// The mean of each 2×2 block; an odd last row or column is dropped.
    ///
    /// y[n, i, j, c] = ¼ Σ over a, b ∈ {0, 1} of x[n, 2i + a, 2j + b, c]: of maps of H×W×c it makes ⌊H/2⌋×⌊W/2⌋×c. It learns nothing
    /// (LeCun et al. 1998, section II.B, without the coefficient and the bias that are learned there).
    ///
    ///     let layers: [Layer] = [.convolution(height: 3, width: 3, filters: 16), .meanPooling]
    ///     Network<Float>(layers, input: digits.imageShape, classes: 10, seed: 1)
    public static let meanPooling = Layer(MeanPoolingLayer())
}

/// See ``Layer/meanPooling``.
package struct MeanPoolingLayer: PoolingLayer {
    package static let name = "meanPooling"
    package static let choice = "mean"

    package init() {}

    package var description: String { "mean pool 2×2" }

    @specialized(where T == Float)
    package func outputs<T: Scalar>(of maps: LayerMaps<T>, _ pass: inout ForwardPass<T>) -> LayerMaps<T> {
        LayerMaps(meanPooling(maps.tensor))
    }
}
