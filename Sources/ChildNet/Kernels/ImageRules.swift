import Autodiff
import TextDisplay

/// Why a tensor of that shape is no batch of images, or nil where it is one. A batch may be empty, an image may not.
///
/// - Parameter size: the fewest rows and columns of pixels.
package func problemOfImages(_ shape: [Int], atLeast size: Int = 1) -> InvalidArgument? {
    guard shape.count == 4, shape[1] >= size, shape[2] >= size, shape[3] >= 1 else {
        return InvalidArgument(
            "images have shape [batch, height, width, channels]"
                + (size > 1 ? ", with \(size)×\(size) pixels or more" : "") + "; this tensor has \(shape)")
    }
    // No memory bounds the images that an empty batch does not hold.
    return shape[0] > 0 ? nil : Tensor<Float>.problem(ofShape: shape)
}

/// Why maps of those shapes can't stand side by side in depth, or nil where they can.
package func problemOfConcatenation(of maps: [[Int]]) -> InvalidArgument? {
    guard let first = maps.first else { return InvalidArgument("there is nothing to concatenate") }
    if let problem = maps.lazy.compactMap({ problemOfImages($0) }).first { return problem }
    guard maps.allSatisfy({ $0[0] == first[0] }) else {
        return InvalidArgument("maps of one batch are concatenated; these have shapes \(maps)")
    }
    return Tensor<Float>.problem(ofShape: joinedShape(of: maps))
}
