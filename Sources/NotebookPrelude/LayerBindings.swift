import Autodiff
import ChildNet
import Notebook
import TextDisplay

/// The layers as functions of tensors.
extension Library {
    mutating func addLayerFunctions() {
        define("convolution(_:_:bias:)") { (images: Tensor<Double>, weights: Tensor<Double>, bias: Tensor<Double>) in
            try checkConvolution(images, weights, bias, stride: 1)
            return convolution(images, weights, bias: bias)
        }
        define("convolution(_:_:bias:stride:)") {
            (images: Tensor<Double>, weights: Tensor<Double>, bias: Tensor<Double>, stride: Int) in
            try checkConvolution(images, weights, bias, stride: stride)
            return convolution(images, weights, bias: bias, stride: stride)
        }
        define("convolution(_:_:bias:rectified:)") {
            (images: Tensor<Double>, weights: Tensor<Double>, bias: Tensor<Double>, rectified: Bool) in
            try checkConvolution(images, weights, bias, stride: 1)
            return convolution(images, weights, bias: bias, rectified: rectified)
        }
        define("dense(_:_:bias:)") { (inputs: Tensor<Double>, weights: Tensor<Double>, bias: Tensor<Double>) in
            guard inputs.shape.count == 2, weights.shape.count == 2, inputs.shape[1] == weights.shape[0],
                bias.shape == [weights.shape[1]], inputs.count > 0, weights.count > 0
            else {
                throw InvalidArgument(
                    "dense needs shapes [batch, features], [features, units] and [units]; these are \(inputs.shape), "
                        + "\(weights.shape) and \(bias.shape)")
            }
            try checkShape([inputs.shape[0], weights.shape[1]], holds: nil)
            return dense(inputs, weights, bias: bias)
        }
        define("maxPooling(_:)") { (images: Tensor<Double>) in
            maxPooling(try checkedImages(images, atLeast: 2))
        }
        define("meanPooling(_:)") { (images: Tensor<Double>) in
            meanPooling(try checkedImages(images, atLeast: 2))
        }
        define("meanOverSpace(_:)") { (images: Tensor<Double>) in
            meanOverSpace(try checkedImages(images, atLeast: 1))
        }
        define("concatenation(of:)") { (maps: [Tensor<Double>]) in
            guard !maps.isEmpty else { throw InvalidArgument("there is nothing to concatenate") }
            for map in maps { _ = try checkedImages(map, atLeast: 1) }
            guard maps.allSatisfy({ $0.shape[0] == maps[0].shape[0] }) else {
                throw InvalidArgument("maps of one batch are concatenated; these have shapes \(maps.map(\.shape))")
            }
            let sizes = [1, 2].map { axis in maps.map { $0.shape[axis] }.max()! }
            try checkShape([maps[0].shape[0]] + sizes + [maps.reduce(0) { $0 + $1.shape[3] }], holds: nil)
            return concatenation(of: maps)
        }
        define("softmaxCrossEntropy(_:labels:)") { (logits: Tensor<Double>, labels: [Int]) in
            guard logits.shape.count == 2, logits.shape[0] == labels.count, !labels.isEmpty else {
                throw InvalidArgument(
                    "softmaxCrossEntropy needs logits [batch, classes] and a label for each row; these are \(logits.shape) and "
                        + "\(labels.count) labels")
            }
            if let wrong = labels.first(where: { !(0..<logits.shape[1] ~= $0) }) {
                throw InvalidArgument("a label is 0 to \(logits.shape[1] - 1), not \(wrong)")
            }
            return softmaxCrossEntropy(logits, labels: labels)
        }
    }
}

private func checkedImages(_ images: Tensor<Double>, atLeast size: Int) throws -> Tensor<Double> {
    guard images.shape.count == 4, images.shape[1] >= size, images.shape[2] >= size, images.count > 0 else {
        throw InvalidArgument(
            "images have shape [batch, height, width, channels]"
                + (size > 1 ? ", with \(size)×\(size) pixels or more" : "") + "; this tensor has \(images.shape)")
    }
    return images
}

private func checkConvolution(
    _ images: Tensor<Double>, _ weights: Tensor<Double>, _ bias: Tensor<Double>, stride: Int
) throws {
    _ = try checkedImages(images, atLeast: 1)
    guard weights.shape.count == 4, weights.count > 0 else {
        throw InvalidArgument(
            "weights have shape [kernel height, kernel width, channels in, channels out]; this tensor has \(weights.shape)"
        )
    }
    guard images.shape[3] == weights.shape[2] else {
        throw InvalidArgument("the images have \(images.shape[3]) channels, the weights expect \(weights.shape[2])")
    }
    guard bias.shape == [weights.shape[3]] else {
        throw InvalidArgument(
            "one bias for each of \(weights.shape[3]) filters: shape [\(weights.shape[3])], not \(bias.shape)")
    }
    guard 1...65_536 ~= stride else { throw InvalidArgument("stride is 1 to 65536; not \(stride)") }
    // Large kernels on small images are mostly padding.
    let padded =
        Double(images.shape[0]) * Double(images.shape[1] + weights.shape[0])
        * Double(images.shape[2] + weights.shape[1]) * Double(max(images.shape[3], weights.shape[3]))
    guard padded < 1e8 else {
        throw InvalidArgument("a convolution of \(images.shape) by \(weights.shape) is too large")
    }
}
