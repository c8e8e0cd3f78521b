import Autodiff
import TextDisplay

extension DataSet {
    /// An image of a part as rows of numbers, to be looked at with `Heatmap`; of a color image the mean of its channels.
    ///
    ///     Heatmap(digits.image(.training, 0))
    public func image(_ part: Part, _ index: Int) -> [[Double]] {
        require(self.problem(part, [index]))
        let pixels = selected(part, [index], of: Double.self).images.elements, channels = imageShape.channels
        return (0..<imageShape.height).map { i in
            (0..<imageShape.width).map { j in
                let first = (i * imageShape.width + j) * channels
                return pixels[first..<first + channels].reduce(0, +) / Double(channels)
            }
        }
    }
}

extension Network {
    /// What each filter of a convolution looks for: its kernel as rows of numbers, to be looked at with `Heatmap`; the mean
    /// over its input channels.
    ///
    /// - Parameter number: the number of the layer, from 1, as the network's description shows it.
    /// - Throws: ``InvalidArgument`` for a layer that is no convolution, or has more than a million numbers.
    public func filters(ofLayer number: Int) throws(InvalidArgument) -> [[[Double]]] {
        guard let place = layers.indices.first(where: { $0 + 1 == number }), layers[place].kind is ConvolutionLayer
        else {
            let convolutions = layers.indices.filter { layers[$0].kind is ConvolutionLayer }
            throw InvalidArgument(
                "layer \(number) is no convolution"
                    + (convolutions.isEmpty
                        ? "" : "; these are: \(convolutions.map { "\($0 + 1)" }.joined(separator: ", "))"))
        }
        let learned = summaries[place].learned[0], first = summaries[..<place].reduce(0) { $0 + $1.learned.count }
        guard learned.count <= 1_000_000 else {
            throw InvalidArgument(
                "the filters of layer \(number) have \(grouped(learned.count)) numbers, too many to look at")
        }
        guard first < parameters.count, parameters[first].shape == learned.shape else {
            throw InvalidArgument("the parameters of layer \(number) are not those of a convolution")
        }
        let weights = parameters[first]
        let (height, width, channels) = (weights.shape[0], weights.shape[1], weights.shape[2])
        let filters = weights.shape[3], w = weights.value.elements
        return (0..<filters).map { filter in
            (0..<height).map { i in
                (0..<width).map { j in
                    let sum = (0..<channels).reduce(0.0) {
                        $0 + Double(w[((i * width + j) * channels + $1) * filters + filter])
                    }
                    return sum / Double(channels)
                }
            }
        }
    }
}

/// How often images of each class are taken for each class.
public struct ConfusionTable: Sendable, CustomStringConvertible {
    /// Row i, column j counts the images of class i that the network takes for class j; right ones are on the diagonal.
    public let counts: [[Int]]

    /// The share of images that are taken for what they are, 0 to 1.
    public var accuracy: Double {
        let all = counts.joined().reduce(0, +)
        return all == 0 ? 0 : Double(counts.indices.reduce(0) { $0 + counts[$1][$1] }) / Double(all)
    }

    /// A row for each class, a column for what its images are taken for; a dot for never.
    public var description: String {
        let width = max(counts.joined().map { "\($0)".count }.max() ?? 1, "\(counts.count)".count)
        // All as wide as the widest, so that the diagonal is one.
        let classes = (counts.first ?? []).indices.map { TextTable.Column.right("\($0)", minimumWidth: width) }
        let rows = counts.enumerated().map { i, row in ["\(i)", "│"] + row.map { $0 == 0 ? "·" : "\($0)" } }
        return TextTable([.right(minimumWidth: width + 1), .left()] + classes, rows, gap: 1).description
    }
}

/// How often a network takes a part's images of each class for each class, of which there are at most a thousand.
public func confusionTable<T: Scalar>(
    of network: Network<T>, on data: DataSet, _ part: DataSet.Part
) -> ConfusionTable {
    require(network.problem(on: data))
    require(
        network.classes <= 1000, "a confusion table has at most 1000 classes; the network has \(network.classes)")
    let classes = network.classes
    var counts = [[Int]](repeating: [Int](repeating: 0, count: classes), count: classes)
    for (label, prediction) in zip(data.labels(part), predictions(of: network, on: data, part)) {
        counts[label][prediction] += 1
    }
    return ConfusionTable(counts: counts)
}
