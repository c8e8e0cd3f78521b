/// What the name of a file says of its place in a data set.
struct DataFileName {
    enum Format: Hashable {
        case idx, cifar10
    }

    /// What a file of a data set holds.
    enum Role: String {
        case trainingImages = "train-images"
        case trainingLabels = "train-labels"
        case testImages = "t10k-images"
        case testLabels = "t10k-labels"
        case trainingBatch = "data_batch"
        case testBatch = "test_batch"
    }

    let format: Format
    /// What stands in front, as `emnist-letters`; empty where nothing does.
    let prefix: String
    let role: Role
    /// The name without what says that it is packed.
    let stem: String
    /// Of several files for one role, that of the lowest rank is read.
    let rank: Int

    /// A name as the official files have had them over the years: `train-images-idx3-ubyte`, `train-images.idx3-ubyte`,
    /// `emnist-letters-test-labels-idx1-ubyte.gz`, `qmnist-train-labels-idx2-int`; `data_batch_1.bin`,
    /// `test_batch.bin.gz`.
    ///
    /// Nil for any other name.
    init?(_ name: String) {
        let isPacked = name.lowercased().hasSuffix(".gz")
        stem = isPacked ? String(name.dropLast(3)) : name
        let lowercased = stem.lowercased()
        if lowercased.hasSuffix(".bin"), let role = Self.batch(lowercased) {
            (format, prefix, self.role, rank) = (.cifar10, "", role, isPacked ? 1 : 0)
            return
        }
        let words = stem.split { "-._".contains($0) }
        guard words.count >= 4 else { return nil }
        let last = words.suffix(4).map { $0.lowercased() }
        guard last[2].count == 4, last[2].hasPrefix("idx"), last[2].last!.isNumber, last[3].allSatisfy(\.isLetter)
        else {
            return nil
        }
        switch (last[0], last[1]) {
        case ("train", "images"): role = .trainingImages
        case ("train", "labels"): role = .trainingLabels
        case ("t10k", "images"), ("test", "images"): role = .testImages
        case ("t10k", "labels"), ("test", "labels"): role = .testLabels
        default: return nil
        }
        format = .idx
        prefix = String(stem[..<words[words.count - 4].startIndex].dropLast())
        let separator = stem[words[words.count - 3].endIndex]
        let kind = last[2] + "-" + last[3]
        rank =
            (isPacked ? 1 : 0) + 2 * ["-", ".", "_"].firstIndex(of: separator)! + (last[0] == "test" ? 8 : 0)
            + (kind == (last[1] == "images" ? "idx3-ubyte" : "idx1-ubyte") ? 0 : 16)
    }

    /// The role of one of CIFAR-10's batches, whatever its version.
    static func batch(_ name: String) -> Role? {
        [Role.trainingBatch, .testBatch].first { name.lowercased().hasPrefix($0.rawValue) }
    }
}
