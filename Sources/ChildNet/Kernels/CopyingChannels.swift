import Autodiff

/// Copies the channels of a pixel: for so few numbers a call of the system's copying would cost more than it does.
@inline(__always)
func copyChannels<T: Scalar>(_ source: UnsafePointer<T>, to target: UnsafeMutablePointer<T>, count: Int) {
    forEachVector(of: count) {
        store(load(source + $0) as Vector<T>, to: target + $0)
    } half: {
        store(load(source + $0) as HalfVector<T>, to: target + $0)
    } single: {
        target[$0] = source[$0]
    }
}

/// Copies the channels of pixels that are a stride apart to where they are another one apart.
@inline(__always)
func copyPixels<T: Scalar>(
    _ source: UnsafePointer<T>, _ sourceStride: Int, to target: UnsafeMutablePointer<T>, _ targetStride: Int,
    channels: Int, count: Int
) {
    if sourceStride == channels && targetStride == channels {
        target.update(from: source, count: count * channels)
    } else {
        for x in 0..<count {
            copyChannels(source + x * sourceStride, to: target + x * targetStride, count: channels)
        }
    }
}

/// Adds the channels of pixels that are a stride apart to numbers that are another one apart.
@inline(__always)
func addPixels<T: Scalar>(
    _ source: UnsafePointer<T>, _ sourceStride: Int, to target: UnsafeMutablePointer<T>, _ targetStride: Int,
    channels: Int, count: Int
) {
    for x in 0..<count {
        let source = source + x * sourceStride, target = target + x * targetStride
        for c in 0..<channels { target[c] += source[c] }
    }
}
