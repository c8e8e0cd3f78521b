import Autodiff

extension Layer {
    /// The maximum of each 2×2 block; an odd last row or column is dropped.
    ///
    /// y[n, i, j, c] = max over a, b ∈ {0, 1} of x[n, 2i + a, 2j + b, c]: of maps of H×W×c it makes ⌊H/2⌋×⌊W/2⌋×c. It learns nothing
    /// (Scherer, Müller and Behnke 2010, who compare it with means).
    ///
    ///     let layers: [Layer] = [.convolution(height: 3, width: 3, filters: 16), .maxPooling]
    ///     Network<Float>(layers, input: digits.imageShape, classes: 10, seed: 1)
    public static let maxPooling = Layer(MaxPoolingLayer())
}

/// See ``Layer/maxPooling``.
package struct MaxPoolingLayer: PoolingLayer {
    package static let name = "maxPooling"
    package static let choice = "max"

    package init() {}

    package var description: String { "max pool 2×2" }

    @specialized(where T == Float)
    package func outputs<T: Scalar>(of maps: LayerMaps<T>, _ pass: inout ForwardPass<T>) -> LayerMaps<T> {
        LayerMaps(maxPooling(maps.tensor))
    }
}

extension MaxPoolingLayer: ConvolutionFollower {
    /// The maxima are taken of each group of images when it leaves the convolution.
    @specialized(where T == Float)
    package func outputs<T: Scalar>(
        ofConvolution x: LayerMaps<T>, weights w: Tensor<T>, bias b: Tensor<T>, stride: Int
    ) -> LayerMaps<T> {
        LayerMaps(pooledConvolution(of: x.joined, w, bias: b, stride: stride))
    }
}
