import Autodiff
import TextDisplay

/// Why there is no convolution of tensors of those shapes, or nil where there is one.
package func problemOfConvolution(images: [Int], weights: [Int], bias: [Int], stride: Int) -> InvalidArgument? {
    if let problem = problemOfKernel(images: images, weights: weights, stride: stride) { return problem }
    if let problem = problemOfBias(bias, filters: weights[3]) { return problem }
    // Large kernels on small images are mostly padding.
    let height = Double(images[1] + weights[0]), width = Double(images[2] + weights[1])
    let padded = Double(max(images[0], 1)) * height * width * Double(max(images[3], weights[3]))
    let pixel = max(wholeVectors(images[3]), wholeVectors(weights[3]))
    guard padded < 1e8, height * width * pixel < 2e8, packedWeights(weights) < 2e8 else {
        return InvalidArgument("a convolution of \(images) by \(weights) is too large")
    }
    return nil
}

/// Why kernels of that shape can't be moved over images of that one, or nil where they can.
func problemOfKernel(images: [Int], weights: [Int], stride: Int) -> InvalidArgument? {
    if let problem = problemOfImages(images) { return problem }
    guard weights.count == 4, !weights.contains(0) else {
        return InvalidArgument(
            "weights have shape [kernel height, kernel width, channels in, channels out]; this tensor has \(weights)")
    }
    guard images[3] == weights[2] else {
        return InvalidArgument("the images have \(images[3]) channels, the weights expect \(weights[2])")
    }
    return 1...65_536 ~= stride ? nil : InvalidArgument("stride is 1 to 65536; not \(stride)")
}

/// Why a tensor of that shape is no bias of so many filters, or nil where it is one.
func problemOfBias(_ bias: [Int], filters: Int) -> InvalidArgument? {
    bias == [filters]
        ? nil : InvalidArgument("one bias for each of \(filters) filters: shape [\(filters)], not \(bias)")
}

/// Why there is no dense layer of tensors of those shapes, or nil where there is one.
package func problemOfDense(inputs: [Int], weights: [Int], bias: [Int]) -> InvalidArgument? {
    guard inputs.count == 2, weights.count == 2, inputs[1] == weights[0], bias == [weights[1]], !weights.contains(0)
    else {
        return InvalidArgument(
            "dense needs shapes [batch, features], [features, units] and [units]; these are \(inputs), \(weights) "
                + "and \(bias)")
    }
    guard packedWeights([1, 1] + weights) < 2e8 else {
        return InvalidArgument("a dense layer of \(inputs) by \(weights) is too large")
    }
    return Tensor<Float>.problem(ofShape: [inputs[0], weights[1]])
}

/// Channels as the kernels hold them, in whole vectors; of eight, so that the same is refused on every machine.
private func wholeVectors(_ channels: Int) -> Double { Double((channels + 7) / 8 * 8) }

/// The numbers of weights that are packed for a pass, forwards or backwards.
private func packedWeights(_ shape: [Int]) -> Double {
    Double(shape[0] * shape[1])
        * max(wholeVectors(shape[2]) * Double(shape[3]), Double(shape[2]) * wholeVectors(shape[3]))
}
