import Autodiff

/// A convolution of NHWC images with "same" padding, plus bias, and through a rectifier if wanted.
///
/// z[n, y, x, cₒ] = b[cₒ] + Σₖᵧ Σₖₓ Σ_cᵢ images[n, y·s + ky − top, x·s + kx − left, cᵢ] · w[ky, kx, cᵢ, cₒ], and max(z, 0)
/// where `rectified`. As everywhere in neural networks it is a cross-correlation: the kernel is not turned around. With stride 1
/// and channels enough, kernels of three and five take fewer products (Lavin and Gray 2016; see `WinogradTransform.swift`): the
/// same sum, rounded a little more.
///
/// - Parameters:
///   - images: shape `[batch, height, width, channels in]`; outside of the images there are zeros.
///   - weights: shape `[kernel height, kernel width, channels in, channels out]`.
///   - bias: shape `[channels out]`.
///   - stride: how far the window moves; the result has ⌈height/stride⌉ × ⌈width/stride⌉ pixels.
///   - rectified: whether a ReLU follows, at no cost of its own.
public func convolution<T: Scalar>(
    _ images: Tensor<T>, _ weights: Tensor<T>, bias: Tensor<T>, stride: Int = 1, rectified: Bool = false
) -> Tensor<T> {
    let geometry = ConvolutionGeometry(images: images.shape, weights: weights.shape, stride: stride)
    precondition(bias.shape == [geometry.outputChannels], "one bias for each output channel, not \(bias.shape)")
    let (x, w) = (images.detached, weights.detached)
    let z = convolutionForward(x, w, bias.detached, geometry, rectified: rectified)
    return Tensor(z, from: [images, weights, bias]) { upstream, wanted in
        convolutionPullback(upstream, x, w, z, geometry, rectified: rectified, wanted: wanted)
    }
}

/// A dense layer, z = x w + b, and max(z, 0) where `rectified`: a convolution of one-pixel images with 1×1 kernels.
///
/// - Parameters:
///   - inputs: shape `[batch, features]`.
///   - weights: shape `[features, units]`.
///   - bias: shape `[units]`.
public func dense<T: Scalar>(
    _ inputs: Tensor<T>, _ weights: Tensor<T>, bias: Tensor<T>, rectified: Bool = false
) -> Tensor<T> {
    precondition(
        inputs.shape.count == 2 && weights.shape.count == 2 && inputs.shape[1] == weights.shape[0],
        "dense needs shapes [batch, features] and [features, units], not \(inputs.shape) and \(weights.shape)")
    return convolution(
        inputs.reshaped([inputs.shape[0], 1, 1, inputs.shape[1]]), weights.reshaped([1, 1] + weights.shape),
        bias: bias, rectified: rectified
    ).reshaped([inputs.shape[0], weights.shape[1]])
}

@specialized(where T == Float)
@specialized(where T == Double)
private func convolutionForward<T: Scalar>(
    _ images: Tensor<T>, _ weights: Tensor<T>, _ bias: Tensor<T>, _ geometry: ConvolutionGeometry, rectified: Bool
) -> Tensor<T> {
    let g = geometry
    let group = g.imagesPerGroup(elementSize: MemoryLayout<T>.stride)
    if let winograd = WinogradGeometry(g) {
        let tiles = weights.withElements { w in
            bias.withElements { b in
                WinogradConvolution(
                    winograd, weights: w.baseAddress!, bias: b, rectified: rectified, imagesPerGroup: group)
            }
        }
        return images.withElements { images in
            Tensor(shape: g.outputShape) { output in
                forEachGroup(of: group, in: g.batch) { first, count in
                    tiles.write(
                        images.baseAddress! + first * g.imageSize, pixelStride: g.inputChannels, count: count,
                        to: output.baseAddress! + first * g.outputPixels * g.outputChannels)
                }
            }
        }
    }
    let starts = g.windowStarts(images: group), places = g.outputPlaces(images: group)
    let packed = scratch(T.self, count: packedCount(window: g.windowSize, channels: g.outputChannels))
    let paddedBias = scratch(T.self, count: roundedChannels(g.outputChannels))
    let padded = scratch(T.self, count: g.needsPadding ? group * g.paddedImageSize : 0)
    weights.withElements { w in
        packWeights(
            w.baseAddress!, window: g.windowSize, channels: g.outputChannels, into: packed.elements.baseAddress!)
    }
    padded.elements.initialize(repeating: 0)
    paddedBias.elements.initialize(repeating: 0)
    bias.withElements { b in for c in 0..<b.count { paddedBias.elements[c] = b[c] } }
    return images.withElements { images in
        Tensor(shape: g.outputShape) { output in
            forEachGroup(of: group, in: g.batch) { first, count in
                let source = images.baseAddress! + first * g.imageSize
                if g.needsPadding { g.pad(source, count: count, into: padded.elements.baseAddress!) }
                convolve(
                    g.needsPadding ? UnsafePointer(padded.elements.baseAddress!) : source,
                    starts: starts.prefix(count * g.outputPixels), window: g.window,
                    packed: packed.elements.baseAddress!, bias: paddedBias.elements.baseAddress!, rectified: rectified,
                    output: output.baseAddress! + first * g.outputPixels * g.outputChannels,
                    targets: places.prefix(count * g.outputPixels), channels: g.outputChannels)
            }
        }
    }
}

extension Scratch {
    @inline(__always)
    func prefix(_ count: Int) -> UnsafeBufferPointer<Element> {
        UnsafeBufferPointer(rebasing: elements.prefix(count))
    }
}

/// Calls `body` with the first image and the number of images of each group.
@inline(__always)
func forEachGroup(of size: Int, in batch: Int, _ body: (_ first: Int, _ count: Int) -> Void) {
    for first in stride(from: 0, to: batch, by: size) { body(first, min(size, batch - first)) }
}
