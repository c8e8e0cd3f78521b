import Autodiff

/// The maximum of each 2×2 block of pixels, channel by channel; an odd last row or column is dropped.
///
/// y[n, i, j, c] = max over a, b ∈ {0, 1} of x[n, 2i + a, 2j + b, c]; ∂L/∂y goes to the pixel that was the maximum, to
/// the first of them where several were.
///
/// - Parameter images: shape `[batch, height, width, channels]`, at least 2×2 pixels.
@specialized(where T == Float)
@specialized(where T == Double)
public func maxPooling<T: Scalar>(_ images: Tensor<T>) -> Tensor<T> {
    precondition(
        images.shape.count == 4 && images.shape[1] >= 2 && images.shape[2] >= 2,
        "max pooling needs images [batch, height, width, channels] of 2×2 pixels or more, not \(images.shape)")
    let (batch, height, width, channels) = (images.shape[0], images.shape[1], images.shape[2], images.shape[3])
    let x = images.detached
    let y = Tensor<T>(shape: [batch, height / 2, width / 2, channels]) { y in
        x.withElements { x in
            var target = y.baseAddress!
            for n in 0..<batch {
                for i in 0..<height / 2 {
                    for j in 0..<width / 2 {
                        let a = x.baseAddress! + ((n * height + 2 * i) * width + 2 * j) * channels
                        let b = a + width * channels
                        for c in 0..<channels {
                            let top = larger(a[c], a[c + channels]), bottom = larger(b[c], b[c + channels])
                            target[c] = larger(top, bottom)
                        }
                        target += channels
                    }
                }
            }
        }
    }
    return Tensor(y, from: [images]) { upstream, _ in [maxPoolingPullback(upstream, x, y)] }
}

/// The larger number, and not a number where either is: a diverged child must be seen to have diverged.
@inline(__always)
private func larger<T: Scalar>(_ a: T, _ b: T) -> T {
    // "Or" of two that exclude each other, without the branch that || is: the loops around become vectors.
    (a < b) != (b != b) ? b : a
}

@specialized(where T == Float)
@specialized(where T == Double)
private func maxPoolingPullback<T: Scalar>(_ upstream: Tensor<T>, _ x: Tensor<T>, _ y: Tensor<T>) -> Tensor<T> {
    let (batch, height, width, channels) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
    return Tensor(shape: x.shape) { gradient in
        if height % 2 == 1 || width % 2 == 1 { gradient.initialize(repeating: 0) }
        x.withElements { x in
            y.withElements { y in
                upstream.withElements { upstream in
                    // What of ∂L/∂y has not yet found its maximum, for one block of pixels.
                    let held = scratch(T.self, count: channels)
                    defer { extendLifetime(held) }
                    let rest = held.elements.baseAddress!
                    var block = 0
                    for n in 0..<batch {
                        for i in 0..<height / 2 {
                            for j in 0..<width / 2 {
                                let corner = ((n * height + 2 * i) * width + 2 * j) * channels
                                rest.update(from: upstream.baseAddress! + block, count: channels)
                                for row in 0..<2 {
                                    for column in 0..<2 {
                                        let place = corner + (row * width + column) * channels
                                        takeMaximum(
                                            x.baseAddress! + place, y.baseAddress! + block, rest: rest,
                                            into: gradient.baseAddress! + place, channels)
                                    }
                                }
                                block += channels
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Where x is the maximum, what is left of the gradient goes there and is gone.
@inline(__always)
private func takeMaximum<T: Scalar>(
    _ x: UnsafePointer<T>, _ maximum: UnsafePointer<T>, rest: UnsafeMutablePointer<T>,
    into gradient: UnsafeMutablePointer<T>, _ channels: Int
) {
    for c in 0..<channels {
        // One choice and a difference, not two choices: the compiler would make them a branch, and no vectors.
        let left = rest[c]
        let taken = x[c] == maximum[c] ? left : 0
        gradient[c] = taken
        rest[c] = left - taken
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
    precondition(
        images.shape.count == 4 && images.shape[1] >= 2 && images.shape[2] >= 2,
        "mean pooling needs images [batch, height, width, channels] of 2×2 pixels or more, not \(images.shape)")
    let shape = images.shape
    let (batch, height, width, channels) = (shape[0], shape[1], shape[2], shape[3])
    /// Calls `body` with the places of a block's first number and of its mean.
    @inline(__always)
    func forEachBlock(_ body: (_ corner: Int, _ block: Int) -> Void) {
        var block = 0
        for n in 0..<batch {
            for i in 0..<height / 2 {
                for j in 0..<width / 2 {
                    body(((n * height + 2 * i) * width + 2 * j) * channels, block)
                    block += channels
                }
            }
        }
    }
    let below = width * channels
    let y = Tensor<T>(shape: [batch, height / 2, width / 2, channels]) { y in
        images.withElements { x in
            forEachBlock { corner, block in
                let a = x.baseAddress! + corner, b = a + below, target = y.baseAddress! + block
                for c in 0..<channels { target[c] = 0.25 * ((a[c] + a[c + channels]) + (b[c] + b[c + channels])) }
            }
        }
    }
    return Tensor(y, from: [images]) { upstream, _ in
        [
            Tensor(shape: shape) { gradient in
                if height % 2 == 1 || width % 2 == 1 { gradient.initialize(repeating: 0) }
                upstream.withElements { upstream in
                    forEachBlock { corner, block in
                        let source = upstream.baseAddress! + block
                        for row in 0..<2 {
                            for column in 0..<2 {
                                let target = gradient.baseAddress! + corner + row * below + column * channels
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
@specialized(where T == Float)
@specialized(where T == Double)
public func meanOverSpace<T: Scalar>(_ images: Tensor<T>) -> Tensor<T> {
    precondition(images.shape.count == 4, "images have shape [batch, height, width, channels], not \(images.shape)")
    let shape = images.shape
    let (batch, pixels, channels) = (shape[0], shape[1] * shape[2], shape[3])
    let scale = 1 / T(pixels)
    let y = Tensor<T>(shape: [batch, channels]) { y in
        y.initialize(repeating: 0)
        images.withElements { x in
            for n in 0..<batch {
                for p in 0..<pixels {
                    for c in 0..<channels { y[n * channels + c] += scale * x[(n * pixels + p) * channels + c] }
                }
            }
        }
    }
    return Tensor(y, from: [images]) { upstream, _ in
        [
            Tensor(shape: shape) { gradient in
                upstream.withElements { upstream in
                    for n in 0..<batch {
                        for p in 0..<pixels {
                            for c in 0..<channels {
                                gradient[(n * pixels + p) * channels + c] = scale * upstream[n * channels + c]
                            }
                        }
                    }
                }
            }
        ]
    }
}
