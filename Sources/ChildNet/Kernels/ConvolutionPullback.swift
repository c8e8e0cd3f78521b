import Autodiff

/// ∂L/∂images, ∂L/∂w and ∂L/∂b, group by group, so that each group's gradient is in the cache for all three.
///
/// - Parameters:
///   - slope: ∂L/∂z.
///   - wanted: whether the gradient is of each of the maps, of the weights, and of the bias, if there is one.
///   - sums: what is known of these, and will be.
@specialized(where T == Float)
@specialized(where T == Double)
func convolutionPullback<T: Scalar>(
    _ slope: OutputSlope<T>, _ images: JoinedMaps<T>, _ weights: Tensor<T>, _ geometry: ConvolutionGeometry,
    wanted: [Bool], sums: inout [Tensor<T>?]
) {
    let channels = roundedChannels(geometry.outputChannels), maps = images.maps.count
    let (wantsWeights, wantsBias) = (wanted[maps], maps + 1 < wanted.count && wanted[maps + 1])
    let mapGradients = MapGradients(of: images, wanted: wanted, sums: &sums)
    let group = geometry.imagesPerGroup(elementSize: MemoryLayout<T>.stride)
    // Without anything behind the convolution, and with whole vectors of channels, ∂L/∂z stands there already.
    let ready = channels == geometry.outputChannels ? slope.plain : nil
    let held = scratch(T.self, count: ready != nil ? 0 : group * geometry.outputPixels * channels)
    // Channels that do not exist stay zero.
    if channels != geometry.outputChannels || slope.leavesZeros { held.elements.initialize(repeating: 0) }
    let biasGradient = wantsBias ? BiasGradient<T>(channels: channels) : nil
    // Both gradients as the forward pass was computed: as they are, or in Winograd's way.
    let winograd = WinogradGeometry(geometry)
    let weightGradient =
        wantsWeights && winograd == nil ? WeightGradient<T>(geometry, images, imagesPerGroup: group) : nil
    let weightTiles = wantsWeights ? winograd.map { WinogradWeightGradient($0, images, imagesPerGroup: group) } : nil
    let wantsImages = mapGradients.isWanted
    let inputGradient = wantsImages && winograd == nil ? InputGradient(geometry, weights, imagesPerGroup: group) : nil
    let inputTiles = wantsImages ? winograd.map { inputGradientTiles($0, weights, imagesPerGroup: group) } : nil
    let layout = PixelLayout(height: geometry.height, width: geometry.width, channels: geometry.inputChannels)
    let gathered = scratch(T.self, count: wantsImages && mapGradients.target == nil ? group * geometry.imageSize : 0)

    func add(_ slope: UnsafePointer<T>, _ first: Int, _ count: Int) {
        biasGradient?.add(slope, pixels: count * geometry.outputPixels)
        weightGradient?.add(slope, first, count)
        weightTiles?.add(slope, first, count)
        if !wantsImages { return }
        let target = mapGradients.target.map { $0 + first * geometry.imageSize } ?? gathered.elements.baseAddress!
        inputGradient?.write(slope, count: count, to: target)
        if let inputTiles {
            inputTiles.input.padded.fill(slope, pixelStride: channels, count: count)
            inputTiles.write(count: count, to: target)
        }
        if mapGradients.target == nil {
            mapGradients.take(UnsafePointer(target), from: first, count: count, layout)
        }
    }
    forEachGroup(of: group, in: geometry.batch) { first, count in
        if let ready {
            ready.withElements { add($0.baseAddress! + first * geometry.outputPixels * channels, first, count) }
        } else {
            slope.write(
                images: first..<first + count, of: geometry.outputShape, to: held.elements.baseAddress!,
                stride: channels)
            add(UnsafePointer(held.elements.baseAddress!), first, count)
        }
    }
    mapGradients.give(to: &sums)
    if let gradient = weightGradient?.tensor(shape: weights.shape) ?? weightTiles?.tensor(shape: weights.shape) {
        sums[maps].add(gradient)
    }
    if let gradient = biasGradient?.tensor(channels: geometry.outputChannels) { sums[maps + 1].add(gradient) }
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
        let sums = sums.elements.baseAddress!, channels = self.sums.elements.count
        @inline(__always)
        func add<V: SIMD<T>>(_ c: Int, _ vector: V.Type) {
            // Four sums, none of which waits for another.
            var parts = InlineArray<4, V>(repeating: V(repeating: 0))
            var p = 0
            while p + 4 <= pixels {
                for i in 0..<4 { parts[i] += load(slope + (p + i) * channels + c) }
                p += 4
            }
            while p < pixels {
                parts[0] += load(slope + p * channels + c)
                p += 1
            }
            store(load(sums + c) + ((parts[0] + parts[1]) + (parts[2] + parts[3])), to: sums + c)
        }
        let whole = channels / lanes * lanes
        for c in Swift.stride(from: 0, to: whole, by: lanes) { add(c, Vector<T>.self) }
        if whole < channels { add(whole, HalfVector<T>.self) }
    }

    func tensor(channels: Int) -> Tensor<T> {
        Tensor(shape: [channels]) { result in for c in 0..<channels { result[c] = sums.elements[c] } }
    }
}

