import TextDisplay

/// The height, width and channels of an image.
///
///     ImageShape(height: 32, width: 32, channels: 3).count   // 3072
public struct ImageShape: Sendable, Hashable, CustomStringConvertible {
    /// Rows of pixels.
    public let height: Int
    /// Columns of pixels.
    public let width: Int
    /// Numbers for each pixel.
    public let channels: Int

    /// A shape.
    ///
    /// - Parameters: 1 to 65536 each.
    public init(height: Int, width: Int, channels: Int) {
        require(
            [height, width, channels].allSatisfy { 1...65_536 ~= $0 },
            "sizes of images are 1 to 65536; not \(height)×\(width)×\(channels)")
        self.init(map: height, width, channels: channels)
    }

    /// The shape of a map that layers make; joined, it may have more channels than an image.
    package init(map height: Int, _ width: Int, channels: Int) {
        (self.height, self.width, self.channels) = (height, width, channels)
    }

    /// The number of numbers in an image.
    public var count: Int { height * width * channels }
    /// `8×8×1`
    public var description: String { "\(height)×\(width)×\(channels)" }
}
