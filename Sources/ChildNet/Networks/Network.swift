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
    /// The weights, biases, scales and shifts of all layers, in their order.
    public var parameters: [Parameter<T>]
    /// What each layer makes of which shape, and what it costs; the last is the dense layer to the classes.
    public let summaries: [LayerSummary]
    /// The running mean and variance of each normalized layer's channels, in order: what ``logits(_:)`` normalizes with.
    public internal(set) var statistics: [ChannelStatistics<T>]

    /// A network with fresh parameters.
    ///
    /// - Parameters:
    ///   - layers: they must fit the images: see ``problem(with:input:classes:)``.
    ///   - classes: 1 to 65536.
    public init(_ layers: [Layer], input: ImageShape, classes: Int, seed: Int) {
        require(Self.problem(with: layers, input: input, classes: classes))
        do {
            try self.init(checking: layers, input: input, classes: classes, seed: seed)
        } catch {
            fatalError(error.description)
        }
    }

    /// A network with fresh parameters, of layers that somebody or something proposed.
    ///
    /// - Throws: ``InvalidArgument`` that says which layer does not fit the images, and why.
    package init(checking layers: [Layer], input: ImageShape, classes: Int, seed: Int) throws(InvalidArgument) {
        summaries = try LayerSummary.summaries(of: layers, input: input, classes: classes)
        self.layers = layers
        self.input = input
        self.classes = classes
        var generator = RandomGenerator(seed: seed)
        parameters = []
        statistics = []
        for (i, summary) in summaries.enumerated() {
            let kind = summary.layer.kind, name = i == layers.count ? "classes" : "\(type(of: kind).name) \(i + 1)"
            parameters += summary.learned.map {
                Parameter("\(name) \($0.name)", $0.values(using: &generator))
            }
            let channels = kind.normalizedChannels
            if channels > 0 { statistics.append(.ofIdentity(channels: channels)) }
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
        if size < 1 || count < 1 {
            return InvalidArgument(
                "there are one image or more, in batches of one or more; not \(count) in batches of \(size)")
        }
        if let problem = self.problem ?? problem(withBatchOf: min(size, count), limit: 2.5e8) { return problem }
        guard size == 1 || count % size == 1 else { return nil }
        for (i, summary) in summaries.enumerated() {
            guard summary.layer.kind.normalizedChannels > 0, summary.output.height == 1, summary.output.width == 1
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

    /// Why the layers would make too many numbers of so many images, or nil where they do not.
    private func problem(withBatchOf images: Int, limit: Double) -> InvalidArgument? {
        let numbers = Double(images) * summaries.reduce(Double(input.count)) { $0 + Double($1.output.count) }
        if numbers > limit {
            return InvalidArgument(
                "a batch of \(images) images makes \(grouped(numbers)) numbers in this network; the limit is \(grouped(limit))"
            )
        }
        return Tensor<T>.problem(ofShape: [images, largestMap])
    }

    /// The most numbers that an image is, or that a layer makes of it.
    var largestMap: Int { summaries.reduce(input.count) { max($0, $1.output.count) } }

    /// Why the parameters, which may be set, are none of these layers, or nil where they are.
    package var problem: InvalidArgument? {
        var place = 0
        for summary in summaries {
            for learned in summary.learned {
                guard place < parameters.count, parameters[place].shape == learned.shape else {
                    return InvalidArgument(
                        "the parameters are not those of the layers: one of shape \(learned.shape) is expected as number "
                            + "\(place), from 0")
                }
                place += 1
            }
        }
        return nil
    }

    /// Why the network can't be applied to those images, or nil where it can.
    ///
    /// - Parameter recordsGraph: whether all that the layers make is kept for the gradient.
    package func problem(with images: Tensor<T>, recordsGraph: Bool) -> InvalidArgument? {
        let shape = images.shape
        guard shape.count == 4, shape[0] > 0, shape[1] == input.height, shape[2] == input.width,
            shape[3] == input.channels
        else {
            return InvalidArgument(
                "the network takes one image or more, of shape [batch, \(input.height), \(input.width), \(input.channels)]; "
                    + "these have shape \(shape)")
        }
        if let problem = self.problem { return problem }
        return problem(withBatchOf: shape[0], limit: recordsGraph ? 2.5e8 : 5e8)
    }

    /// The logits of each class, as a differentiable value: shape `[batch, classes]`.
    ///
    /// This is the network as it is used: batch normalization takes its running statistics, and dropout drops nothing.
    ///
    /// - Parameter images: shape `[batch, height, width, channels]`.
    public func logits(_ images: Tensor<T>) -> Tensor<T> {
        require(self.problem(with: images, recordsGraph: true))
        var pass = ForwardPass(parameters.map { $0.tensor }, statistics)
        return pass.logits(images, summaries)
    }

    /// The logits while the network is trained, as a differentiable value: shape `[batch, classes]`.
    ///
    /// Batch normalization takes the statistics of this batch and moves the running ones towards them,
    /// s ← 0.9 s + 0.1 s_batch; dropout draws from the generator.
    public mutating func trainingLogits(
        _ images: Tensor<T>, using generator: inout RandomGenerator
    ) -> Tensor<T> {
        require(self.problem(with: images, recordsGraph: true))
        var pass = ForwardPass(parameters.map { $0.tensor }, statistics, training: generator)
        let logits = pass.logits(images, summaries)
        statistics = pass.allStatistics
        generator = pass.generator!
        return logits
    }

    /// The most probable class of each image; records no graph.
    public func predictions(_ images: Tensor<T>) -> [Int] {
        require(self.problem(with: images, recordsGraph: false))
        var pass = ForwardPass(parameters.map { $0.value }, statistics)
        return pass.logits(images, summaries).withElements { logits in
            (0..<images.shape[0]).map { n in
                let row = n * classes
                return (1..<classes).reduce(0) { logits[row + $1] > logits[row + $0] ? $1 : $0 }
            }
        }
    }
}
