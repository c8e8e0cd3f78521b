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
                    starts: starts.prefix(count * g.outputPixels),
                    window: Window(rows: g.kernelHeight, rowStride: g.rowStride, depth: g.depth),
                    packed: packed.elements.baseAddress!, bias: paddedBias.elements.baseAddress!, rectified: rectified,
                    output: output.baseAddress! + first * g.outputPixels * g.outputChannels,
                    targets: places.prefix(count * g.outputPixels), channels: g.outputChannels)
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
    let g = geometry, channels = roundedChannels(g.outputChannels)
    let group = g.imagesPerGroup(elementSize: MemoryLayout<T>.stride)
    // Without a rectifier, and with whole vectors of channels, ∂L/∂z stands there already.
    let isReady = !rectified && channels == g.outputChannels
    let held = scratch(T.self, count: isReady ? 0 : group * g.outputPixels * channels)
    held.elements.initialize(repeating: 0)
    let biasGradient = wanted[2] ? BiasGradient<T>(channels: channels) : nil
    let weightGradient = wanted[1] ? WeightGradient<T>(g, imagesPerGroup: group) : nil
    let inputGradient = wanted[0] ? InputGradient(g, weights, imagesPerGroup: group) : nil
    /// - Parameter target: ∂L/∂images, where it is wanted.
    func run(_ target: UnsafeMutablePointer<T>?) {
        images.withElements { images in
            upstream.withElements { upstream in
                z.withElements { z in
                    forEachGroup(of: group, in: g.batch) { first, count in
                        let pixels = count * g.outputPixels, start = first * g.outputPixels * g.outputChannels
                        if !isReady {
                            rectifiedSlope(
                                upstream.baseAddress! + start, z.baseAddress! + start, rectified: rectified,
                                pixels: pixels, channels: g.outputChannels, into: held.elements.baseAddress!,
                                stride: channels)
                        }
                        let slope =
                            isReady ? upstream.baseAddress! + start : UnsafePointer(held.elements.baseAddress!)
                        biasGradient?.add(slope, pixels: pixels)
                        weightGradient?.add(slope, images.baseAddress! + first * g.imageSize, count: count)
                        if let target { inputGradient?.write(slope, count: count, to: target + first * g.imageSize) }
                    }
                }
            }
        }
    }
    var gradients: [Tensor<T>?] = [nil, nil, nil]
    if wanted[0] {
        gradients[0] = Tensor(shape: images.shape) { run($0.baseAddress!) }
    } else {
        run(nil)
    }
    gradients[1] = weightGradient?.tensor(shape: weights.shape)
    gradients[2] = biasGradient?.tensor(channels: g.outputChannels)
    return gradients
}

/// ∂L/∂z = ∂L/∂y where z > 0 and 0 elsewhere; all of ∂L/∂y without a rectifier; with room for whole vectors of channels.
///
/// - Parameter stride: the channels rounded up to whole vectors: how far pixels are apart in `slope`.
@inline(__always)
private func rectifiedSlope<T: Scalar>(
    _ upstream: UnsafePointer<T>, _ z: UnsafePointer<T>, rectified: Bool, pixels: Int, channels: Int,
    into slope: UnsafeMutablePointer<T>, stride: Int
) {
    // Where no channel is missing the pixels are one row.
    let (rows, length) = stride == channels ? (1, pixels * channels) : (pixels, channels)
    for p in 0..<rows {
        let target = slope + p * stride, source = upstream + p * channels, passed = z + p * channels
        if !rectified {
            target.update(from: source, count: length)
        } else {
            for c in 0..<length {
                let g = source[c]
                target[c] = passed[c] > 0 ? g : 0
            }
        }
    }
}

/// ∂L/∂b[c] = Σₚ ∂L/∂z[p, c]
private struct BiasGradient<T: Scalar> {
    private let sums: Scratch<T>

    /// - Parameter channels: rounded up to whole vectors.
    init(channels: Int) {
        sums = scratch(T.self, count: channels)
        sums.elements.initialize(repeating: 0)
    }

    @inline(__always)
    func add(_ slope: UnsafePointer<T>, pixels: Int) {
        let sums = sums.elements, step = lanes / 2
        for first in Swift.stride(from: 0, to: sums.count, by: step) {
            let target = sums.baseAddress! + first
            var sum: HalfVector<T> = load(target)
            for p in 0..<pixels { sum += load(slope + p * sums.count + first) }
            store(sum, to: target)
        }
    }

    func tensor(channels: Int) -> Tensor<T> {
        Tensor(shape: [channels]) { result in for c in 0..<channels { result[c] = sums.elements[c] } }
    }
}

