import Autodiff
import TextDisplay

/// A child network: layers from images to the logits of the classes, with their parameters.
///
/// The layers run in order; a dense layer from the last of them to the classes is added. Weights start as He et al. (2015)
/// recommend for rectifiers, normal with variance 2/fan-in, drawn from the seed; biases start at zero. Batch normalization
/// starts as the identity, and keeps running statistics of its channels for the time after the training.
///
///     let network = Network<Float>(
///         [.convolution(height: 3, width: 3, filters: 16), .maxPooling],
///         input: digits.imageShape, classes: 10, seed: 1)
public struct Network<T: Scalar>: Parameterized, Sendable {
    /// The layers, without the last dense layer.
    public let layers: [Layer]
    /// The shape of the images.
    public let input: ImageShape
    /// The number of classes.
    public let classes: Int
    public var parameters: [Parameter<T>]
    /// What each layer makes of which shape, and what it costs; the last is the dense layer to the classes.
    public let summaries: [LayerSummary]
    /// The running mean and variance of each normalized layer's channels, in order: what ``logits(_:)`` normalizes with.
    public internal(set) var statistics: [ChannelStatistics<T>]

    /// A network with fresh parameters; the layers must fit the images (see `problem(with:input:classes:)`).
    public init(_ layers: [Layer], input: ImageShape, classes: Int, seed: Int) {
        do {
            summaries = try LayerSummary.summaries(of: layers, input: input, classes: classes)
        } catch {
            preconditionFailure(error.description)
        }
        self.layers = layers
        self.input = input
        self.classes = classes
        var generator = RandomGenerator(seed: seed)
        parameters = []
        statistics = []
        for (i, summary) in summaries.enumerated() {
            let shape = summary.input
            switch summary.layer {
            case .convolution(let height, let width, let filters, _, let normalized):
                let name = "convolution \(i + 1)"
                add(name, [height, width, shape.channels, filters], normalized: normalized, &generator)
            case .dense(let units):
                let name = i == layers.count ? "classes" : "dense \(i + 1)"
                add(name, [shape.count, units], normalized: false, &generator)
            case .maxPooling, .meanPooling, .meanOverSpace, .dropout, .concatenation: break
            }
        }
    }

    private mutating func add(
        _ name: String, _ shape: [Int], normalized: Bool, _ generator: inout RandomGenerator
    ) {
        let fanIn = shape.dropLast().reduce(1, *), channels = [shape.last!]
        let weights = generator.normalTensor(
            shape: shape, standardDeviation: (2 / Double(fanIn)).squareRoot(), of: T.self)
        parameters.append(Parameter("\(name) weights", weights))
        let zeros = Tensor<T>(repeating: 0, shape: channels), ones = Tensor<T>(repeating: 1, shape: channels)
        if normalized {
            parameters += [Parameter("\(name) scale", ones), Parameter("\(name) shift", zeros)]
            statistics.append(ChannelStatistics(mean: zeros, variance: ones, count: 0))
        } else {
            parameters.append(Parameter("\(name) bias", zeros))
        }
    }

    /// Why these layers can't be applied to images of that shape, or nil where they can.
    public static func problem(with layers: [Layer], input: ImageShape, classes: Int) -> InvalidArgument? {
        do {
            _ = try LayerSummary.summaries(of: layers, input: input, classes: classes)
            return nil
        } catch {
            return error
        }
    }

    /// Why the network can't be trained on that many images in batches of that size, or nil where it can.
    ///
    /// All that the layers make of a batch is kept for the gradient. And batch normalization compares the numbers of a channel
    /// with each other: of one number the mean is the number itself, (x − μ)/σ is 0 whatever the image shows, and nothing is
    /// learned. That is so where the map is 1×1 and an image is alone in its batch.
    public func problem(trainingOn count: Int, inBatchesOf size: Int) -> InvalidArgument? {
        let images = min(size, count)
        let numbers = Double(images) * summaries.reduce(Double(input.count)) { $0 + Double($1.output.count) }
        guard numbers <= 2.5e8 else {
            return InvalidArgument(
                "a batch of \(images) images makes \(grouped(numbers)) numbers in this network; the limit is 250,000,000"
            )
        }
        guard size == 1 || count % size == 1 else { return nil }
        for (i, summary) in summaries.enumerated() {
            guard case .convolution(_, _, _, _, normalized: true) = summary.layer, summary.output.height == 1,
                summary.output.width == 1
            else { continue }
            let batches =
                size == 1
                ? "batches of one image" : "the last batch, of one image (\(count) images in batches of \(size))"
            return InvalidArgument(
                "the batch normalization of layer \(i + 1) would see one number for each channel in \(batches), because its "
                    + "map is 1×1, and learn nothing from it: choose another batchSize")
        }
        return nil
    }

    /// The logits of each class, as a differentiable value: shape `[batch, classes]`.
    ///
    /// This is the network as it is used: batch normalization takes its running statistics, and dropout drops nothing.
    ///
    /// - Parameter images: shape `[batch, height, width, channels]`.
    public func logits(_ images: Tensor<T>) -> Tensor<T> {
        var pass = ForwardPass(parameters.map { $0.tensor }, statistics)
        return pass.logits(images, layers)
    }

    /// The logits while the network is trained, as a differentiable value: shape `[batch, classes]`.
    ///
    /// Batch normalization takes the statistics of this batch and moves the running ones towards them,
    /// s ← 0.9 s + 0.1 s_batch; dropout draws from the generator.
    public mutating func trainingLogits(
        _ images: Tensor<T>, using generator: inout RandomGenerator
    ) -> Tensor<T> {
        var pass = ForwardPass(parameters.map { $0.tensor }, statistics, training: generator)
        let logits = pass.logits(images, layers)
        statistics = pass.statistics
        generator = pass.generator!
        return logits
    }

    /// The most probable class of each image; records no graph.
    public func predictions(_ images: Tensor<T>) -> [Int] {
        var pass = ForwardPass(parameters.map { $0.value }, statistics)
        return pass.logits(images, layers).withElements { logits in
            (0..<images.shape[0]).map { n in
                let row = n * classes
                return (1..<classes).reduce(0) { logits[row + $1] > logits[row + $0] ? $1 : $0 }
            }
        }
    }
}
