import Autodiff

/// Maps side by side in depth: the channels of the first, then those of the second, and so on; smaller maps stand in the
/// middle of a frame of zeros (Zoph and Le 2017, section 3.3).
///
/// y[n, i, j] = (x₁[n, i − top₁, j − left₁], x₂[n, i − top₂, j − left₂], …), zero where there is no such pixel. Each map's
/// gradient is its part of ∂L/∂y.
///
/// - Parameter maps: at least one, of shapes `[batch, height, width, channels]` with one batch.
@specialized(where T == Float)
@specialized(where T == Double)
public func concatenation<T: Scalar>(of maps: [Tensor<T>]) -> Tensor<T> {
    if maps.count == 1 { return maps[0] }
    precondition(
        !maps.isEmpty && maps.allSatisfy { $0.shape.count == 4 && $0.shape[0] == maps[0].shape[0] },
        "maps of shape [batch, height, width, channels] with one batch, not \(maps.map(\.shape))")
    let shape = [
        maps[0].shape[0], maps.map { $0.shape[1] }.max()!, maps.map { $0.shape[2] }.max()!,
        maps.reduce(0) { $0 + $1.shape[3] },
    ]
    var first = 0
    let places = maps.map { map in
        defer { first += map.shape[3] }
        return MapPlace(map: map.shape, whole: shape, firstChannel: first)
    }
    let isFramed = maps.contains { $0.shape[1] < shape[1] || $0.shape[2] < shape[2] }
    let values = maps.map { $0.detached }
    let y = Tensor<T>(shape: shape) { y in
        if isFramed { y.initialize(repeating: 0) }
        for (value, place) in zip(values, places) {
            value.withElements { x in
                place.forEachPixel { map, whole in
                    copyChannels(x.baseAddress! + map, to: y.baseAddress! + whole, count: place.channels)
                }
            }
        }
    }
    return Tensor(y, from: maps) { upstream, wanted in
        zip(places, wanted).map { place, isWanted in
            guard isWanted else { return nil }
            return Tensor(shape: place.map) { gradient in
                upstream.withElements { upstream in
                    place.forEachPixel { map, whole in
                        copyChannels(
                            upstream.baseAddress! + whole, to: gradient.baseAddress! + map, count: place.channels)
                    }
                }
            }
        }
    }
}

/// Where a map stands in the whole.
private struct MapPlace: Sendable {
    let map: [Int]
    let whole: [Int]
    let firstChannel: Int
    var channels: Int { map[3] }

    /// Calls `body` with the place of each pixel's first channel in the map and in the whole.
    @inline(__always)
    func forEachPixel(_ body: (_ map: Int, _ whole: Int) -> Void) {
        let top = (whole[1] - map[1]) / 2, left = (whole[2] - map[2]) / 2
        for n in 0..<map[0] {
            for i in 0..<map[1] {
                let row = ((n * whole[1] + i + top) * whole[2] + left) * whole[3] + firstChannel
                for j in 0..<map[2] {
                    body(((n * map[1] + i) * map[2] + j) * channels, row + j * whole[3])
                }
            }
        }
    }
}
