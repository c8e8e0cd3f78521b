import Autodiff
import Foundation

extension DataSet {
    /// MNIST, Fashion-MNIST, or any other data set of grey images in the same four IDX files, gzipped or not.
    ///
    /// A tenth of the training images, drawn with a fixed seed, is set aside for validation; the test images are those of the
    /// files. Pixels are standardised with the mean and deviation of the training images.
    ///
    ///     try DataSet.idx(in: "/usr/share/datasets/fashion-mnist")
    ///
    /// - Throws: ``DataFileError`` for a file that is missing, truncated, corrupt or of another kind.
    public static func idx(in folder: String) throws -> DataSet {
        var shape: ImageShape?
        var bytes: [UInt8] = [], labels: [UInt8] = []
        var counts: [Int] = []
        for part in ["train", "t10k"] {
            let images = try IDX(
                DataFile(path: path(of: part + "-images", "idx3-ubyte", in: folder)), axes: 3, of: "images")
            let classes = try IDX(
                DataFile(path: path(of: part + "-labels", "idx1-ubyte", in: folder)), axes: 1, of: "labels")
            let found = ImageShape(height: images.shape[1], width: images.shape[2], channels: 1)
            guard shape ?? found == found else {
                throw images.file.failure(at: 8, "expected images of \(shape!) as in the training file, found \(found)")
            }
            shape = found
            guard images.shape[0] == classes.shape[0] else {
                throw classes.file.failure(
                    at: 4, "expected \(images.shape[0]) labels, one for each image, found \(classes.shape[0])")
            }
            guard images.shape[0] >= 20 else {
                throw images.file.failure(at: 4, "expected at least 20 images, found \(images.shape[0])")
            }
            if let wrong = classes.file.bytes[classes.start...].firstIndex(where: { $0 > 9 }) {
                throw classes.file.failure(
                    at: wrong, "expected a label of 0 to 9, found \(classes.file.bytes[wrong])")
            }
            bytes += images.file.bytes[images.start...]
            labels += classes.file.bytes[classes.start...]
            counts.append(images.shape[0])
        }
        return split(
            name: (folder as NSString).lastPathComponent, folder: folder, bytes: bytes, labels: labels, shape: shape!,
            trainingCount: counts[0])
    }

    /// CIFAR-10 from its binary batches: `data_batch_*.bin` for training and validation, `test_batch*.bin` for the test.
    ///
    /// A record is a label and 32×32 pixels, first all red, then all green, then all blue (Krizhevsky 2009). A tenth of the training
    /// images is set aside for validation; each channel is standardised with the training images' mean and deviation.
    ///
    /// - Throws: ``DataFileError`` for a file that is missing, truncated or mislabelled.
    public static func cifar10(in folder: String) throws -> DataSet {
        let shape = ImageShape(height: 32, width: 32, channels: 3)
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
        var bytes: [UInt8] = [], labels: [UInt8] = []
        var counts: [Int] = []
        for prefix in ["data_batch", "test_batch"] {
            let files = names.filter { $0.hasPrefix(prefix) && $0.hasSuffix(".bin") }
            guard !files.isEmpty else {
                throw DataFileError(file: folder, offset: nil, problem: "expected CIFAR-10's \(prefix)….bin here")
            }
            let before = labels.count
            for name in files {
                let file = try DataFile(path: folder + "/" + name)
                let records = file.bytes.count / 3073
                guard records > 0, file.bytes.count == records * 3073 else {
                    throw file.failure(
                        at: records * 3073,
                        "expected records of 3073 bytes, a label and 32×32×3 pixels; found \(file.bytes.count - records * 3073) "
                            + "bytes behind the last whole one")
                }
                for record in 0..<records {
                    let label = file.bytes[record * 3073]
                    guard label < 10 else {
                        throw file.failure(at: record * 3073, "expected a label of 0 to 9, found \(label)")
                    }
                    labels.append(label)
                }
                bytes += interleaved(file.bytes, records: records)
            }
            counts.append(labels.count - before)
            guard counts.last! >= 20 else {
                throw DataFileError(file: folder, offset: nil, problem: "expected at least 20 images in \(prefix)….bin")
            }
        }
        return split(
            name: "cifar10", folder: folder, bytes: bytes, labels: labels, shape: shape, trainingCount: counts[0])
    }

