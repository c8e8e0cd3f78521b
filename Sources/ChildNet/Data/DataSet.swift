import Autodiff
import TextDisplay

/// Labeled images in three parts: for training, for validation (what a search may look at), and for the one test at the
/// end.
///
/// The pixels are held once, a byte each, and shared by every child that trains on them.
public struct DataSet: Sendable {
    /// A part of a data set.
    public enum Part: String, Sendable, CaseIterable {
        /// What children learn from.
        case training
        /// What children are compared on: the search sees these accuracies.
        case validation
        /// What the chosen child is judged on, once, at the end.
        case test
    }

    /// What the data set is called.
    public let name: String
    /// What ``named(_:)`` finds it by: a name, or the folder that its files are in.
    public let source: String
    /// The shape of every image.
    public let imageShape: ImageShape
    /// The number of classes; labels are 0 ..< classes. ``idx(in:)`` says which labels of the files these are.
    public let classes: Int
    private let images: Images
    private let parts: [Part: [Int]]

    /// All images with their labels, and the number that each byte of each channel stands for.
    fileprivate final class Images: Sendable {
        let bytes: [UInt8]
        let labels: [UInt8]
        /// For each channel, the values of the bytes 0 to 255.
        let values: [Float]

        init(_ bytes: [UInt8], _ labels: [UInt8], _ values: [Float]) {
            self.bytes = bytes
            self.labels = labels
            self.values = values
        }
    }

    /// Images with labels, and which of them belong to which part.
    ///
    /// - Parameters:
    ///   - bytes: the images one after the other, row by row, the channels of a pixel side by side.
    ///   - labels: the class of each image.
    ///   - parts: the numbers of the images in each part.
    ///   - value: the number that a byte of a channel stands for.
    init(
        name: String, source: String, bytes: [UInt8], labels: [UInt8], imageShape: ImageShape, classes: Int,
        parts: [Part: [Int]], value: (_ byte: UInt8, _ channel: Int) -> Float
    ) {
        precondition(
            bytes.count == labels.count * imageShape.count, "as many bytes as the labels and the shape ask for")
        precondition(labels.allSatisfy { $0 < classes }, "labels are 0 ..< \(classes)")
        precondition(Part.allCases.allSatisfy { !(parts[$0] ?? []).isEmpty }, "every part has an image")
        self.name = name
        self.source = source
        self.imageShape = imageShape
        self.classes = classes
        let values = (0..<imageShape.channels).flatMap { channel in (0...255).map { value(UInt8($0), channel) } }
        images = Images(bytes, labels, values)
        self.parts = parts
    }

    /// The number of images in a part.
    public func count(_ part: Part) -> Int { parts[part]!.count }

    /// Which of all images are in a part.
    func members(_ part: Part) -> [Int] { parts[part]! }

    /// The labels of a part, in order.
    public func labels(_ part: Part) -> [Int] { parts[part]!.map { Int(images.labels[$0]) } }

    /// Some images of a part with their labels; the indices are 0 ..< count(part).
    public func batch<T: Scalar>(
        _ part: Part, _ indices: some RandomAccessCollection<Int>, of type: T.Type = T.self
    ) -> (images: Tensor<T>, labels: [Int]) {
        require(self.problem(part, indices))
        require(Tensor<Float>.problem(ofShape: [indices.count, self.imageShape.count]))
        return selected(part, indices)
    }

    /// Why a part has no images of those numbers, or nil where it has them.
    package func problem(_ part: Part, _ indices: some Collection<Int>) -> InvalidArgument? {
        let numbers = 0..<count(part)
        guard let wrong = indices.first(where: { !numbers.contains($0) }) else { return nil }
        return InvalidArgument("the \(part) part has images 0 to \(numbers.count - 1), not \(wrong)")
    }

    /// The same of images that are known to be there.
    func selected<T: Scalar>(
        _ part: Part, _ indices: some RandomAccessCollection<Int>, of type: T.Type = T.self
    ) -> (images: Tensor<T>, labels: [Int]) {
        let all = parts[part]!
        let members = indices.map { all[$0] }
        let tensor = Tensor<T>(
            shape: [members.count, imageShape.height, imageShape.width, imageShape.channels]
        ) { target in
            images.write(members, size: imageShape.count, channels: imageShape.channels, to: target)
        }
        return (tensor, members.map { Int(images.labels[$0]) })
    }

    /// Some training images, varied if wanted, with their labels.
    func trainingBatch<T: Scalar>(
        _ indices: some RandomAccessCollection<Int>, augmentation: Augmentation, using generator: inout RandomGenerator,
        of type: T.Type
    ) -> (images: Tensor<T>, labels: [Int]) {
        let (tensor, labels) = selected(.training, indices, of: T.self)
        guard augmentation == .colorImages, imageShape.channels == 3 else { return (tensor, labels) }
        let views = labels.map { _ in ImageView.random(using: &generator) }
        return (viewed(tensor, views), labels)
    }
}

extension DataSet.Images {
    /// The values of some images, one after the other.
    @specialized(where T == Float)
    @specialized(where T == Double)
    fileprivate func write<T: Scalar>(
        _ members: [Int], size: Int, channels: Int, to target: UnsafeMutableBufferPointer<T>
    ) {
        bytes.withUnsafeBufferPointer { bytes in
            values.withUnsafeBufferPointer { values in
                var place = 0
                for member in members {
                    let image = bytes[member * size..<(member + 1) * size]
                    var channel = 0
                    for byte in image {
                        target[place] = T(values[channel * 256 + Int(byte)])
                        place += 1
                        channel = channel + 1 == channels ? 0 : channel + 1
                    }
                }
            }
        }
    }
}

extension DataSet: CustomStringConvertible {
    /// The name, the shape and the size of each part.
    public var description: String {
        let sizes = Part.allCases.map { "\(count($0)) \($0.rawValue)" }.joined(separator: ", ")
        return "\(name): \(imageShape) images of \(classes) classes; \(sizes)"
    }
}

extension DataSet.Part: CustomStringConvertible {
    /// The name of the case.
    public var description: String { rawValue }
}
