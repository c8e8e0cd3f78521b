import Autodiff

/// A way to look at an image: moved, and perhaps mirrored.
struct ImageView: Sendable {
    /// How many rows the image is moved up.
    let rows: Int
    /// How many columns the image is moved to the left, after it was mirrored.
    let columns: Int
    /// Whether left and right are exchanged.
    let isMirrored: Bool

    /// The pixels that images are framed with on each side, which is how far they move at most.
    static let frame = 4

    /// A view drawn with equal probability from all (2 · frame + 1)² places and both sides.
    static func random(using generator: inout RandomGenerator) -> ImageView {
        ImageView(
            rows: generator.uniform(below: 2 * frame + 1) - frame,
            columns: generator.uniform(below: 2 * frame + 1) - frame, isMirrored: generator.uniform(below: 2) == 1)
    }
}

/// Each image of a batch in a view of its own; what the view shows beside the image is zero.
///
/// y[n, i, j] = x[n, i + rowsₙ, j + columnsₙ], mirrored: x[n, i + rowsₙ, width − 1 − (j + columnsₙ)]
@specialized(where T == Float)
@specialized(where T == Double)
func viewed<T: Scalar>(_ images: Tensor<T>, _ views: [ImageView]) -> Tensor<T> {
    let (height, width, channels) = (images.shape[1], images.shape[2], images.shape[3])
    return Tensor(shape: images.shape) { y in
        y.initialize(repeating: 0)
        images.withElements { x in
            for (n, view) in views.enumerated() {
                for i in max(0, -view.rows)..<max(max(0, -view.rows), min(height, height - view.rows)) {
                    for j in max(0, -view.columns)..<max(max(0, -view.columns), min(width, width - view.columns)) {
                        let column = j + view.columns
                        let source = view.isMirrored ? width - 1 - column : column
                        (y.baseAddress! + ((n * height + i) * width + j) * channels).update(
                            from: x.baseAddress! + ((n * height + i + view.rows) * width + source) * channels,
                            count: channels)
                    }
                }
            }
        }
    }
}