    /// Planes of colours as pixels of three channels.
    private static func interleaved(_ file: [UInt8], records: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: records * 3072) { target, count in
            file.withUnsafeBufferPointer { file in
                for record in 0..<records {
                    for channel in 0..<3 {
                        let plane = record * 3073 + 1 + channel * 1024
                        for pixel in 0..<1024 { target[record * 3072 + pixel * 3 + channel] = file[plane + pixel] }
                    }
                }
            }
            count = records * 3072
        }
    }

    /// The file of that name, with the separators and the compression that the official files have had over the years.
    private static func path(of stem: String, _ kind: String, in folder: String) throws -> String {
        let names = [stem + "-" + kind, stem + "." + kind].flatMap { [$0, $0 + ".gz"] }
        guard let found = names.first(where: { FileManager.default.fileExists(atPath: folder + "/" + $0) }) else {
            throw DataFileError(
                file: folder, offset: nil, problem: "expected the file \(names[0]), or \(names[1]), here")
        }
        return folder + "/" + found
    }

    /// The first images are for training and validation, the rest for the test.
    private static func split(
        name: String, folder: String, bytes: [UInt8], labels: [UInt8], shape: ImageShape, trainingCount: Int
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
            name: name, source: folder, bytes: bytes, labels: labels, imageShape: shape, classes: 10,
            parts: [
                .training: Array(order.dropFirst(validationCount)), .validation: Array(order.prefix(validationCount)),
                .test: Array(trainingCount..<labels.count),
            ]
        ) { byte, channel in Float((Double(byte) - deviations[channel].mean) / deviations[channel].deviation) }
    }
}

extension DataSet {
    /// Where Debian's package dataset-fashion-mnist puts its files.
    private static let fashionFolder = "/usr/share/datasets/fashion-mnist"

    /// The data set of a name (`digits`, `fashion-mnist`), or the one in a folder: MNIST's four files, or CIFAR-10's batches.
    ///
    /// - Throws: ``DataFileError``, or ``InvalidArgument`` for a name that is neither.
    public static func named(_ name: String) throws -> DataSet {
        if name == digits.name { return digits }
        if name.isEmpty { throw InvalidArgument("a data set has a name: digits, fashion-mnist, or a folder") }
        // A run that is resumed from another folder finds its data again.
        let folder = name == "fashion-mnist" && !isFolder(name) ? fashionFolder : URL(fileURLWithPath: name).path
        guard isFolder(folder) else {
            if name == "fashion-mnist" {
                throw InvalidArgument(
                    "Fashion-MNIST is not in \(fashionFolder): install Debian's dataset-fashion-mnist, or name the folder that "
                        + "has its files")
            }
            throw InvalidArgument(
                "'\(name)' is no data set: there are digits, fashion-mnist, or a folder of MNIST's or CIFAR-10's files")
        }
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        if files.contains(where: { isBatch($0) && $0.hasSuffix(".bin") }) { return try cifar10(in: folder) }
        if files.contains(where: { $0.contains("idx3-ubyte") || $0.contains("idx1-ubyte") }) {
            return try idx(in: folder)
        }
        if files.contains(where: isBatch) {
            throw DataFileError(
                file: folder, offset: nil,
                problem:
                    "expected CIFAR-10's binary version, data_batch_1.bin and so on; these batches are of another one")
        }
        throw DataFileError(
            file: folder, offset: nil,
            problem:
                "expected MNIST's files, train-images-idx3-ubyte and so on, or CIFAR-10's, data_batch_1.bin and so on")
    }

    /// Whether a file has the name of one of CIFAR-10's batches, whatever its version.
    private static func isBatch(_ name: String) -> Bool { name.hasPrefix("data_batch") || name.hasPrefix("test_batch") }

    private static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }
}
