import Autodiff

/// Labelled images in three parts: for training, for validation (what a search may look at), and for the one test at the
/// end.
///
/// The pixels are held once and shared by every child that trains on them.
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
    /// The shape of every image.
    public let imageShape: ImageShape
    /// The number of classes; labels are 0 ..< classes.
    public let classes: Int
    private let pixels: Pixels
    private let labels: [Int]
    private let parts: [Part: [Int]]

    /// All pixels of all images, one after the other.
    private final class Pixels: Sendable {
        let values: [Float]
        init(_ values: [Float]) { self.values = values }
    }

    /// A data set whose parts are drawn at random, with a fixed seed, from all images.
    ///
    /// - Parameters:
    ///   - pixels: the images one after the other, in NHWC order.
    ///   - labels: the class of each image.
    ///   - validationCount: how many images are set aside for validation.
    ///   - testCount: how many are set aside for the test.
    ///   - seed: of the permutation that decides which.
    public init(
        name: String, pixels: [Float], labels: [Int], imageShape: ImageShape, classes: Int, validationCount: Int,
        testCount: Int, seed: Int
    ) {
        precondition(
            pixels.count == labels.count * imageShape.count, "as many pixels as the labels and the shape ask for")
        precondition(labels.allSatisfy { 0..<classes ~= $0 }, "labels are 0 ..< \(classes)")
        precondition(validationCount + testCount < labels.count, "some images are left for training")
        self.name = name
        self.imageShape = imageShape
        self.classes = classes
        self.pixels = Pixels(pixels)
        self.labels = labels
        var generator = RandomGenerator(seed: seed)
        let order = generator.permutation(labels.count)
        let trainingCount = labels.count - validationCount - testCount
        parts = [
            .training: Array(order.prefix(trainingCount)),
            .validation: Array(order.dropFirst(trainingCount).prefix(validationCount)),
            .test: Array(order.suffix(testCount)),
        ]
    }

    /// The number of images in a part.
    public func count(_ part: Part) -> Int { parts[part]!.count }

    /// Which of all images are in a part.
    func members(_ part: Part) -> [Int] { parts[part]! }

    /// The labels of a part, in order.
    public func labels(_ part: Part) -> [Int] { parts[part]!.map { labels[$0] } }

    /// Some images of a part with their labels; the indices are 0 ..< count(part).
    public func batch<T: Scalar>(
        _ part: Part, _ indices: some RandomAccessCollection<Int>, of type: T.Type = T.self
    ) -> (images: Tensor<T>, labels: [Int]) {
        let members = indices.map { parts[part]![$0] }
        let size = imageShape.count
        let images = Tensor<T>(
            shape: [members.count, imageShape.height, imageShape.width, imageShape.channels]
        ) { target in
            pixels.values.withUnsafeBufferPointer { source in
                for (n, member) in members.enumerated() {
                    for i in 0..<size { target[n * size + i] = T(source[member * size + i]) }
                }
            }
        }
        return (images, members.map { labels[$0] })
    }
}

extension DataSet: CustomStringConvertible {
    /// The name, the shape and the size of each part.
    public var description: String {
        let sizes = Part.allCases.map { "\(count($0)) \($0.rawValue)" }.joined(separator: ", ")
        return "\(name): \(imageShape) images of \(classes) classes; \(sizes)"
    }
}
