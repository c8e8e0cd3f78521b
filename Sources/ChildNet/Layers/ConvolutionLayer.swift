import Autodiff
import TextDisplay

extension Layer {
    /// A convolution with "same" padding and a ReLU; with batch normalization between the two where `normalized`.
    ///
    /// y[n, i, j, cₒ] = max(0, b[cₒ] + Σₖᵧ Σₖₓ Σ_cᵢ x[n, i·s + ky − top, j·s + kx − left, cᵢ] · w[ky, kx, cᵢ, cₒ]): of maps of
    /// H×W×cᵢ it makes ⌈H/s⌉×⌈W/s⌉×cₒ, with s = `stride` and cₒ = `filters`. It has kₕ·k_w·cᵢ·cₒ weights, and a bias for each
    /// filter; normalized (Ioffe and Szegedy 2015), a scale and a shift in place of the bias. A forward pass takes 2 FLOPs for each
    /// weight and pixel that it makes.
    ///
    ///     let layers: [Layer] = [.convolution(height: 3, width: 3, filters: 16, normalized: true)]
    ///     Network<Float>(layers, input: digits.imageShape, classes: 10, seed: 1)
    ///
    /// - Parameters:
    ///   - height: kₕ, the rows of pixels of a kernel, 1 to 65536.
    ///   - width: k_w, their columns.
    ///   - filters: the channels that it makes.
    ///   - stride: how far the kernel moves.
    public static func convolution(
        height: Int, width: Int, filters: Int, stride: Int = 1, normalized: Bool = false
    ) -> Layer {
        Layer(ConvolutionLayer(height: height, width: width, filters: filters, stride: stride, normalized: normalized))
    }
}

/// See ``Layer/convolution(height:width:filters:stride:normalized:)``.
package struct ConvolutionLayer: LayerKind {
    package var height: Int
    package var width: Int
    package var filters: Int
    package var stride = 1
    package var normalized = false

    package static let name = "convolution"

    package var description: String {
        "conv \(height)×\(width), \(filters) filters" + (stride == 1 ? "" : ", stride \(stride)")
            + (normalized ? ", normalized" : "")
    }

    /// ⌈H/s⌉ × ⌈W/s⌉ × cₒ
    package func output(after shapes: [ImageShape]) throws(InvalidArgument) -> ImageShape {
        try checkSizes(height, width, filters, stride)
        let input = shapes.last!
        return ImageShape(
            map: (input.height + stride - 1) / stride, (input.width + stride - 1) / stride, channels: filters)
    }

    package func parameters(input: ImageShape) -> [LayerParameter] {
        let weights = LayerParameter("weights", [height, width, input.channels, filters], .normal)
        // Normalization takes a bias away again: its scale starts at one and its shift at zero, as the identity.
        return normalized
            ? [weights, LayerParameter("scale", [filters], .ones), LayerParameter("shift", [filters], .zeros)]
            : [weights, LayerParameter("bias", [filters], .zeros)]
    }

    package var normalizedChannels: Int { normalized ? filters : 0 }

    package func cost(input: ImageShape, output: ImageShape) -> LayerCost {
        let weights = parameters(input: input)[0].count
        // The windows of the first and the last pixel, and all between them.
        let rows = Double((output.height - 1) * stride + height), columns = Double((output.width - 1) * stride + width)
        return LayerCost(
            // 2 H W kₕ k_w cᵢ cₒ
            flops: 2 * weights * Double(output.height * output.width),
            numbersRead: rows * columns * Double(input.channels))
    }

    @specialized(where T == Float)
    package func outputs<T: Scalar>(of maps: LayerMaps<T>, _ pass: inout ForwardPass<T>) -> LayerMaps<T> {
        let w = pass.weights(0)
        guard normalized else {
            // y = max(0, x ∗ w + b)
            return LayerMaps(convolution(of: maps.joined, w, bias: pass.weights(1), stride: stride, rectified: true))
        }
        let scale = pass.weights(1), shift = pass.weights(2)
        guard pass.isTraining else {
            // With known statistics the normalization is a line, and a line after a convolution is a convolution.
            let line = ChannelMap(pass.statistics, scale: scale, shift: shift)
            return LayerMaps(
                convolution(of: maps.joined, w * line.slope, bias: line.offset, stride: stride, rectified: true))
        }
        // y = max(0, γ (x ∗ w − μ)/√(σ² + ε) + β), with the statistics of this batch
        let (y, batch) = normalizedConvolution(of: maps.joined, w, scale: scale, shift: shift, stride: stride)
        pass.statistics.move(towards: batch)
        return LayerMaps(y)
    }

    /// What stands behind a convolution may do its own work on each group of images that leaves it.
    @specialized(where T == Float)
    package func outputs<T: Scalar>(of maps: LayerMaps<T>, with next: any LayerKind, _ pass: inout ForwardPass<T>)
        -> LayerMaps<T>?
    {
        // What is normalized is known only when all groups are there.
        guard !normalized, let follower = next as? any ConvolutionFollower else { return nil }
        return follower.outputs(
            ofConvolution: maps, weights: pass.weights(0), bias: pass.weights(1), stride: stride)
    }
}

