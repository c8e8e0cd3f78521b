import Autodiff

/// A convolution of NHWC images with "same" padding, plus bias, and through a rectifier if wanted.
///
/// z[n, y, x, cₒ] = b[cₒ] + Σₖᵧ Σₖₓ Σ_cᵢ images[n, y·s + ky − top, x·s + kx − left, cᵢ] · w[ky, kx, cᵢ, cₒ], and max(z, 0)
/// where `rectified`. As everywhere in neural networks it is a cross-correlation: the kernel is not turned around.
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
    let starts = g.windowStarts(images: group)
    let packed = scratch(T.self, count: packedCount(window: g.windowSize, channels: g.outputChannels))
    let paddedBias = scratch(T.self, count: roundedChannels(g.outputChannels))
    let padded = scratch(T.self, count: g.needsPadding ? group * g.paddedImageSize : 0)
    weights.withElements { w in
        packWeights(window: g.windowSize, channels: g.outputChannels, into: packed.elements.baseAddress!) { j, c in
            w[j * g.outputChannels + c]
        }
    }
    paddedBias.elements.initialize(repeating: 0)
    bias.withElements { b in for c in 0..<b.count { paddedBias.elements[c] = b[c] } }
    return images.withElements { images in
        Tensor(shape: g.outputShape) { output in
            forEachGroup(of: group, in: g.batch) { first, count in
                let source = images.baseAddress! + first * g.imageSize
                if g.needsPadding { g.pad(source, count: count, into: padded.elements.baseAddress!) }
                convolve(
                    g.needsPadding ? UnsafePointer(padded.elements.baseAddress!) : source,
                    starts: count == group ? starts : Array(starts.prefix(count * g.outputPixels)),
                    window: Window(rows: g.kernelHeight, rowStride: g.rowStride, depth: g.depth),
                    packed: packed.elements.baseAddress!, bias: paddedBias.elements.baseAddress!, rectified: rectified,
                    output: output.baseAddress! + first * g.outputPixels * g.outputChannels,
                    channels: g.outputChannels)
            }
        }
    }
}

