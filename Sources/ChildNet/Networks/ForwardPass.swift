import Autodiff

/// One pass of images through the layers of a network.
struct ForwardPass<T: Scalar> {
    private let weights: [Tensor<T>]
    /// Of the normalised layers, in order.
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
        var x = images
        var joined: Set<Int> = []
        for case .concatenation(let sources) in layers { joined.formUnion(sources) }
        var kept: [Int: Tensor<T>] = joined.contains(0) ? [0: x] : [:]
        for (i, layer) in layers.enumerated() {
            x = output(of: layer, x, kept)
            if joined.contains(i + 1) { kept[i + 1] = x }
        }
        return classes(x)
    }

    /// What a layer makes of the output of the layer before.
    ///
    /// - Parameter kept: of 0, the images, and of the layers from 1 on: what skip connections ask for.
    mutating func output(of layer: Layer, _ x: Tensor<T>, _ kept: [Int: Tensor<T>]) -> Tensor<T> {
        switch layer {
        case .convolution(_, _, let filters, let stride, normalized: true):
            return normalizedConvolution(x, filters: filters, stride: stride)
        case .convolution(_, _, _, let stride, normalized: false):
            return convolution(x, takeWeights(), bias: takeWeights(), stride: stride, rectified: true)
        case .maxPooling: return maxPooling(x)
        case .meanPooling: return meanPooling(x)
        case .meanOverSpace: return pixel(meanOverSpace(x))
        case .dropout(let rate):
            guard var drawn = generator else { return x }
            defer { generator = drawn }
            return dropout(x, rate: rate, using: &drawn)
        case .dense: return pixel(dense(flattened(x), takeWeights(), bias: takeWeights(), rectified: true))
        case .concatenation(let sources): return concatenation(of: sources.map { kept[$0]! })
        }
    }

    /// The dense layer from the last output to the classes.
    mutating func classes(_ x: Tensor<T>) -> Tensor<T> {
        dense(flattened(x), takeWeights(), bias: takeWeights())
    }

    /// A convolution without a bias, which the normalisation would take away again, normalised, and a ReLU.
    private mutating func normalizedConvolution(_ x: Tensor<T>, filters: Int, stride: Int) -> Tensor<T> {
        let w = takeWeights(), scale = takeWeights(), shift = takeWeights()
        defer { nextStatistics += 1 }
        if generator == nil {
            // With known statistics the normalisation is a line, and a line after a convolution is a convolution.
            let line = ChannelMap(statistics[nextStatistics], scale: scale, shift: shift)
            return convolution(x, w * line.slope, bias: line.offset, stride: stride, rectified: true)
        }
        let z = convolution(x, w, bias: Tensor(repeating: 0, shape: [filters]), stride: stride)
        let (y, batch) = batchNormalization(z, scale: scale, shift: shift, rectified: true)
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
