import Autodiff
import TextDisplay

extension Layer {
    /// While it is trained, each number is dropped with that probability, and the others scaled by 1/(1 − rate).
    ///
    /// y = x·m/(1 − rate), with m drawn from {0, 1}, P(m = 0) = `rate`; where the network is used, y = x. Its expectation is the
    /// same for both. The shape stays, and it learns nothing (Srivastava et al. 2014, section 4; scaled while it is trained, as in
    /// section 10).
    ///
    ///     let layers: [Layer] = [.convolution(height: 3, width: 3, filters: 16), .dropout(rate: 0.5)]
    ///     Network<Float>(layers, input: digits.imageShape, classes: 10, seed: 1)
    ///
    /// - Parameter rate: at least 0 and less than 1.
    public static func dropout(rate: Double) -> Layer { Layer(DropoutLayer(rate: rate)) }
}

/// See ``Layer/dropout(rate:)``.
package struct DropoutLayer: LayerKind {
    package let rate: Double

    package static let name = "dropout"

    package var description: String { "dropout \(rate)" }

    package func output(after shapes: [ImageShape]) throws(InvalidArgument) -> ImageShape {
        if let problem = problemOfDropout(rate: rate) { throw problem }
        return shapes.last!
    }

    @specialized(where T == Float)
    package func outputs<T: Scalar>(of maps: LayerMaps<T>, _ pass: inout ForwardPass<T>) -> LayerMaps<T> {
        guard var generator = pass.generator else { return maps }
        defer { pass.generator = generator }
        return LayerMaps(dropout(maps.tensor, rate: rate, using: &generator))
    }

    package static var words: [LayerWord] { [.dropout] }
}

extension LayerWord {
    /// `dropout`: the rate before the dense layers.
    package static let dropout = LayerWord("dropout", of: .network, [.rate]) { plan, _, choice in
        if let rate = choice.rate, rate > 0 { plan.end.append(.dropout(rate: rate)) }
    }
}
