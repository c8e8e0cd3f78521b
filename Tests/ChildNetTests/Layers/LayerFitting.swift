@testable import ChildNet

/// Why layers do not fit images of 8×8 pixels in gray; nil where they do.
func problem(_ layers: [Layer]) -> String? {
    Network<Float>.problem(with: layers, input: ImageShape(height: 8, width: 8, channels: 1), classes: 10)?.description
}

/// What the last of some layers is in a network for images of 8×8 pixels in gray.
func summary(_ layers: [Layer]) throws -> LayerSummary {
    let input = ImageShape(height: 8, width: 8, channels: 1)
    return try LayerSummary.summaries(of: layers, input: input, classes: 10)[layers.count - 1]
}