/// A layer that can do its work together with the convolution before it, while that one's output is in the cache: it says so
/// itself, so that the convolution knows no such layer by its name.
package protocol ConvolutionFollower: LayerKind {
    /// What this layer makes of y = max(0, x ∗ w + b).
    func outputs<T: Scalar>(ofConvolution x: LayerMaps<T>, weights w: Tensor<T>, bias b: Tensor<T>, stride: Int)
        -> LayerMaps<T>
}

extension ChannelStatistics {
    /// Those of channels before any image: with them, the normalization is the identity.
    static func ofIdentity(channels: Int) -> ChannelStatistics {
        ChannelStatistics(
            mean: Tensor(repeating: 0, shape: [channels]), variance: Tensor(repeating: 1, shape: [channels]), count: 0)
    }

    /// s ← 0.9 s + 0.1 s_batch; the batch's variance is corrected for its own mean, n/(n − 1), as in PyTorch.
    mutating func move(towards batch: ChannelStatistics) {
        let n = T(batch.count)
        mean = 0.9 * mean + 0.1 * batch.mean
        variance = 0.9 * variance + (0.1 * n / max(n - 1, 1)) * batch.variance
        count += 1
    }
}

extension ConvolutionLayer {
    package static var words: [LayerWord] { [.filters, .kernel, .height, .width, .stride, .normalization] }
}

extension LayerWord {
    /// `filters 1`: how many filters the convolution has. It is what makes the convolution.
    package static let filters = size("filters", 1...4096) { $0.filters = $1 }
    /// `kernel 1`: the side of a square kernel.
    package static let kernel = size("kernel", 1...64) { ($0.height, $0.width) = ($1, $1) }
    /// `height 1`, in place of `kernel 1`.
    package static let height = size("height", 1...64, unless: kernelIsBoth) { $0.height = $1 }
    /// `width 1`, in place of `kernel 1`.
    package static let width = size("width", 1...64, unless: kernelIsBoth) { $0.width = $1 }
    /// `stride 1`: how far the kernel moves.
    package static let stride = size("stride", 1...64) { $0.stride = $1 }
    /// `normalization`: none or batch, in every convolution.
    package static let normalization = LayerWord(
        "normalization", of: .network, [.named("none", .nothing), .named("batch", .yes)]
    ) { plan, _, choice in
        for i in plan.blocks.indices { plan.blocks[i].convolution.normalized = choice == .yes }
    }

    private static let kernelIsBoth = Conflict(
        word: "kernel", reason: "is the height and the width: leave it out, or these")

    /// A number of one convolution.
    private static func size(
        _ name: String, _ range: ClosedRange<Int>, unless conflict: Conflict? = nil,
        _ set: @escaping @Sendable (inout ConvolutionLayer, Int) -> Void
    ) -> LayerWord {
        LayerWord(name, of: .convolution, [.whole(range)], unless: conflict) { plan, numbers, choice in
            if let size = choice.number { set(&plan.blocks[numbers[0] - 1].convolution, size) }
        }
    }
}
