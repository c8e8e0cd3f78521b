import Autodiff
import TextDisplay

/// The 2×2 blocks of pixels of a batch.
struct PoolingBlocks: Sendable {
    let batch: Int
    let height: Int
    let width: Int
    let channels: Int

    init(_ shape: [Int]) {
        require(problemOfImages(shape, atLeast: 2))
        (batch, height, width, channels) = (shape[0], shape[1], shape[2], shape[3])
    }

    var pooledShape: [Int] { [batch, height / 2, width / 2, channels] }
    /// How far the pixel below stands.
    var below: Int { width * channels }
    /// Whether there is an odd last row or column.
    var dropsPixels: Bool { height % 2 == 1 || width % 2 == 1 }

    /// The same of some of the images.
    func images(_ count: Int) -> PoolingBlocks { PoolingBlocks([count, height, width, channels]) }

    /// Calls `body` with the number of each block's first pixel and that of the pixel that it becomes.
    @inline(__always)
    func forEach(_ body: (_ corner: Int, _ block: Int) -> Void) {
        var block = 0
        for n in 0..<batch {
            for i in 0..<height / 2 {
                for j in 0..<width / 2 {
                    body((n * height + 2 * i) * width + 2 * j, block)
                    block += 1
                }
            }
        }
    }
}

/// The maximum of each block of x, for all channels.
@inline(never)
@specialized(where T == Float)
@specialized(where T == Double)
func writeMaxima<T: Scalar>(of blocks: PoolingBlocks, _ x: UnsafePointer<T>, to y: UnsafeMutablePointer<T>) {
    let right = blocks.channels, below = blocks.below
    blocks.forEach { corner, block in
        let top = x + corner * right, bottom = top + below, y = y + block * right
        @inline(__always)
        func write<V: SIMD<T>>(_ c: Int, _ vector: V.Type) {
            let topLeft: V = load(top + c), topRight: V = load(top + c + right)
            let bottomLeft: V = load(bottom + c), bottomRight: V = load(bottom + c + right)
            store(larger(larger(topLeft, topRight), larger(bottomLeft, bottomRight)), to: y + c)
        }
        forEachVector(of: right) {
            write($0, Vector<T>.self)
        } half: {
            write($0, HalfVector<T>.self)
        } single: {
            write($0, SingleNumber<T>.self)
        }
    }
}

/// ∂L/∂x of each block, for all channels: what is left of ∂L/∂y goes where x is the maximum y, and is gone.
///
/// - Parameters:
///   - stride: how far the pixels of ∂L/∂x are apart; those of x have their channels only.
///   - rectified: whether x = max(z, 0), and ∂L/∂z is wanted: then nothing goes to a maximum of zero.
@inline(never)
@specialized(where T == Float)
@specialized(where T == Double)
func writeMaximaGradient<T: Scalar>(
    of blocks: PoolingBlocks, x: UnsafePointer<T>, y: UnsafePointer<T>, upstream: UnsafePointer<T>,
    to gradient: UnsafeMutablePointer<T>, stride: Int, rectified: Bool
) {
    let channels = blocks.channels, below = blocks.below, gradientBelow = blocks.width * stride
    blocks.forEach { corner, block in
        let x = x + corner * channels, y = y + block * channels, upstream = upstream + block * channels
        let gradient = gradient + corner * stride
        @inline(__always)
        func write<V: SIMD<T>>(_ c: Int, _ vector: V.Type) {
            let zero = V(repeating: 0), maximum: V = load(y + c)
            var rest: V = load(upstream + c)
            if rectified { rest = choice(rest, where: zero, isLessThan: maximum, else: zero) }
            for row in 0..<2 {
                for column in 0..<2 {
                    let value: V = load(x + c + row * below + column * channels)
                    let taken = choice(rest, where: value, equals: maximum, else: zero)
                    store(taken, to: gradient + c + row * gradientBelow + column * stride)
                    rest -= taken
                }
            }
        }
        forEachVector(of: channels) {
            write($0, Vector<T>.self)
        } half: {
            write($0, HalfVector<T>.self)
        } single: {
            write($0, SingleNumber<T>.self)
        }
    }
}

/// The larger number, and not a number where either is: a diverged child must be seen to have diverged.
@inline(__always)
private func larger<T: Scalar, V: SIMD<T>>(_ a: V, _ b: V) -> V {
    // A NaN is not equal to itself.
    choice(choice(b, where: a, isLessThan: b, else: a), where: b, equals: b, else: b)
}