/// ∂L/∂images, ∂L/∂w and ∂L/∂b, group by group, so that each group's gradient is in the cache for all three.
@specialized(where T == Float)
@specialized(where T == Double)
private func convolutionPullback<T: Scalar>(
    _ upstream: Tensor<T>, _ images: Tensor<T>, _ weights: Tensor<T>, _ z: Tensor<T>,
    _ geometry: ConvolutionGeometry, rectified: Bool, wanted: [Bool]
) -> [Tensor<T>?] {
    let g = geometry, back = g.inputGradient
    let channels = roundedChannels(g.outputChannels)
    let group = g.imagesPerGroup(elementSize: MemoryLayout<T>.stride)
    let starts = g.windowStarts(images: group), offsets = g.windowOffsets
    let backStarts = wanted[0] ? back.windowStarts(images: group) : []
    let padded = scratch(T.self, count: g.needsPadding && wanted[1] ? group * g.paddedImageSize : 0)
    let slope = scratch(T.self, count: group * g.outputPixels * channels)
    let spread = scratch(T.self, count: wanted[0] ? group * back.paddedImageSize : 0)
    let weightSums = scratch(T.self, count: wanted[1] ? g.windowSize * channels : 0)
    let biasSums = scratch(T.self, count: channels)
    let turned = scratch(
        T.self,
        count: wanted[0]
            ? packedCount(window: g.kernelHeight * back.depth, channels: g.inputChannels) : 0)
    let noBias = scratch(T.self, count: roundedChannels(g.inputChannels))
    weightSums.elements.initialize(repeating: 0)
    biasSums.elements.initialize(repeating: 0)
    noBias.elements.initialize(repeating: 0)
    slope.elements.initialize(repeating: 0)
    if wanted[0] {
        weights.withElements { w in
            let windowPixels = g.kernelHeight * g.kernelWidth
            packWeights(
                window: g.kernelHeight * back.depth, channels: g.inputChannels, into: turned.elements.baseAddress!
            ) { j, c in
                let (pixel, outputChannel) = (j / g.outputChannels, j % g.outputChannels)
                return w[((windowPixels - 1 - pixel) * g.inputChannels + c) * g.outputChannels + outputChannel]
            }
        }
    }

    func run(_ inputGradient: UnsafeMutablePointer<T>?) {
        images.withElements { images in
            upstream.withElements { upstream in
                z.withElements { z in
                    forEachGroup(of: group, in: g.batch) { first, count in
                        let pixels = count * g.outputPixels
                        let start = first * g.outputPixels * g.outputChannels
                        // ∂L/∂z: what the rectifier let through, with room for whole vectors of channels.
                        let slope = slope.elements.baseAddress!
                        rectifiedSlope(
                            upstream.baseAddress! + start, z.baseAddress! + start, rectified: rectified, pixels: pixels,
                            channels: g.outputChannels, into: slope, stride: channels)
                        if wanted[2] {
                            addPixels(slope, pixels: pixels, stride: channels, to: biasSums.elements.baseAddress!)
                        }
                        if wanted[1] {
                            let source = images.baseAddress! + first * g.imageSize
                            if g.needsPadding { g.pad(source, count: count, into: padded.elements.baseAddress!) }
                            starts.withUnsafeBufferPointer { starts in
                                accumulateWeightGradient(
                                    g.needsPadding ? UnsafePointer(padded.elements.baseAddress!) : source,
                                    starts: UnsafeBufferPointer(rebasing: starts.prefix(pixels)), offsets: offsets,
                                    gradient: slope, channels: channels, sums: weightSums.elements.baseAddress!)
                            }
                        }
                        if let inputGradient {
                            back.spread(
                                slope, pixelStride: channels, count: count, into: spread.elements.baseAddress!)
                            convolve(
                                spread.elements.baseAddress!,
                                starts: count == group
                                    ? backStarts : Array(backStarts.prefix(count * g.height * g.width)),
                                window: Window(rows: g.kernelHeight, rowStride: back.rowStride, depth: back.depth),
                                packed: turned.elements.baseAddress!, bias: noBias.elements.baseAddress!,
                                rectified: false, output: inputGradient + first * g.imageSize,
                                channels: g.inputChannels)
                        }
                    }
                }
            }
        }
    }

    var inputGradient: Tensor<T>?
    if wanted[0] {
        inputGradient = Tensor(shape: images.shape) { run($0.baseAddress!) }
    } else {
        run(nil)
    }
    let weightGradient =
        wanted[1]
        ? Tensor<T>(shape: weights.shape) { result in
            for j in 0..<g.windowSize {
                for c in 0..<g.outputChannels {
                    result[j * g.outputChannels + c] = weightSums.elements[j * channels + c]
                }
            }
        } : nil
    let biasGradient =
        wanted[2]
        ? Tensor<T>(shape: [g.outputChannels]) { result in
            for c in 0..<g.outputChannels { result[c] = biasSums.elements[c] }
        } : nil
    return [inputGradient, weightGradient, biasGradient]
}

/// ∂L/∂z = ∂L/∂y where z > 0 and 0 elsewhere; all of ∂L/∂y without a rectifier.
///
/// - Parameter stride: the channels rounded up to whole vectors: how far pixels are apart in `slope`.
@inline(__always)
private func rectifiedSlope<T: Scalar>(
    _ upstream: UnsafePointer<T>, _ z: UnsafePointer<T>, rectified: Bool, pixels: Int, channels: Int,
    into slope: UnsafeMutablePointer<T>, stride: Int
) {
    for p in 0..<pixels {
        let target = slope + p * stride, source = upstream + p * channels, passed = z + p * channels
        if !rectified {
            target.update(from: source, count: channels)
        } else {
            for c in 0..<channels {
                let g = source[c]
                target[c] = passed[c] > 0 ? g : 0
            }
        }
    }
}

/// sums[c] ← sums[c] + Σₚ x[p, c], for whole vectors of channels.
@inline(__always)
private func addPixels<T: Scalar>(
    _ x: UnsafePointer<T>, pixels: Int, stride: Int, to sums: UnsafeMutablePointer<T>
) {
    for first in Swift.stride(from: 0, to: stride, by: lanes) {
        var sum = vector(UnsafePointer(sums + first))
        for p in 0..<pixels { sum += vector(x + p * stride + first) }
        store(sum, to: sums + first)
    }
}

/// Calls `body` with the first image and the number of images of each group.
@inline(__always)
private func forEachGroup(of size: Int, in batch: Int, _ body: (_ first: Int, _ count: Int) -> Void) {
    for first in stride(from: 0, to: batch, by: size) { body(first, min(size, batch - first)) }
}
