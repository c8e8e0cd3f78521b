import Autodiff

/// A child network: layers from images to the logits of the classes, with their parameters.
///
/// The layers run in order; a dense layer from the last of them to the classes is added. Weights start as He et al. (2015)
/// recommend for rectifiers, normal with variance 2/fan-in, drawn from the seed; biases start at zero.
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

    /// A network with fresh parameters; the layers must fit the images (see `problem(with:input:classes:)`).
    public init(_ layers: [Layer], input: ImageShape, classes: Int, seed: Int) {
        if let problem = Self.problem(with: layers, input: input, classes: classes) {
            preconditionFailure(problem.description)
        }
        self.layers = layers
        self.input = input
        self.classes = classes
        var generator = RandomGenerator(seed: seed)
        parameters = []
        func add(_ name: String, _ shape: [Int]) {
            let fanIn = shape.dropLast().reduce(1, *)
            parameters.append(
                Parameter(
                    "\(name) weights",
                    generator.normalTensor(shape: shape, standardDeviation: (2 / Double(fanIn)).squareRoot())))
            parameters.append(Parameter("\(name) bias", Tensor(repeating: 0, shape: [shape.last!])))
        }
        var shape = input
        for (i, layer) in layers.enumerated() {
            switch layer {
            case .convolution(let height, let width, let filters, _):
                add("convolution \(i + 1)", [height, width, shape.channels, filters])
            case .dense(let units):
                add("dense \(i + 1)", [shape.count, units])
            case .maxPooling, .meanOverSpace: break
            }
            shape = Self.shape(after: layer, shape)
        }
        add("classes", [shape.count, classes])
    }

    /// Why these layers can't be applied to images of that shape, or nil where they can.
    public static func problem(with layers: [Layer], input: ImageShape, classes: Int) -> InvalidArgument? {
        if !(1...65_536 ~= classes) { return InvalidArgument("classes is 1 to 65536; not \(classes)") }
        var shape = input
        // Of the whole network; floating-point numbers, which do not overflow.
        var parameters = 0.0, outputs = 0.0
        for (i, layer) in layers.enumerated() {
            let sizes: [Int]
            switch layer {
            case .convolution(let height, let width, let filters, let stride): sizes = [height, width, filters, stride]
            case .dense(let units): sizes = [units]
            case .maxPooling, .meanOverSpace: sizes = []
            }
            if let size = sizes.first(where: { !(1...65_536 ~= $0) }) {
                return InvalidArgument("layer \(i + 1) (\(layer)): its sizes are 1 to 65536, not \(size)")
            }
            if layer == .maxPooling && (shape.height < 2 || shape.width < 2) {
                return InvalidArgument(
                    "layer \(i + 1) (\(layer)): a map of \(shape.height)×\(shape.width) is too small")
            }
            switch layer {
            case .convolution(let height, let width, let filters, _):
                parameters += Double(height * width) * Double(shape.channels) * Double(filters)
            case .dense(let units): parameters += Double(shape.count) * Double(units)
            case .maxPooling, .meanOverSpace: break
            }
            shape = Self.shape(after: layer, shape)
            outputs += Double(shape.height * shape.width) * Double(shape.channels)
            if parameters > 5e7 || outputs > 2e6 {
                return InvalidArgument("layer \(i + 1) (\(layer)): more parameters or outputs than fit into memory")
            }
        }
        if parameters + Double(shape.count) * Double(classes) > 5e7 {
            return InvalidArgument("the last layer, to \(classes) classes: more parameters than fit into memory")
        }
        return nil
    }

    /// The shape of what a layer makes of images of the given shape; vectors are images of one pixel.
    public static func shape(after layer: Layer, _ shape: ImageShape) -> ImageShape {
        switch layer {
        case .convolution(_, _, let filters, let stride):
            ImageShape(
                height: (shape.height + stride - 1) / stride, width: (shape.width + stride - 1) / stride,
                channels: filters)
        case .maxPooling: ImageShape(height: shape.height / 2, width: shape.width / 2, channels: shape.channels)
        case .meanOverSpace: ImageShape(height: 1, width: 1, channels: shape.channels)
        case .dense(let units): ImageShape(height: 1, width: 1, channels: units)
        }
    }

    /// The logits of each class, as a differentiable value: shape `[batch, classes]`.
    ///
    /// - Parameter images: shape `[batch, height, width, channels]`.
    public func logits(_ images: Tensor<T>) -> Tensor<T> { logits(images, parameters.map(\.tensor)) }

    /// The most probable class of each image; records no graph.
    public func predictions(_ images: Tensor<T>) -> [Int] {
        let logits = logits(images, parameters.map(\.value))
        return logits.withElements { logits in
            (0..<images.shape[0]).map { n in
                let row = n * classes
                return (1..<classes).reduce(0) { logits[row + $1] > logits[row + $0] ? $1 : $0 }
            }
        }
    }

    private func logits(_ images: Tensor<T>, _ weights: [Tensor<T>]) -> Tensor<T> {
        var x = images
        var next = 0
        func take() -> (weights: Tensor<T>, bias: Tensor<T>) {
            defer { next += 2 }
            return (weights[next], weights[next + 1])
        }
        func flattened(_ x: Tensor<T>) -> Tensor<T> {
            x.reshaped([x.shape[0], x.shape.dropFirst().reduce(1, *)])
        }
        for layer in layers {
            switch layer {
            case .convolution(_, _, _, let stride):
                let (w, b) = take()
                x = convolution(x, w, bias: b, stride: stride, rectified: true)
            case .maxPooling: x = maxPooling(x)
            case .meanOverSpace:
                let y = meanOverSpace(x)
                x = y.reshaped([y.shape[0], 1, 1, y.shape[1]])
            case .dense:
                let (w, b) = take()
                let y = dense(flattened(x), w, bias: b, rectified: true)
                x = y.reshaped([y.shape[0], 1, 1, y.shape[1]])
            }
        }
        let (w, b) = take()
        return dense(flattened(x), w, bias: b)
    }
}

extension Network: CustomStringConvertible {
    /// The layers with the shapes that they make, and the number of parameters.
    public var description: String {
        var shape = input
        var lines = ["input \(input)"]
        for layer in layers {
            shape = Self.shape(after: layer, shape)
            lines.append("\(layer) → \(shape)")
        }
        lines.append("dense \(classes) → \(classes) classes; \(parameterCount) parameters in all")
        return lines.joined(separator: "\n")
    }
}
