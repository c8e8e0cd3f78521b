import Autodiff

/// ∂L/∂images, ∂L/∂w and ∂L/∂b, group by group, so that each group's gradient is in the cache for all three.
@specialized(where T == Float)
@specialized(where T == Double)
func convolutionPullback<T: Scalar>(
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
    // Both gradients as the forward pass was computed: as they are, or in Winograd's way.
    let winograd = WinogradGeometry(g)
    let weightGradient = wanted[1] && winograd == nil ? WeightGradient<T>(g, imagesPerGroup: group) : nil
    let inputGradient = wanted[0] && winograd == nil ? InputGradient(g, weights, imagesPerGroup: group) : nil
    let weightTiles = wanted[1] ? winograd.map { WinogradWeightGradient<T>($0, imagesPerGroup: group) } : nil
    let inputTiles = wanted[0] ? winograd.map { inputGradientTiles($0, weights, imagesPerGroup: group) } : nil
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
                        weightTiles?.add(slope, images.baseAddress! + first * g.imageSize, count: count)
                        guard let target else { return }
                        inputGradient?.write(slope, count: count, to: target + first * g.imageSize)
                        inputTiles?.write(
                            slope, pixelStride: channels, count: count, to: target + first * g.imageSize)
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
    gradients[1] = weightGradient?.tensor(shape: weights.shape) ?? weightTiles?.tensor(shape: weights.shape)
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
        offsets = g.window.offsets
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
            starts: starts.prefix(count * g.outputPixels), offsets: offsets.prefix(g.windowSize),
            gradient: slope, channels: roundedChannels(g.outputChannels), sums: sums.elements.baseAddress!)
    }

    func tensor(shape: [Int]) -> Tensor<T> {
        let channels = roundedChannels(g.outputChannels)
        return Tensor(shape: shape) { result in
            copyPixels(
                UnsafePointer(sums.elements.baseAddress!), channels, to: result.baseAddress!, g.outputChannels,
                channels: g.outputChannels, count: g.windowSize)
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

/// ∂L/∂images in Winograd's way: the forward pass on the output's gradient and the weights turned around,
/// w'[ky, kx, cₒ, cᵢ] = w[height − 1 − ky, width − 1 − kx, cᵢ, cₒ].
@inline(__always)
private func inputGradientTiles<T: Scalar>(
    _ winograd: WinogradGeometry, _ weights: Tensor<T>, imagesPerGroup group: Int
) -> WinogradConvolution<T> {
    let taps = weights.shape[0] * weights.shape[1], from = weights.shape[2], to = weights.shape[3]
    let turned = scratch(T.self, count: weights.count)
    let target = turned.elements.baseAddress!
    weights.withElements { w in
        for tap in 0..<taps {
            let source = w.baseAddress! + (taps - 1 - tap) * from * to, place = target + tap * from * to
            for i in 0..<from { for o in 0..<to { place[o * from + i] = source[i * to + o] } }
        }
    }
    return WinogradConvolution(
        winograd.turned, weights: UnsafePointer(target), bias: nil, rectified: false, imagesPerGroup: group)
}
