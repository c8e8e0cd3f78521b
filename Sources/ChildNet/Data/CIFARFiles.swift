import Foundation

extension DataSet {
    /// CIFAR-10 from its binary batches: `data_batch_*.bin` for training and validation, `test_batch*.bin` for the
    /// test, gzipped or not, in the folder or in one that is up to two down, as `cifar-10-batches-bin`.
    ///
    /// A record is a label of 0 to 9 and 32×32 pixels, first all red, then all green, then all blue (Krizhevsky 2009);
    /// there are ten classes, whether or not all of them occur. A tenth of the training images is set aside for
    /// validation; each channel is standardized with the training images' mean and deviation.
    ///
    ///     try DataSet.cifar10(in: "/data/cifar-10-batches-bin")
    ///
    /// - Throws: ``DataFileError`` for a file that is missing, truncated, mislabeled or longer than any batch; for
    ///   images of one class only; and where there are several data sets.
    public static func cifar10(in folder: String) throws -> DataSet {
        let search = DataSearch(formats: [.cifar10], expectation: DataFiles.expectation(of: .trainingBatch))
        return try cifar10(search.files(at: URL(fileURLWithPath: folder).path))
    }

    static func cifar10(_ files: DataFiles) throws -> DataSet {
        var bytes: [UInt8] = [], labels: [UInt8] = []
        var counts: [Int] = []
        for role in [DataFileName.Role.trainingBatch, .testBatch] {
            let before = labels.count
            for path in try files.paths(role) {
                let file = try DataFile(path: path)
                let records = try CIFARRecord.count(in: file)
                labels += try CIFARRecord.labels(file, records)
                guard bytes.count + records * 3072 <= DataFile.sizeLimit else {
                    throw DataFileError(
                        file: files.folder, offset: nil,
                        problem: "expected at most \(DataFile.sizeLimit) bytes in all batches")
                }
                bytes += CIFARRecord.pixels(file, records)
            }
            counts.append(labels.count - before)
            guard counts.last! >= 20 else {
                throw DataFileError(
                    file: files.folder, offset: nil, problem: "expected at least 20 images in \(role.rawValue)….bin")
            }
        }
        if Set(labels[..<counts[0]]).count == 1 {
            throw DataFileError(
                file: files.folder, offset: nil,
                problem: "expected images of at least two classes in data_batch….bin, found only the label \(labels[0])"
            )
        }
        return standardized(
            name: files.name, source: files.address, bytes: bytes, labels: labels,
            shape: ImageShape(height: 32, width: 32, channels: 3), classes: 10, trainingCount: counts[0])
    }
}

/// A label, then 1024 red, 1024 green and 1024 blue bytes.
private enum CIFARRecord {
    private static let size = 3073
    /// The official batches have 10,000 records. No header says how many there are, so a packed batch could unpack to
    /// any number.
    private static let limit = 100_000
    private static let expectation = "expected records of 3073 bytes, a label and 32×32×3 pixels; found "

    /// Reads a batch: how many records it has.
    static func count(in file: DataFile) throws -> Int {
        guard try file.readAll(atMost: limit * size) else {
            throw file.failure(
                at: limit * size,
                "expected at most \(limit) records of \(size) bytes, a label and 32×32×3 pixels; found more")
        }
        let records = file.bytes.count / size, rest = file.bytes.count - records * size
        guard records > 0, rest == 0 else {
            if let contents = file.recognized() { throw file.failure(at: 0, expectation + contents) }
            throw file.failure(at: records * size, expectation + "\(rest) bytes behind the last whole one")
        }
        return records
    }

    static func labels(_ file: DataFile, _ records: Int) throws -> [UInt8] {
        try (0..<records).map { record in
            let label = file.bytes[record * size]
            if label < 10 { return label }
            // Of what is no batch at all, hardly any length is a multiple of a record's.
            if record == 0, let contents = file.recognized() { throw file.failure(at: 0, expectation + contents) }
            throw file.failure(at: record * size, "expected a label of 0 to 9, found \(label)")
        }
    }

    /// Planes of colors as pixels of three channels.
    static func pixels(_ file: DataFile, _ records: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: records * 3072) { target, count in
            file.bytes.withUnsafeBufferPointer { file in
                for record in 0..<records {
                    for channel in 0..<3 {
                        let plane = record * size + 1 + channel * 1024
                        for pixel in 0..<1024 { target[record * 3072 + pixel * 3 + channel] = file[plane + pixel] }
                    }
                }
            }
            count = records * 3072
        }
    }
}
