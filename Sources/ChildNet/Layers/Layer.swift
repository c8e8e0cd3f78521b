/// One layer of a network, as a description; the network holds its parameters.
///
///     let layers: [Layer] = [.convolution(height: 3, width: 3, filters: 16), .maxPooling, .dense(units: 32)]
///
/// Each layer is a file of its own, beside this one: its shapes, its cost, its parameters, its forward pass and its words.
public struct Layer: Sendable {
    /// Which layer it is, with its sizes.
    package let kind: any LayerKind

    /// The layer of a kind.
    package init(_ kind: any LayerKind) { self.kind = kind }

    /// The layers that there are. A new one is a file beside this one, and a name here: `kinds` is where the files of search
    /// spaces find its words, and their order is that in which the words are read.
    package static let kinds: [any LayerKind.Type] = [
        ConvolutionLayer.self, MaxPoolingLayer.self, MeanPoolingLayer.self, MeanOverSpaceLayer.self, DropoutLayer.self,
        DenseLayer.self, ConcatenationLayer.self,
    ]
}

extension Layer: Hashable {
    /// Whether both are of one kind, and of the same sizes.
    public static func == (a: Layer, b: Layer) -> Bool { AnyHashable(a.kind) == AnyHashable(b.kind) }

    public func hash(into hasher: inout Hasher) { hasher.combine(AnyHashable(kind)) }
}

extension Layer: CustomStringConvertible {
    /// The layer in a few words: `conv 3×3, 16 filters`.
    public var description: String { kind.description }
}
