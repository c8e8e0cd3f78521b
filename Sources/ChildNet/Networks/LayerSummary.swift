import Autodiff
import TextDisplay

/// What a layer makes of which shape, and what it costs.
public struct LayerSummary: Sendable, Hashable {
    /// The layer; the last of a network is the dense layer to its classes.
    public let layer: Layer
    /// The shape of what it takes in; vectors are images of one pixel.
    public let input: ImageShape
    /// The shape of what it makes.
    public let output: ImageShape
    /// The number of learned numbers.
    public let parameters: Int
    /// Floating-point operations for one image, forwards: two for each multiply-add of a convolution or a dense layer, at
    /// the padding too. The two gradients cost as much again each; what is done once a number is not counted.
    public let flops: Double

    /// The most parameters that a network may have.
    public static let parameterLimit = 50_000_000
    /// The most numbers that an image and all that the layers make of it may have together; and the most that a convolution
    /// may read of one, with the zeros around it.
    public static let outputLimit = 2_000_000

    /// The summaries of a network's layers, and of the dense layer from the last of them to the classes.
    ///
    /// - Throws: ``InvalidArgument`` that says which layer does not fit, and why.
    public static func summaries(of layers: [Layer], input: ImageShape, classes: Int) throws(InvalidArgument)
        -> [LayerSummary]
    {
        if !(1...65_536 ~= classes) { throw InvalidArgument("classes is 1 to 65536; not \(classes)") }
        var shapes = [input]
        var summaries: [LayerSummary] = []
        // Floating-point numbers, which do not overflow.
        var parameters = 0.0, outputs = input.numbers
        for layer in layers + [.dense(units: classes)] {
            let isLast = summaries.count == layers.count
            let place = isLast ? "the last layer (to \(classes) classes)" : "layer \(summaries.count + 1) (\(layer))"
            if let reason = layer.problem(after: shapes) { throw InvalidArgument("\(place): \(reason)") }
            let before = shapes.last!, after = layer.output(after: shapes)
            let weights = layer.weightCount(input: before)
            parameters += weights + layer.otherParameterCount
            outputs += after.numbers
            if parameters > Double(parameterLimit) {
                throw InvalidArgument(
                    "\(place): \(grouped(parameters)) parameters so far; the limit is \(grouped(Double(parameterLimit)))"
                )
            }
            if outputs > Double(outputLimit) {
                throw InvalidArgument(
                    "\(place): \(grouped(outputs)) numbers for one image so far; the limit is \(grouped(Double(outputLimit)))"
                )
            }
            var pixels = 1.0
            if case .convolution(let height, let width, _, let stride, _) = layer {
                pixels = Double(after.height * after.width)
                let read = ImageShape(
                    height: (after.height - 1) * stride + height, width: (after.width - 1) * stride + width,
                    channels: before.channels)
                if read.numbers > Double(outputLimit) {
                    throw InvalidArgument(
                        "\(place): it reads \(grouped(read.numbers)) numbers of one image, with the zeros around it; the limit is "
                            + grouped(Double(outputLimit)))
                }
            }
            summaries.append(
                LayerSummary(
                    layer: layer, input: before, output: after, parameters: Int(weights + layer.otherParameterCount),
                    flops: 2 * weights * pixels))
            shapes.append(after)
        }
        return summaries
    }
}

extension ImageShape {
    /// The numbers in an image, however large.
    fileprivate var numbers: Double { Double(height) * Double(width) * Double(channels) }
}

extension Layer {
    /// Why the layer can't follow layers that make those shapes, the images first; nil where it can.
    fileprivate func problem(after shapes: [ImageShape]) -> String? {
        let sizes: [Int]
        switch self {
        case .convolution(let height, let width, let filters, let stride, _): sizes = [height, width, filters, stride]
        case .dense(let units): sizes = [units]
        default: sizes = []
        }
        if let size = sizes.first(where: { !(1...65_536 ~= $0) }) { return "its sizes are 1 to 65536, not \(size)" }
        switch self {
        case .maxPooling, .meanPooling:
            let map = shapes.last!
            return map.height < 2 || map.width < 2 ? "a map of \(map.height)×\(map.width) is too small" : nil
        case .dropout(let rate):
            return 0..<1 ~= rate ? nil : "the rate is at least 0 and less than 1, not \(rate)"
        case .concatenation(let sources):
            if sources.isEmpty { return "it names no layer to join" }
            if Set(sources).count < sources.count { return "it names a layer twice" }
            return sources.first { !shapes.indices.contains($0) }.map {
                "there is no layer \($0) before it; 0 (the images) to \(shapes.count - 1) are"
            }
        default: return nil
        }
    }

    /// The shape that the layer makes, after layers that make those shapes, the images first.
    fileprivate func output(after shapes: [ImageShape]) -> ImageShape {
        let shape = shapes.last!
        switch self {
        case .convolution(_, _, let filters, let stride, _):
            return ImageShape(
                height: (shape.height + stride - 1) / stride, width: (shape.width + stride - 1) / stride,
                channels: filters)
        case .maxPooling, .meanPooling:
            return ImageShape(height: shape.height / 2, width: shape.width / 2, channels: shape.channels)
        case .meanOverSpace: return ImageShape(height: 1, width: 1, channels: shape.channels)
        case .dropout: return shape
        case .dense(let units): return ImageShape(height: 1, width: 1, channels: units)
        case .concatenation(let sources):
            let joined = sources.map { shapes[$0] }
            return ImageShape(
                height: joined.map(\.height).max()!, width: joined.map(\.width).max()!,
                channels: joined.reduce(0) { $0 + $1.channels })
        }
    }

    /// The numbers of weights, each of which is multiplied at every pixel.
    fileprivate func weightCount(input: ImageShape) -> Double {
        switch self {
        case .convolution(let height, let width, let filters, _, _):
            Double(height * width) * Double(input.channels) * Double(filters)
        case .dense(let units): Double(input.count) * Double(units)
        default: 0
        }
    }

    /// A bias for each channel; with batch normalization a scale and a shift instead.
    fileprivate var otherParameterCount: Double {
        switch self {
        case .convolution(_, _, let filters, _, let normalized): Double(normalized ? 2 * filters : filters)
        case .dense(let units): Double(units)
        default: 0
        }
    }
}

extension LayerSummary: CustomStringConvertible {
    /// `dense 10: 16×16×8 → 1×1×10, 20,490 parameters, 40,960 FLOPs for one image`
    public var description: String {
        "\(layer): \(input) → \(output), \(grouped(Double(parameters))) parameters, \(grouped(flops)) FLOPs for one image"
    }
}
