import Autodiff
import TextDisplay

extension Layer {
    /// A skip connection: the outputs of earlier layers side by side in depth, smaller maps framed by zeros. Layers count
    /// from 1; 0 stands for the images.
    ///
    /// y[n, i, j] = (x₁[n, i − top₁, j − left₁], x₂[n, i − top₂, j − left₂], …), zero where there is no such pixel: it makes a map of the
    /// largest height and width of all, and of all their channels. It learns nothing (Zoph and Le 2017, section 3.3).
    ///
    ///     let convolution: Layer = .convolution(height: 3, width: 3, filters: 16)
    ///     let layers: [Layer] = [convolution, convolution, .concatenation(of: [0, 1, 2]), .meanOverSpace]
    ///     Network<Float>(layers, input: digits.imageShape, classes: 10, seed: 1)
    public static func concatenation(of sources: [Int]) -> Layer { Layer(ConcatenationLayer(sources: sources)) }
}

/// See ``Layer/concatenation(of:)``.
package struct ConcatenationLayer: LayerKind {
    package let sources: [Int]

    package static let name = "concatenation"

    package var description: String {
        (sources.count == 1 ? "again " : "join of ")
            + sources.map { $0 == 0 ? "input" : "\($0)" }.joined(separator: ", ")
    }

    package func output(after shapes: [ImageShape]) throws(InvalidArgument) -> ImageShape {
        if sources.isEmpty { throw InvalidArgument("it names no layer to join") }
        if Set(sources).count < sources.count { throw InvalidArgument("it names a layer twice") }
        if let unknown = sources.first(where: { !shapes.indices.contains($0) }) {
            throw InvalidArgument(
                "there is no layer \(unknown) before it; 0 (the images) to \(shapes.count - 1) are")
        }
        let joined = sources.map { shapes[$0] }
        return ImageShape(
            map: joined.map(\.height).max()!, joined.map(\.width).max()!,
            channels: joined.reduce(0) { $0 + $1.channels })
    }

    /// The maps of its sources stay where they are until a layer reads them.
    @specialized(where T == Float)
    package func outputs<T: Scalar>(of maps: LayerMaps<T>, _ pass: inout ForwardPass<T>) -> LayerMaps<T> { maps }

    package static var words: [LayerWord] { [.skip] }
}

extension LayerWord {
    /// `skip 1-3`: whether the output of the first is an input of the third; by default each convolution takes the one before.
    package static let skip = LayerWord(
        "skip", of: .connection, [.named("no", .nothing), .named("yes", .yes)]
    ) { plan, numbers, choice in
        plan.blocks[numbers[1] - 1].takes[numbers[0]] = choice == .yes
    }
}
