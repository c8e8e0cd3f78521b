/// One layer of a network, as a description; the network holds its parameters.
public enum Layer: Sendable, Hashable {
    /// A convolution with "same" padding and a ReLU.
    case convolution(height: Int, width: Int, filters: Int, stride: Int = 1)
    /// The maximum of each 2×2 block.
    case maxPooling
    /// The mean over all pixels: images become vectors.
    case meanOverSpace
    /// A dense layer with a ReLU; images are flattened first.
    case dense(units: Int)
}

extension Layer: CustomStringConvertible {
    /// The layer in a few words: `conv 3×3, 16 filters`.
    public var description: String {
        switch self {
        case .convolution(let height, let width, let filters, let stride):
            "conv \(height)×\(width), \(filters) filters" + (stride == 1 ? "" : ", stride \(stride)")
        case .maxPooling: "max pool 2×2"
        case .meanOverSpace: "mean over space"
        case .dense(let units): "dense \(units)"
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
