import Autodiff

/// What a layer hands to the next: maps of shapes `[batch, height, width, channels]` side by side in depth, which stay where they
/// were made until a layer reads them. Vectors are images of one pixel.
///
/// A convolution reads them side by side in its own order, and a mean over space map by map; others take ``tensor``.
package struct LayerMaps<T: Scalar>: Sendable {
    let joined: JoinedMaps<T>

    /// - Parameter maps: at least one, with one batch.
    package init(_ maps: [Tensor<T>]) { joined = JoinedMaps(maps) }

    /// One map, of shape `[batch, height, width, channels]`.
    package init(_ map: Tensor<T>) { self.init([map]) }

    /// Vectors, of shape `[batch, units]`, as images of one pixel.
    package init(vectors: Tensor<T>) { self.init(vectors.reshaped([vectors.shape[0], 1, 1, vectors.shape[1]])) }

    /// All of them in one: the maps are written side by side, where there is more than one.
    package var tensor: Tensor<T> { concatenation(of: joined) }

    /// One vector for each image, of shape `[batch, height · width · channels]`.
    package var vectors: Tensor<T> {
        let x = tensor
        return x.reshaped([x.shape[0], x.shape.dropFirst().reduce(1, *)])
    }
}
