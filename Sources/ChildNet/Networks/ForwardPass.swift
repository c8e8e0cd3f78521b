import Autodiff

/// One pass of images through the layers of a network.
struct ForwardPass<T: Scalar> {
    private let weights: [Tensor<T>]
    /// Of the normalized layers, in order.
    private(set) var statistics: [ChannelStatistics<T>]
    /// What dropout draws from while the network is trained; nil where it is used.
    private(set) var generator: RandomGenerator?
    private var nextWeights = 0
    private var nextStatistics = 0

    init(_ weights: [Tensor<T>], _ statistics: [ChannelStatistics<T>], training generator: RandomGenerator? = nil) {
        self.weights = weights
        self.statistics = statistics
        self.generator = generator
    }

    mutating func logits(_ images: Tensor<T>, _ layers: [Layer]) -> Tensor<T> {
        var x = JoinedMaps([images])
        var joined: Set<Int> = []
        for case .concatenation(let sources) in layers { joined.formUnion(sources) }
        var kept: [Int: Tensor<T>] = joined.contains(0) ? [0: images] : [:]
        var next = 0
        while next < layers.count {
            let layer = layers[next]
            next += 1
            // Max pooling right behind a convolution is done with it, where nothing else asks for the convolution's output.
            if case .convolution(_, _, _, let stride, normalized: false) = layer, next < layers.count,
                layers[next] == .maxPooling, !joined.contains(next)
            {
                x = JoinedMaps([pooledConvolution(of: x, takeWeights(), bias: takeWeights(), stride: stride)])
                next += 1
            } else {
                x = output(of: layer, x, kept)
            }
            if joined.contains(next) { kept[next] = concatenation(of: x) }
        }
        return classes(x)
    }

    /// What a layer makes of the output of the layer before.
    ///
    /// Maps that a concatenation puts side by side stay where they are until a layer reads them: a convolution does so in its own
    /// order, and a mean map by map, without the whole.
    ///
    /// - Parameter kept: of 0, the images, and of the layers from 1 on: what skip connections ask for.
    mutating func output(of layer: Layer, _ maps: JoinedMaps<T>, _ kept: [Int: Tensor<T>]) -> JoinedMaps<T> {
        switch layer {
        case .concatenation(let sources): return JoinedMaps(sources.map { kept[$0]! })
        case .convolution(_, _, _, let stride, normalized: true):
            return JoinedMaps([normalizedConvolution(maps, stride: stride)])
        case .convolution(_, _, _, let stride, normalized: false):
            return JoinedMaps([
                convolution(of: maps, takeWeights(), bias: takeWeights(), stride: stride, rectified: true)
            ])
        case .maxPooling: return JoinedMaps([maxPooling(concatenation(of: maps))])
        case .meanPooling: return JoinedMaps([meanPooling(concatenation(of: maps))])
        case .meanOverSpace: return JoinedMaps([pixel(meanOverSpace(of: maps))])
        case .dropout(let rate):
            guard var drawn = generator else { return maps }
            defer { generator = drawn }
            return JoinedMaps([dropout(concatenation(of: maps), rate: rate, using: &drawn)])
        case .dense:
            let x = flattened(concatenation(of: maps))
            return JoinedMaps([pixel(dense(x, takeWeights(), bias: takeWeights(), rectified: true))])
        }
    }

    /// The dense layer from the last output to the classes.
    mutating func classes(_ maps: JoinedMaps<T>) -> Tensor<T> {
        dense(flattened(concatenation(of: maps)), takeWeights(), bias: takeWeights())
    }

    /// A normalized convolution, with the statistics of this batch while the network is trained and the running ones afterwards.
    private mutating func normalizedConvolution(_ maps: JoinedMaps<T>, stride: Int) -> Tensor<T> {
        let w = takeWeights(), scale = takeWeights(), shift = takeWeights()
        defer { nextStatistics += 1 }
        if generator == nil {
            // With known statistics the normalization is a line, and a line after a convolution is a convolution.
            let line = ChannelMap(statistics[nextStatistics], scale: scale, shift: shift)
            return convolution(of: maps, w * line.slope, bias: line.offset, stride: stride, rectified: true)
        }
        let (y, batch) = ChildNet.normalizedConvolution(of: maps, w, scale: scale, shift: shift, stride: stride)
        statistics[nextStatistics].move(towards: batch)
        return y
    }

    private mutating func takeWeights() -> Tensor<T> {
        defer { nextWeights += 1 }
        return weights[nextWeights]
    }

    private func flattened(_ x: Tensor<T>) -> Tensor<T> {
        x.reshaped([x.shape[0], x.shape.dropFirst().reduce(1, *)])
    }

    /// Vectors as images of one pixel.
    private func pixel(_ y: Tensor<T>) -> Tensor<T> { y.reshaped([y.shape[0], 1, 1, y.shape[1]]) }
}

extension ChannelStatistics {
    /// s ← 0.9 s + 0.1 s_batch; the batch's variance is corrected for its own mean, n/(n − 1), as in PyTorch.
    mutating func move(towards batch: ChannelStatistics) {
        let n = T(batch.count)
        mean = 0.9 * mean + 0.1 * batch.mean
        variance = 0.9 * variance + (0.1 * n / max(n - 1, 1)) * batch.variance
        count += 1
    }
}
