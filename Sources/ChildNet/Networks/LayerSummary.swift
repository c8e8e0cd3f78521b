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
    /// What it learns.
    package let learned: [LayerParameter]

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
        for layer in layers + [.classes(classes)] {
            let isLast = summaries.count == layers.count
            let place = isLast ? "the last layer (to \(classes) classes)" : "layer \(summaries.count + 1) (\(layer))"
            func failure(_ reason: String) -> InvalidArgument { InvalidArgument("\(place): \(reason)") }
            let before = shapes.last!, after: ImageShape
            do {
                after = try layer.kind.output(after: shapes)
            } catch {
                throw failure(error.description)
            }
            let learned = layer.kind.parameters(input: before), cost = layer.kind.cost(input: before, output: after)
            let own = learned.reduce(0) { $0 + $1.count }
            parameters += own
            outputs += after.numbers
            if parameters > Double(parameterLimit) {
                throw failure(
                    "\(grouped(parameters)) parameters so far; the limit is \(grouped(Double(parameterLimit)))")
            }
            if outputs > Double(outputLimit) {
                throw failure(
                    "\(grouped(outputs)) numbers for one image so far; the limit is \(grouped(Double(outputLimit)))")
            }
            if cost.numbersRead > Double(outputLimit) {
                throw failure(
                    "it reads \(grouped(cost.numbersRead)) numbers of one image, with the zeros around it; the limit is "
                        + grouped(Double(outputLimit)))
            }
            summaries.append(
                LayerSummary(
                    layer: layer, input: before, output: after, parameters: Int(own), flops: cost.flops,
                    learned: learned))
            shapes.append(after)
        }
        return summaries
    }
}

extension ImageShape {
    /// The numbers in an image, however large.
    fileprivate var numbers: Double { Double(height) * Double(width) * Double(channels) }
}

extension LayerSummary: CustomStringConvertible {
    /// `dense 10: 16×16×8 → 1×1×10, 20,490 parameters, 40,960 FLOPs for one image`
    public var description: String {
        "\(layer): \(input) → \(output), \(grouped(Double(parameters))) parameters, \(grouped(flops)) FLOPs for one image"
    }
}
