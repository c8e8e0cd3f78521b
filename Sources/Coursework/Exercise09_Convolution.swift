import Autodiff

/// Exercise 9, first half. A convolution of one image with same padding, in plain loops.
///
/// y[i, j, f] = b[f] + Σ x[i + u − ⌊h/2⌋, j + v − ⌊w/2⌋, c] k[u, v, c, f], the sum over u < h, v < w and all channels c; outside the image
/// x is zero. (As everywhere in deep learning it is a correlation: the kernel is not flipped.)
///
/// - Parameters:
///   - image: x, of shape `[height, width, channels]`; element [i, j, c] is `elements[(i * width + j) * channels + c]`.
///   - kernel: k, of shape `[h, w, channels, filters]` with odd h and w, which need not be equal.
///   - bias: b, of shape `[filters]`.
/// - Returns: y, of shape `[height, width, filters]`.
public func convolutionForward(
    image: Tensor<Double>, kernel: Tensor<Double>, bias: Tensor<Double>
) throws -> Tensor<Double> {
    throw NotAttempted()
}

/// Exercise 9, second half. The pullback of that convolution: the same loops, each product used twice.
///
/// With G = ∂L/∂y: wherever the forward loops add x[p] · k[q] to y[o], the backward loops add G[o] · k[q] to ∂L/∂x[p] and
/// G[o] · x[p] to ∂L/∂k[q]; and ∂L/∂b[f] = Σᵢⱼ G[i, j, f].
///
/// - Parameter upstream: G, of shape `[height, width, filters]`.
/// - Returns: gradients of the shapes of the image, the kernel and the bias.
public func convolutionBackward(
    image: Tensor<Double>, kernel: Tensor<Double>, upstream: Tensor<Double>
) throws -> (image: Tensor<Double>, kernel: Tensor<Double>, bias: Tensor<Double>) {
    throw NotAttempted()
}
