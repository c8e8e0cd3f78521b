import Autodiff

/// A group of images with zeros around them, and around smaller maps of joined ones. What is within changes from group to group;
/// the zeros stay.
struct PaddedGroup<T: Scalar> {
    /// Of the images within, from ``start`` on.
    let layout: PixelLayout
    private let height: Int
    private let width: Int
    private let channels: Int
    private let elements: Scratch<T>

    /// - Parameters:
    ///   - images: the most of a group.
    ///   - height: of the images without zeros, as `width`.
    ///   - padded: height and width with zeros.
    ///   - before: the rows of zeros above, and the columns of zeros on the left.
    init(
        images: Int, height: Int, width: Int, channels: Int, padded: (height: Int, width: Int),
        before: (rows: Int, columns: Int)
    ) {
        (self.height, self.width, self.channels) = (height, width, channels)
        let row = padded.width * channels
        layout = PixelLayout(
            first: before.rows * row + before.columns * channels, image: padded.height * row, row: row, pixel: channels)
        elements = scratch(T.self, count: images * layout.image)
        elements.elements.initialize(repeating: 0)
    }

    /// The first of the zeros.
    var start: UnsafePointer<T> { UnsafePointer(elements.elements.baseAddress!) }

    /// Copies images of a batch, `count` from the number `image` on.
    @inline(__always)
    func fill(_ images: JoinedMaps<T>, from image: Int, count: Int) {
        images.copy(from: image, count: count, to: elements.elements.baseAddress!, layout)
    }

    /// Copies images that stand one behind the other with their pixels `pixelStride` numbers apart.
    @inline(__always)
    func fill(_ source: UnsafePointer<T>, pixelStride: Int, count: Int) {
        let middle = elements.elements.baseAddress! + layout.first
        for image in 0..<count {
            for y in 0..<height {
                copyPixels(
                    source + (image * height + y) * width * pixelStride, pixelStride,
                    to: middle + image * layout.image + y * layout.row, channels, channels: channels, count: width)
            }
        }
    }
}
