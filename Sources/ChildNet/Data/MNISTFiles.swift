import Foundation

extension DataSet {
    /// MNIST, Fashion-MNIST, EMNIST's sets, or any other data set of gray images in the same four IDX files, gzipped or
    /// not.
    ///
    /// The files are named as MNIST's are, with or without something in front (`train-images-idx3-ubyte`,
    /// `emnist-letters-test-labels-idx1-ubyte.gz`). They are in the folder, or in one that is up to two down, as
    /// torchvision's `MNIST/raw`; of several sets in one folder, name one by what its files begin with:
    /// `emnist/emnist-letters`.
    ///
    /// The classes are the distinct labels of the training images, in order: where these are 1 to 26, class 0 is what
    /// the files call 1, and there are 26. A tenth of the training images, drawn with a fixed seed, is set aside for
    /// validation; the test images are those of the files. Pixels are standardized with the mean and deviation of the
    /// training images.
    ///
    ///     try DataSet.idx(in: "/usr/share/datasets/fashion-mnist")
    ///
    /// - Throws: ``DataFileError`` for a file that is missing, truncated, corrupt or of another kind; for labels of one
    ///   class only, and for a test image's label that no training image has; and where there are several data sets.
    public static func idx(in folder: String) throws -> DataSet {
        let search = DataSearch(formats: [.idx], expectation: DataFiles.expectation(of: .trainingImages))
        return try idx(search.files(at: URL(fileURLWithPath: folder).path))
    }

    static func idx(_ files: DataFiles) throws -> DataSet {
        let training = try LabeledImages(files, .trainingImages, .trainingLabels)
        let test = try LabeledImages(files, .testImages, .testLabels, like: training)
        let classes = try Classes(of: training.labels)
        var bytes = training.takePixels()
        bytes.reserveCapacity((training.count + test.count) * training.shape.count)
        bytes += test.takePixels()
        return standardized(
            name: files.name, source: files.address, bytes: bytes,
            labels: try classes.numbers(of: training.labels) + classes.numbers(of: test.labels), shape: training.shape,
            classes: classes.count, trainingCount: training.count)
    }
}

/// The images of a part of a data set, and their labels.
private struct LabeledImages {
    let images: IDX
    let labels: IDX
    let shape: ImageShape

    /// Both headers are held against each other before what they promise is read.
    init(
        _ files: DataFiles, _ imageRole: DataFileName.Role, _ labelRole: DataFileName.Role,
        like other: LabeledImages? = nil
    ) throws {
        images = try IDX(DataFile(path: files.path(imageRole)), of: .images)
        shape = ImageShape(height: images.shape[1], width: images.shape[2], channels: 1)
        if let expected = other?.shape, expected != shape {
            throw images.file.failure(at: 8, "expected images of \(expected) as in the training file, found \(shape)")
        }
        try images.checkSize()
        labels = try IDX(DataFile(path: files.path(labelRole)), of: .labels)
        guard images.shape[0] == labels.shape[0] else {
            throw labels.file.failure(
                at: 4, "expected \(images.shape[0]) labels, one for each image, found \(labels.shape[0])")
        }
        guard images.shape[0] >= 20 else {
            throw images.file.failure(at: 4, "expected at least 20 images, found \(images.shape[0])")
        }
        try images.readElements()
        try labels.checkSize()
        try labels.readElements()
    }

    var count: Int { images.shape[0] }

    /// The images one after the other; they can be had once.
    func takePixels() -> [UInt8] { images.file.takeBytes(from: images.start) }
}

/// What the labels of a file stand for: the distinct ones of the training images are numbered in order.
private struct Classes {
    /// The labels of the files, by class.
    private let labels: [Int]
    private let numbers: [Int: UInt8]

    var count: Int { labels.count }

    init(of training: IDX) throws {
        labels = Set(training.labels()).sorted()
        guard labels.count > 1 else {
            throw training.file.failure(
                at: training.start, "expected labels of at least two classes, found only \(labels[0])")
        }
        guard labels.count <= 256 else {
            throw training.file.failure(
                at: training.start, "expected labels of at most 256 classes, found \(labels.count)")
        }
        numbers = Dictionary(uniqueKeysWithValues: labels.enumerated().map { ($1, UInt8($0)) })
    }

    func numbers(of file: IDX) throws -> [UInt8] {
        try file.labels().enumerated().map { index, label in
            guard let number = numbers[label] else {
                throw file.file.failure(
                    at: file.place(ofLabel: index),
                    "expected one of the \(count) labels that training images have, \(labels[0]) to "
                        + "\(labels.last!), found \(label)")
            }
            return number
        }
    }
}