/// ∂L/∂w[j, c] = Σₚ x[startₚ + offsetⱼ] ∂L/∂z[p, c]: see ``WeightGradientTile``.
private struct WeightGradient<T: Scalar> {
    private let g: ConvolutionGeometry
    private let starts: Scratch<Int>
    private let offsets: Scratch<Int>
    private let padded: Scratch<T>
    private let sums: Scratch<T>

    init(_ geometry: ConvolutionGeometry, imagesPerGroup group: Int) {
        g = geometry
        starts = g.windowStarts(images: group)
        offsets = g.windowOffsets
        padded = scratch(T.self, count: g.needsPadding ? group * g.paddedImageSize : 0)
        sums = scratch(T.self, count: g.windowSize * roundedChannels(g.outputChannels))
        padded.elements.initialize(repeating: 0)
        sums.elements.initialize(repeating: 0)
    }

    @inline(__always)
    func add(_ slope: UnsafePointer<T>, _ images: UnsafePointer<T>, count: Int) {
        if g.needsPadding { g.pad(images, count: count, into: padded.elements.baseAddress!) }
        accumulateWeightGradient(
            g.needsPadding ? UnsafePointer(padded.elements.baseAddress!) : images,
            starts: starts.prefix(count * g.outputPixels), offsets: offsets.prefix(g.windowSize), gradient: slope,
            channels: roundedChannels(g.outputChannels), sums: sums.elements.baseAddress!)
    }

    func tensor(shape: [Int]) -> Tensor<T> {
        let channels = roundedChannels(g.outputChannels)
        return Tensor(shape: shape) { result in
            for j in 0..<g.windowSize {
                (result.baseAddress! + j * g.outputChannels).update(
                    from: sums.elements.baseAddress! + j * channels, count: g.outputChannels)
            }
        }
    }
}

/// ∂L/∂images: the forward kernel on the output's gradient and the weights turned around, in each phase of the stride (see
/// ``InputGradientGeometry``).
private struct InputGradient<T: Scalar> {
    private struct Phase {
        let phase: InputGradientGeometry.Phase
        let window: Window
        let starts: Scratch<Int>
        let places: Scratch<Int>
        let weights: Scratch<T>
    }
    private let g: ConvolutionGeometry
    private let geometry: InputGradientGeometry
    private let phases: [Phase]
    private let padded: Scratch<T>
    private let noBias: Scratch<T>

    init(_ g: ConvolutionGeometry, _ weights: Tensor<T>, imagesPerGroup group: Int) {
        self.g = g
        let geometry = InputGradientGeometry(g)
        self.geometry = geometry
        phases = geometry.phases.map { phase in
            let window = geometry.window(phase)
            let turned = scratch(T.self, count: packedCount(window: window.size, channels: g.inputChannels))
            let taps = phase.rows.taps.flatMap { row in phase.columns.taps.map { row * g.kernelWidth + $0 } }
            weights.withElements { w in
                packTurnedWeights(
                    w.baseAddress!, taps: taps, from: g.inputChannels, to: g.outputChannels,
                    into: turned.elements.baseAddress!)
            }
            return Phase(
                phase: phase, window: window, starts: geometry.windowStarts(phase, images: group),
                places: geometry.places(phase, images: group), weights: turned)
        }
        padded = scratch(T.self, count: group * geometry.paddedImageSize)
        noBias = scratch(T.self, count: roundedChannels(g.inputChannels))
        padded.elements.initialize(repeating: 0)
        noBias.elements.initialize(repeating: 0)
    }

    @inline(__always)
    func write(_ slope: UnsafePointer<T>, count: Int, to target: UnsafeMutablePointer<T>) {
        geometry.pad(
            slope, pixelStride: roundedChannels(g.outputChannels), count: count, into: padded.elements.baseAddress!)
        for phase in phases {
            let pixels = count * phase.phase.pixels, places = phase.places.prefix(pixels)
            if phase.phase.isEmpty {
                for place in places { (target + place).update(repeating: 0, count: g.inputChannels) }
            } else {
                convolve(
                    padded.elements.baseAddress!, starts: phase.starts.prefix(pixels), window: phase.window,
                    packed: phase.weights.elements.baseAddress!, bias: noBias.elements.baseAddress!, rectified: false,
                    output: target, targets: places, channels: g.inputChannels)
            }
        }
    }
}

extension Scratch {
    @inline(__always)
    fileprivate func prefix(_ count: Int) -> UnsafeBufferPointer<Element> {
        UnsafeBufferPointer(rebasing: elements.prefix(count))
    }
}

/// Calls `body` with the first image and the number of images of each group.
@inline(__always)
private func forEachGroup(of size: Int, in batch: Int, _ body: (_ first: Int, _ count: Int) -> Void) {
    for first in stride(from: 0, to: batch, by: size) { body(first, min(size, batch - first)) }
}
