import Autodiff
import TextDisplay

/// The maximum of each 2×2 block of pixels, channel by channel; an odd last row or column is dropped.
///
/// y[n, i, j, c] = max over a, b ∈ {0, 1} of x[n, 2i + a, 2j + b, c]; ∂L/∂y goes to the pixel that was the maximum, to
/// the first of them where several were.
///
/// - Parameter images: shape `[batch, height, width, channels]`, at least 2×2 pixels.
public func maxPooling<T: Scalar>(_ images: Tensor<T>) -> Tensor<T> {
    require(problemOfImages(images.shape, atLeast: 2))
    let blocks = PoolingBlocks(images.shape), x = images.detached
    let y = Tensor<T>(shape: blocks.pooledShape) { y in
        x.withElements { x in writeMaxima(of: blocks, x.baseAddress!, to: y.baseAddress!) }
    }
    return Tensor(y, from: [images]) { upstream, _ in
        [
            Tensor(shape: x.shape) { gradient in
                if blocks.dropsPixels { gradient.initialize(repeating: 0) }
                withPointers(upstream, x, y) { upstream, x, y in
                    writeMaximaGradient(
                        of: blocks, x: x, y: y, upstream: upstream, to: gradient.baseAddress!,
                        stride: blocks.channels, rectified: false)
                }
            }
        ]
    }
}

/// The mean of each 2×2 block of pixels, channel by channel; an odd last row or column is dropped.
///
/// y[n, i, j, c] = ¼ Σ over a, b ∈ {0, 1} of x[n, 2i + a, 2j + b, c]; each of the four gets ¼ ∂L/∂y.
///
/// - Parameter images: shape `[batch, height, width, channels]`, at least 2×2 pixels.
@specialized(where T == Float)
@specialized(where T == Double)
public func meanPooling<T: Scalar>(_ images: Tensor<T>) -> Tensor<T> {
    require(problemOfImages(images.shape, atLeast: 2))
    let blocks = PoolingBlocks(images.shape), shape = images.shape
    let (channels, below) = (blocks.channels, blocks.below)
    let y = Tensor<T>(shape: blocks.pooledShape) { y in
        images.withElements { x in
            blocks.forEach { corner, block in
                let top = x.baseAddress! + corner * channels, bottom = top + below
                let target = y.baseAddress! + block * channels
                for c in 0..<channels {
                    target[c] = 0.25 * ((top[c] + top[c + channels]) + (bottom[c] + bottom[c + channels]))
                }
            }
        }
    }
    return Tensor(y, from: [images]) { upstream, _ in
        [
            Tensor(shape: shape) { gradient in
                if blocks.dropsPixels { gradient.initialize(repeating: 0) }
                upstream.withElements { upstream in
                    blocks.forEach { corner, block in
                        let source = upstream.baseAddress! + block * channels
                        for row in 0..<2 {
                            for column in 0..<2 {
                                let target =
                                    gradient.baseAddress! + (corner + column) * channels + row * below
                                for c in 0..<channels { target[c] = 0.25 * source[c] }
                            }
                        }
                    }
                }
            }
        ]
    }
}

/// The mean over all pixels, channel by channel: y[n, c] = (1/HW) Σᵢⱼ x[n, i, j, c], of shape `[batch, channels]`.
///
/// ∂L/∂x[n, i, j, c] = (1/HW) ∂L/∂y[n, c].
///
/// - Parameter images: shape `[batch, height, width, channels]`.
public func meanOverSpace<T: Scalar>(_ images: Tensor<T>) -> Tensor<T> {
    require(problemOfImages(images.shape))
    return meanOverSpace(of: JoinedMaps([images]))
}

/// The same of maps side by side. Of the zeros around smaller maps none is added, but they are counted.
@specialized(where T == Float)
@specialized(where T == Double)
func meanOverSpace<T: Scalar>(of joined: JoinedMaps<T>) -> Tensor<T> {
    let (batch, channels) = (joined.shape[0], joined.shape[3])
    let scale = 1 / T(joined.shape[1] * joined.shape[2])
    let y = Tensor<T>(shape: [batch, channels]) { y in
        for (map, place) in zip(joined.maps, joined.places) {
            map.withElements { x in
                let pixels = place.height * place.width, step = place.channels
                for n in 0..<batch {
                    let source = x.baseAddress! + n * pixels * step
                    let target = y.baseAddress! + n * channels + place.firstChannel
                    @inline(__always)
                    func write<V: SIMD<T>>(_ c: Int, _ vector: V.Type) {
                        var sum = V(repeating: 0)
                        for p in 0..<pixels { sum += load(source + p * step + c) }
                        store(V(repeating: scale) * sum, to: target + c)
                    }
                    forEachVector(of: step) {
                        write($0, Vector<T>.self)
                    } half: {
                        write($0, HalfVector<T>.self)
                    } single: {
                        write($0, SingleNumber<T>.self)
                    }
                }
            }
        }
    }
    let maps = joined.detached
    return Tensor(
        y, from: joined.maps,
        addingPullback: { upstream, wanted, sums in
            let gradients = MapGradients(of: maps, wanted: wanted, sums: &sums)
            (scale * upstream).withElements {
                gradients.takeForAllPixels($0.baseAddress!, images: batch, channels: channels)
            }
            gradients.give(to: &sums)
        })
}
