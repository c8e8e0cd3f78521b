import Autodiff
import Foundation
import TextDisplay

extension DataSet {
    /// Where Debian's package dataset-fashion-mnist puts its files.
    private static let fashionFolder = "/usr/share/datasets/fashion-mnist"

    /// The data set of a name (`digits`, `fashion-mnist`), or the one in a folder: four IDX files as MNIST's, or
    /// CIFAR-10's batches.
    ///
    /// The files may also be one or two folders down, as torchvision's `MNIST/raw`. Of several data sets, name one: by
    /// the folder that its files are in; where they share it, by that and what its files begin with
    /// (`emnist/emnist-letters`) or one of the files. ``DataSet/idx(in:)`` and ``DataSet/cifar10(in:)`` say what is
    /// read.
    ///
    ///     try DataSet.named("/data/cifar-10-batches-bin")
    ///
    /// - Throws: ``DataFileError``, or ``InvalidArgument`` for a name that is neither.
    public static func named(_ name: String) throws -> DataSet {
        if name == digits.name { return digits }
        if name.isEmpty { throw InvalidArgument("a data set has a name: digits, fashion-mnist, or a folder") }
        // A run that is resumed from another folder finds its data again.
        let isFashion = name == "fashion-mnist" && PathKind(of: name) != .folder
        let path = isFashion ? fashionFolder : URL(fileURLWithPath: name).path
        let search = DataSearch(
            formats: [.idx, .cifar10],
            expectation:
                "expected MNIST's files, train-images-idx3-ubyte and so on, or CIFAR-10's, data_batch_1.bin and so on")
        switch PathKind(of: path) {
        case .folder, .unreachable: break
        case .file, .other, .nothing:
            if isFashion {
                throw InvalidArgument(
                    "Fashion-MNIST is not in \(fashionFolder): install Debian's dataset-fashion-mnist, or name the "
                        + "folder that has its files")
            }
            let neighbors = try search.neighbors(of: path)
            if neighbors.contains(where: { $0.isCalled((path as NSString).lastPathComponent) }) { break }
            let prefixes = neighbors.map(\.prefix).filter { !$0.isEmpty }.prefix(8)
            throw InvalidArgument(
                "'\(name)' is no data set: there are digits, fashion-mnist, or a folder of MNIST's or CIFAR-10's files"
                    + (prefixes.isEmpty ? "" : "; beside it there are \(prefixes.joined(separator: ", "))"))
        }
        let files = try search.files(at: path)
        return files.format == .idx ? try idx(files) : try cifar10(files)
    }

    /// Images whose pixels have the mean 0 and the deviation 1 in each channel over the training images: these come
    /// first, and a tenth of them is set aside for validation; the rest are for the test.
    static func standardized(
        name: String, source: String, bytes: [UInt8], labels: [UInt8], shape: ImageShape, classes: Int,
        trainingCount: Int
    ) -> DataSet {
        var generator = RandomGenerator(seed: 0)
        let order = generator.permutation(trainingCount)
        let validationCount = trainingCount / 10
        // The mean and the deviation of each channel, from counts of its bytes.
        let deviations = (0..<shape.channels).map { channel -> (mean: Double, deviation: Double) in
            var histogram = [Int](repeating: 0, count: 256)
            bytes.withUnsafeBufferPointer { bytes in
                for place in stride(from: channel, to: trainingCount * shape.count, by: shape.channels) {
                    histogram[Int(bytes[place])] += 1
                }
            }
            let count = Double(trainingCount * shape.height * shape.width)
            let mean = histogram.enumerated().reduce(0) { $0 + Double($1.offset * $1.element) } / count
            let variance = histogram.enumerated().reduce(0) {
                $0 + (Double($1.offset) - mean) * (Double($1.offset) - mean) * Double($1.element)
            }
            return (mean, max((variance / count).squareRoot(), 1))
        }
        return DataSet(
            name: name, source: source, bytes: bytes, labels: labels, imageShape: shape, classes: classes,
            parts: [
                .training: Array(order.dropFirst(validationCount)), .validation: Array(order.prefix(validationCount)),
                .test: Array(trainingCount..<labels.count),
            ]
        ) { byte, channel in Float((Double(byte) - deviations[channel].mean) / deviations[channel].deviation) }
    }
}
