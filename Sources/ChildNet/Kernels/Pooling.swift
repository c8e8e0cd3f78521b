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
    let blocks = PoolingBlocks(images.shape), x = images.detached
    let y = Tensor<T>(shape: blocks.pooledShape) { y in
        x.withElements { x in
            blocks.forEach { corner, block in
                MaximumOfBlock(
                    top: x.baseAddress! + corner, bottom: x.baseAddress! + corner + blocks.below,
                    right: blocks.channels, y: y.baseAddress! + block
                ).write()
            }
        }
    }
    return Tensor(y, from: [images]) { upstream, _ in [maxPoolingPullback(upstream, x, y)] }
}

@specialized(where T == Float)
@specialized(where T == Double)
private func maxPoolingPullback<T: Scalar>(_ upstream: Tensor<T>, _ x: Tensor<T>, _ y: Tensor<T>) -> Tensor<T> {
    let blocks = PoolingBlocks(x.shape)
    return Tensor(shape: x.shape) { gradient in
        if blocks.dropsPixels { gradient.initialize(repeating: 0) }
        x.withElements { x in
            y.withElements { y in
                upstream.withElements { upstream in
                    blocks.forEach { corner, block in
                        GradientOfBlock(
                            x: x.baseAddress! + corner, below: blocks.below, right: blocks.channels,
                            maximum: y.baseAddress! + block, upstream: upstream.baseAddress! + block,
                            gradient: gradient.baseAddress! + corner
                        ).write()
                    }
                }
            }
        }
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
    let blocks = PoolingBlocks(images.shape), shape = images.shape
    let (channels, below) = (blocks.channels, blocks.below)
    let y = Tensor<T>(shape: blocks.pooledShape) { y in
        images.withElements { x in
            blocks.forEach { corner, block in
                let a = x.baseAddress! + corner, b = a + below, target = y.baseAddress! + block
                for c in 0..<channels { target[c] = 0.25 * ((a[c] + a[c + channels]) + (b[c] + b[c + channels])) }
            }
        }
    }
    return Tensor(y, from: [images]) { upstream, _ in
        [
            Tensor(shape: shape) { gradient in
                if blocks.dropsPixels { gradient.initialize(repeating: 0) }
                upstream.withElements { upstream in
                    blocks.forEach { corner, block in
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

/// The 2×2 blocks of pixels of a batch.
private struct PoolingBlocks: Sendable {
    let batch: Int
    let height: Int
    let width: Int
    let channels: Int

    init(_ shape: [Int]) {
        precondition(
            shape.count == 4 && shape[1] >= 2 && shape[2] >= 2,
            "pooling needs images [batch, height, width, channels] of 2×2 pixels or more, not \(shape)")
        (batch, height, width, channels) = (shape[0], shape[1], shape[2], shape[3])
    }

    var pooledShape: [Int] { [batch, height / 2, width / 2, channels] }
    /// How far the pixel below stands.
    var below: Int { width * channels }
    /// Whether there is an odd last row or column.
    var dropsPixels: Bool { height % 2 == 1 || width % 2 == 1 }

    /// Calls `body` with the places of each block's first number and of what it becomes.
    @inline(__always)
    func forEach(_ body: (_ corner: Int, _ block: Int) -> Void) {
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
}

/// The maximum of four pixels, for all channels.
private struct MaximumOfBlock<T: Scalar> {
    let top: UnsafePointer<T>
    let bottom: UnsafePointer<T>
    /// How far the pixel to the right stands: the number of channels.
    let right: Int
    let y: UnsafeMutablePointer<T>

    @inline(__always)
    func write() {
        forEachVector(of: right) {
            write(Vector<T>.self, $0)
        } half: {
            write(HalfVector<T>.self, $0)
        } single: { c in
            y[c] = larger(larger(top[c], top[c + right]), larger(bottom[c], bottom[c + right]))
        }
    }

    @inline(__always)
    private func write<V: SIMD<T>>(_ vector: V.Type, _ c: Int) {
        let a: V = load(top + c), b: V = load(top + c + right), p: V = load(bottom + c), q: V = load(bottom + c + right)
        store(larger(larger(a, b), larger(p, q)), to: y + c)
    }
}

/// ∂L/∂x of four pixels, for all channels: what is left of ∂L/∂y goes where x is the maximum, and is gone.
private struct GradientOfBlock<T: Scalar> {
    let x: UnsafePointer<T>
    let below: Int
    let right: Int
    let maximum: UnsafePointer<T>
    let upstream: UnsafePointer<T>
    let gradient: UnsafeMutablePointer<T>

    @inline(__always)
    func write() {
        forEachVector(of: right) {
            write(Vector<T>.self, $0)
        } half: {
            write(HalfVector<T>.self, $0)
        } single: { c in
            var rest = upstream[c]
            for row in 0..<2 {
                for column in 0..<2 {
                    let place = c + row * below + column * right
                    gradient[place] = x[place] == maximum[c] ? rest : 0
                    rest -= gradient[place]
                }
            }
        }
    }

    @inline(__always)
    private func write<V: SIMD<T>>(_ vector: V.Type, _ c: Int) {
        let zero = V(repeating: 0), m: V = load(maximum + c)
        var rest: V = load(upstream + c)
        for row in 0..<2 {
            for column in 0..<2 {
                let place = c + row * below + column * right
                let taken = choice(rest, where: load(x + place), equals: m, else: zero)
                store(taken, to: gradient + place)
                rest -= taken
            }
        }
    }
}

/// The larger number, and not a number where either is: a diverged child must be seen to have diverged.
@inline(__always)
private func larger<T: Scalar>(_ a: T, _ b: T) -> T { a < b || b.isNaN ? b : a }

@inline(__always)
private func larger<T: Scalar, V: SIMD<T>>(_ a: V, _ b: V) -> V {
    // A NaN is not equal to itself.
    choice(choice(b, where: a, isLessThan: b, else: a), where: b, equals: b, else: b)
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
        images.withElements { x in
            for n in 0..<batch {
                let source = x.baseAddress! + n * pixels * channels, target = y.baseAddress! + n * channels
                @inline(__always)
                func write<V: SIMD<T>>(_ c: Int, _ vector: V.Type) {
                    var sum = V(repeating: 0)
                    for p in 0..<pixels { sum += load(source + p * channels + c) }
                    store(V(repeating: scale) * sum, to: target + c)
                }
                forEachVector(of: channels) {
                    write($0, Vector<T>.self)
                } half: {
                    write($0, HalfVector<T>.self)
                } single: { c in
                    target[c] = scale * (0..<pixels).reduce(0) { $0 + source[$1 * channels + c] }
                }
            }
        }
    }
    return Tensor(y, from: [images]) { upstream, _ in
        let each = scale * upstream
        return [
            Tensor(shape: shape) { gradient in
                each.withElements { each in
                    for n in 0..<batch {
                        for p in n * pixels..<(n + 1) * pixels {
                            copyChannels(
                                each.baseAddress! + n * channels, to: gradient.baseAddress! + p * channels,
                                count: channels)
                        }
                    }
                }
            }
        ]
    }
}
