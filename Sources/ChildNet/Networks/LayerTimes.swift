import Autodiff
import TextDisplay

/// Where the time of a training step goes: what each layer takes forwards and backwards.
public struct LayerTimes: Sendable, CustomStringConvertible {
    /// One layer's times for a batch.
    public struct Row: Sendable {
        /// The layer in a few words.
        public let layer: String
        /// Seconds of the forward pass.
        public let forward: Double
        /// Seconds of all its gradients.
        public let backward: Double
        /// Floating-point operations in a second, in billions, of both passes; 0 where there are none to count.
        public let gigaflops: Double
    }
    /// The layers in order, the last being the dense layer to the classes.
    public let rows: [Row]
    /// The images of the batch.
    public let batchSize: Int

    /// Each layer's share of the time, its milliseconds and its speed.
    public var description: String {
        let total = rows.reduce(0) { $0 + $1.forward + $1.backward }
        func milliseconds(_ seconds: Double) -> String { formatted(1000 * seconds, digits: 3) }
        let table = TextTable(
            [.left(), .right("share", minimumWidth: 6), .right("forward"), .right("backward"), .right("GFLOP/s")],
            rows.map { row in
                [
                    row.layer, "\(Int((100 * (row.forward + row.backward) / max(total, 1e-12)).rounded())) %",
                    milliseconds(row.forward), milliseconds(row.backward),
                    row.gigaflops == 0 ? "" : formatted(row.gigaflops, digits: 3),
                ]
            })
        return "\(table)\nmilliseconds for \(batchSize) images"
    }
}

/// Measures each layer of a network on its own, forwards and backwards, on a batch of random images, 1 to 4096 of them.
///
/// A layer's gradients are those of its weights and, but for the first, of its input. The figures are of this machine at
/// this moment: the shortest of five times. A step takes a little less than all layers together, because training pools what a
/// convolution made while it is in the cache, and does not write maps side by side.
public func layerTimes(of network: Network<Float>, batchSize: Int = 32, seed: Int) -> LayerTimes {
    require(1...4096 ~= batchSize, "batchSize is 1 to 4096; not \(batchSize)")
    require(network.problem(trainingOn: batchSize, inBatchesOf: batchSize))
    var generator = RandomGenerator(seed: seed)
    func best(_ body: () -> Void) -> Double {
        body()
        return (0..<5).map { _ in
            let start = ContinuousClock.now
            body()
            return start.duration(to: .now).seconds
        }.min()!
    }
    var x: Tensor<Float> = generator.normalTensor(
        shape: [batchSize, network.input.height, network.input.width, network.input.channels])
    var kept = [0: x]
    var rows: [LayerTimes.Row] = []
    var pass = ForwardPass(network.parameters.map(\.tensor), network.statistics, training: generator)
    // The images need no gradient; whatever was made of them with weights does.
    var hasWeightsBefore = false
    for (i, summary) in network.summaries.enumerated() {
        let isLast = i == network.layers.count
        /// The layer on inputs that stand alone, so that what came before takes no part.
        func run(_ pass: inout ForwardPass<Float>, _ x: Tensor<Float>, _ kept: [Int: Tensor<Float>]) -> Tensor<Float> {
            pass.outputs(of: summary, LayerMaps(x), kept).tensor
        }
        let leaf = hasWeightsBefore ? Parameter("input", x).tensor : x
        let leaves = hasWeightsBefore ? kept.mapValues { Parameter("input", $0).tensor } : kept
        let forward = best {
            var pass = pass
            _ = run(&pass, x, kept)
        }
        let both = best {
            var pass = pass
            let y = run(&pass, leaf, leaves)
            if y.dependsOnParameters { _ = ∇y.sum() }
        }
        // What is differentiated is the sum of the outputs; the sum's own time is not the layer's.
        let output = Parameter("output", run(&pass, x, kept).detached)
        let sum = best { _ = ∇output.tensor.sum() }
        let flops = summary.flops * Double(batchSize) * (hasWeightsBefore ? 3 : 2)
        let backward = max(0, both - forward - sum)
        rows.append(
            LayerTimes.Row(
                layer: isLast ? "dense, to \(network.classes) classes" : "\(summary.layer)", forward: forward,
                backward: backward, gigaflops: flops == 0 ? 0 : flops / (forward + backward) / 1e9))
        x = output.value
        kept[i + 1] = x
        hasWeightsBefore = hasWeightsBefore || summary.parameters > 0
    }
    return LayerTimes(rows: rows, batchSize: batchSize)
}

extension LayerTimes.Row: CustomStringConvertible {
    /// `dense 10: forward 0.12 ms, backward 0.2 ms, 3.1 GFLOP/s`
    public var description: String {
        let speed = gigaflops == 0 ? "" : ", \(formatted(gigaflops, digits: 3)) GFLOP/s"
        return "\(layer): forward \(formatted(1000 * forward, digits: 3)) ms, "
            + "backward \(formatted(1000 * backward, digits: 3)) ms\(speed)"
    }
}
