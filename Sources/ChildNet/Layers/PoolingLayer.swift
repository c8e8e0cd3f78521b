import TextDisplay

/// A layer that makes one number of each 2×2 block of pixels, channel by channel; an odd last row or column is dropped.
///
/// Each is a choice of the word `pooling`: see ``LayerWord/pooling``.
package protocol PoolingLayer: LayerKind {
    /// What the word `pooling` calls it.
    static var choice: String { get }

    init()
}

extension PoolingLayer {
    /// ⌊H/2⌋ × ⌊W/2⌋ × c
    package func output(after shapes: [ImageShape]) throws(InvalidArgument) -> ImageShape {
        let map = shapes.last!
        if map.height < 2 || map.width < 2 {
            throw InvalidArgument("a map of \(map.height)×\(map.width) is too small")
        }
        return ImageShape(map: map.height / 2, map.width / 2, channels: map.channels)
    }

    package static var words: [LayerWord] { [.pooling] }
}

extension LayerWord {
    /// `pooling 1`: none, or what pools 2×2 blocks right behind the convolution.
    package static let pooling = LayerWord(
        "pooling", of: .convolution,
        [.named("none", .nothing)]
            + Layer.kinds.compactMap { $0 as? any PoolingLayer.Type }.map {
                .named($0.choice, .layer(Layer($0.init())))
            }
    ) { plan, numbers, choice in
        if let layer = choice.layer { plan.blocks[numbers[0] - 1].behind.append(layer) }
    }
}
