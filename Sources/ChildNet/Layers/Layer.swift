/// One layer of a network, as a description; the network holds its parameters.
public enum Layer: Sendable, Hashable {
    /// A convolution with "same" padding and a ReLU; with batch normalization between the two where `normalized`.
    case convolution(height: Int, width: Int, filters: Int, stride: Int = 1, normalized: Bool = false)
    /// The maximum of each 2×2 block.
    case maxPooling
    /// The mean of each 2×2 block.
    case meanPooling
    /// The mean over all pixels: images become vectors.
    case meanOverSpace
    /// While it is trained, each number is dropped with that probability, and the others scaled by 1/(1 − rate).
    case dropout(rate: Double)
    /// A dense layer with a ReLU; images are flattened first.
    case dense(units: Int)
    /// A skip connection: the outputs of earlier layers side by side in depth, smaller maps framed by zeros. Layers count
    /// from 1; 0 stands for the images.
    case concatenation(of: [Int])
}

extension Layer: CustomStringConvertible {
    /// The layer in a few words: `conv 3×3, 16 filters`.
    public var description: String {
        switch self {
        case .convolution(let height, let width, let filters, let stride, let normalized):
            "conv \(height)×\(width), \(filters) filters" + (stride == 1 ? "" : ", stride \(stride)")
                + (normalized ? ", normalized" : "")
        case .maxPooling: "max pool 2×2"
        case .meanPooling: "mean pool 2×2"
        case .meanOverSpace: "mean over space"
        case .dropout(let rate): "dropout \(rate)"
        case .dense(let units): "dense \(units)"
        case .concatenation(let sources):
            (sources.count == 1 ? "again " : "join of ")
                + sources.map { $0 == 0 ? "input" : "\($0)" }.joined(separator: ", ")
        }
    }
}

/// The height, width and channels of an image.
public struct ImageShape: Sendable, Hashable, CustomStringConvertible {
    /// Rows of pixels.
    public var height: Int
    /// Columns of pixels.
    public var width: Int
    /// Numbers for each pixel.
    public var channels: Int

    /// A shape.
    public init(height: Int, width: Int, channels: Int) {
        (self.height, self.width, self.channels) = (height, width, channels)
    }

    /// The number of numbers in an image.
    public var count: Int { height * width * channels }
    /// `8×8×1`
    public var description: String { "\(height)×\(width)×\(channels)" }
}
