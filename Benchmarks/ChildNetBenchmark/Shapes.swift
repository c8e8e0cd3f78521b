import Autodiff
import ChildNet
import Foundation

/// The kernels' rates on shapes that fill no tile: each pass in GFLOP/s, and beside the best of those with 1×7 and 7×1 and
/// stride 1.
///
/// Channels 24, 36, 48 and 64, widths 28, 14 and 7, kernels 3×3, 1×7 and 7×1, strides 1 and 2; as many channels in as out,
/// 64 images. More than that best is possible: kernels of 3×3 with stride 1 go through Winograd's filtering, and with stride 2
/// the gradient of the images leaves out products with the zeros around them, which are counted.
func printShapes() {
    struct Rate {
        let shape: String
        let isReference: Bool
        let forward: Double
        let inputs: Double
        let weights: Double
    }
    var rates: [Rate] = []
    for (height, width) in [(3, 3), (1, 7), (7, 1)] {
        for stride in [1, 2] {
            for size in [28, 14, 7] {
                for channels in [24, 36, 48, 64] {
                    let images = [64, size, size, channels], weights = [height, width, channels, channels]
                    let times = passes(images, weights, stride: stride, wantsInputs: true)
                    let flops = Child.flops(images, weights, stride) / 1e9
                    rates.append(
                        Rate(
                            shape: "\(height)×\(width), stride \(stride), \(size)×\(size), \(channels) channels",
                            isReference: stride == 1 && height != width, forward: flops / times.forward,
                            inputs: flops / times.inputs, weights: flops / times.weights
                        ))
                }
            }
        }
    }
    let columns: [(String, (Rate) -> Double)] = [
        ("forward", { $0.forward }), ("d inputs", { $0.inputs }), ("d weights", { $0.weights }),
    ]
    let references = rates.filter(\.isReference)
    let best = columns.map { column in references.map(column.1).max()! }
    print("\nshapes that fill no tile: GFLOP/s, and the share of the best of 1×7 and 7×1 with stride 1")
    for rate in rates {
        let cells = zip(columns, best).map { column, best in
            rightAligned(rounded(column.1(rate)), 8) + rightAligned("\(rounded(100 * column.1(rate) / best)) %", 6)
        }
        print("  " + rate.shape.padding(toLength: 38, withPad: " ", startingAt: 0) + cells.joined())
    }
    for (column, best) in zip(columns, best) {
        let worst = rates.min { column.1($0) < column.1($1) }!
        print(
            "  \(column.0): best \(rounded(best)) (\(share(best)) of the peak), worst "
                + "\(rounded(100 * column.1(worst) / best)) % of that: \(worst.shape)")
    }
}
