import Autodiff

// Weights in the order in which a tile reads them: block by block of channels, in each block the window's numbers in order;
// channels that do not exist are zero.

/// The number of weights after packing: channels rounded up to whole vectors.
func packedCount(window: Int, channels: Int) -> Int { window * roundedChannels(channels) }

/// Packs the weights of a forward pass: those of the window's number j and the output channel c stand at j · channels + c.
@inline(__always)
func packWeights<T: Scalar>(
    _ weights: UnsafePointer<T>, window: Int, channels: Int, into packed: UnsafeMutablePointer<T>
) {
    var place = packed
    for block in ChannelBlocks(channels) {
        let count = min(block.width, channels - block.first)
        for j in 0..<window {
            place.update(from: weights + j * channels + block.first, count: count)
            (place + count).update(repeating: 0, count: block.width - count)
            place += block.width
        }
    }
}

/// Packs the weights of the gradient of the input: turned around, so that what were channels out are numbers of the window.
///
/// - Parameters:
///   - taps: the places of the kernel, in the order in which the window meets them.
///   - from: the channels in of the forward pass, which come out here.
///   - to: its channels out.
@inline(__always)
func packTurnedWeights<T: Scalar>(
    _ weights: UnsafePointer<T>, taps: [Int], from: Int, to: Int, into packed: UnsafeMutablePointer<T>
) {
    var place = packed
    for block in ChannelBlocks(from) {
        for tap in taps {
            if block.first + block.width > from { place.update(repeating: 0, count: to * block.width) }
            for lane in 0..<min(block.width, from - block.first) {
                // Read in a row, and written into what is a small table in the cache.
                let source = weights + (tap * from + block.first + lane) * to
                for c in 0..<to { place[c * block.width + lane] = source[c] }
            }
            place += to * block.width
        }
    }
}
