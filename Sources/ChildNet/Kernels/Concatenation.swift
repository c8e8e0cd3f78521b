import Autodiff
import TextDisplay

/// Maps side by side in depth: the channels of the first, then those of the second, and so on; smaller maps stand in the
/// middle of a frame of zeros (Zoph and Le 2017, section 3.3).
///
/// y[n, i, j] = (x₁[n, i − top₁, j − left₁], x₂[n, i − top₂, j − left₂], …), zero where there is no such pixel. Each map's
/// gradient is its part of ∂L/∂y.
///
/// - Parameter maps: at least one, of shapes `[batch, height, width, channels]` with one batch.
public func concatenation<T: Scalar>(of maps: [Tensor<T>]) -> Tensor<T> {
    require(problemOfConcatenation(of: maps.map { $0.shape }))
    return concatenation(of: JoinedMaps(maps))
}

@specialized(where T == Float)
@specialized(where T == Double)
func concatenation<T: Scalar>(of joined: JoinedMaps<T>) -> Tensor<T> {
    if joined.maps.count == 1 { return joined.maps[0] }
    let shape = joined.shape, values = joined.detached
    let layout = PixelLayout(height: shape[1], width: shape[2], channels: shape[3])
    let y = Tensor<T>(shape: shape) { y in
        if joined.isFramed { y.initialize(repeating: 0) }
        if shape[0] > 0 { values.copy(from: 0, count: shape[0], to: y.baseAddress!, layout) }
    }
    return Tensor(
        y, from: joined.maps,
        addingPullback: { upstream, wanted, sums in
            let gradients = MapGradients(of: values, wanted: wanted, sums: &sums)
            upstream.withElements { upstream in
                gradients.take(upstream.baseAddress!, from: 0, count: shape[0], layout)
            }
            gradients.give(to: &sums)
        })
}