/// ∂L/∂w[j, c] = Σₚ x[startₚ + offsetⱼ] ∂L/∂z[p, c]: see ``WeightGradientTile``.
private struct WeightGradient<T: Scalar> {
    private let geometry: ConvolutionGeometry
    private let parts: [WeightPart]
    private let offsets: Scratch<Int>
    private let reader: GroupReader<T>
    private let sums: Scratch<T>

    init(_ geometry: ConvolutionGeometry, _ images: JoinedMaps<T>, imagesPerGroup group: Int) {
        self.geometry = geometry
        parts = geometry.plan(outputStep: roundedChannels(geometry.outputChannels)).weightParts(images: group)
        offsets = geometry.window.offsets
        reader = GroupReader(images, geometry, imagesPerGroup: group)
        sums = scratch(T.self, count: geometry.windowSize * roundedChannels(geometry.outputChannels))
        sums.elements.initialize(repeating: 0)
    }

    @inline(__always)
    func add(_ slope: UnsafePointer<T>, _ first: Int, _ count: Int) {
        reader.read(first, count) { source in
            let channels = roundedChannels(geometry.outputChannels)
            for part in parts {
                let pixels = count * part.pixelsPerImage
                accumulateWeightGradient(
                    source, starts: part.starts.prefix(pixels),
                    offsets: UnsafeBufferPointer(rebasing: offsets.elements[part.numbers]), gradient: slope,
                    places: part.places?.prefix(pixels), channels: channels,
                    sums: sums.elements.baseAddress! + part.numbers.lowerBound * channels)
            }
        }
    }

    func tensor(shape: [Int]) -> Tensor<T> {
        let channels = roundedChannels(geometry.outputChannels)
        return Tensor(shape: shape) { result in
            copyPixels(
                UnsafePointer(sums.elements.baseAddress!), channels, to: result.baseAddress!, geometry.outputChannels,
                channels: geometry.outputChannels, count: geometry.windowSize)
        }
    }
}

/// ∂L/∂images: the forward kernel on the output's gradient and the weights turned around, in each phase of the stride (see
/// ``InputGradientGeometry``).
private struct InputGradient<T: Scalar> {
    private struct Phase {
        let zones: [WindowZone]
        let weights: Scratch<T>
    }
    private let geometry: ConvolutionGeometry
    private let phases: [Phase]
    private let padded: PaddedGroup<T>
    private let noBias: Scratch<T>

    init(_ geometry: ConvolutionGeometry, _ weights: Tensor<T>, imagesPerGroup group: Int) {
        self.geometry = geometry
        let backward = InputGradientGeometry(geometry)
        phases = backward.phases.map { phase in
            let plan = backward.plan(phase)
            let packed = scratch(T.self, count: packedCount(window: plan.window.size, channels: geometry.inputChannels))
            let taps = phase.rows.taps.flatMap { row in phase.columns.taps.map { row * geometry.kernelWidth + $0 } }
            weights.withElements { weights in
                packTurnedWeights(
                    weights.baseAddress!, taps: taps, from: geometry.inputChannels, to: geometry.outputChannels,
                    into: packed.elements.baseAddress!)
            }
            return Phase(zones: plan.zones(images: group), weights: packed)
        }
        padded = backward.paddedGroup(of: T.self, images: group)
        noBias = scratch(T.self, count: roundedChannels(geometry.inputChannels))
        noBias.elements.initialize(repeating: 0)
    }

    @inline(__always)
    func write(_ slope: UnsafePointer<T>, count: Int, to target: UnsafeMutablePointer<T>) {
        padded.fill(slope, pixelStride: roundedChannels(geometry.outputChannels), count: count)
        for phase in phases {
            for zone in phase.zones {
                let pixels = count * zone.pixelsPerImage, places = zone.places.prefix(pixels)
                if zone.isEmpty {
                    for place in places { (target + place).update(repeating: 0, count: geometry.inputChannels) }
                } else {
                    convolve(
                        padded.start, starts: zone.starts.prefix(pixels), window: zone.window,
                        packed: phase.weights.elements.baseAddress!, bias: noBias.elements.baseAddress!,
                        rectified: false, output: target, targets: places, channels: geometry.inputChannels)
                }
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
    weights.withElements { weights in
        for tap in 0..<taps {
            let source = weights.baseAddress! + (taps - 1 - tap) * from * to, place = target + tap * from * to
            for i in 0..<from { for o in 0..<to { place[o * from + i] = source[i * to + o] } }
        }
    }
    return WinogradConvolution(
        winograd.turned, weights: UnsafePointer(target), bias: nil, rectified: false, imagesPerGroup: group)
}
