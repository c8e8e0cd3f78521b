import Autodiff
import Foundation
import TestSupport
import Testing
import TextDisplay

@testable import ChildNet

/// The loaders, on files written here and on real ones where they are present.
@Suite struct DataFilesTests {
    private let files = TemporaryFolder()
    private var folder: String { files.path }

    private func write(_ name: String, _ bytes: [UInt8]) throws { try files.write(name, bytes) }

    /// An IDX file of the given shape whose elements are 0, 1, 2, … below `limit`.
    private func idx(_ shape: [Int], below limit: Int) -> [UInt8] { ChildNetTests.idx(shape) { $0 % limit } }

    private func writeMNIST() throws { try files.writeMNIST() }

    private func problem() -> String? {
        #expect(throws: DataFileError.self) { try DataSet.idx(in: folder) }?.description
            .replacing(folder + "/", with: "")
    }

    @Test func readsIDXFiles() throws {
        try writeMNIST()
        let data = try DataSet.idx(in: folder)
        #expect(data.imageShape == ImageShape(height: 5, width: 4, channels: 1))
        #expect(data.count(.training) == 36 && data.count(.validation) == 4 && data.count(.test) == 20)
        #expect(data.labels(.test) == (0..<20).map { $0 % 10 })
        #expect(Set(data.members(.training) + data.members(.validation)) == Set(0..<40))
        // Standardized: over the images for training and validation together, mean 0 and deviation 1.
        let training = data.batch(.training, 0..<36, of: Double.self).images.elements
        let validation = data.batch(.validation, 0..<4, of: Double.self).images.elements
        let all = training + validation
        #expect(abs(mean(all) { $0 }) < 1e-6 && abs(mean(all) { $0 * $0 } - 1) < 1e-5)
        // The pixels come in order: the first test image is 0, 1, …, 19.
        let first = data.batch(.test, 0..<1, of: Double.self).images.elements
        #expect(zip(first, first.dropFirst()).allSatisfy { $0 < $1 })
    }

    @Test func gzippedFilesAreTheSame() throws {
        try writeMNIST()
        let plain = try DataSet.idx(in: folder).batch(.test, 0..<20, of: Float.self)
        try gzip("-r", folder)
        #expect(FileManager.default.fileExists(atPath: folder + "/t10k-images-idx3-ubyte.gz"))
        let packed = try DataSet.idx(in: folder).batch(.test, 0..<20, of: Float.self)
        #expect(packed.images == plain.images && packed.labels == plain.labels)
        // A truncated archive names itself.
        let path = folder + "/t10k-images-idx3-ubyte.gz"
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        try write("t10k-images-idx3-ubyte.gz", Array(bytes.prefix(bytes.count / 2)))
        #expect(problem()?.hasPrefix("t10k-images-idx3-ubyte.gz: gzip data ends too early, at byte ") == true)
        // Two archives in a row are one; anything else behind the end is not, and a wrong checksum is noticed.
        #expect(try gunzip(bytes + bytes) == gunzip(bytes) + gunzip(bytes))
        try write("t10k-images-idx3-ubyte.gz", bytes + [1, 2, 3])
        #expect(
            problem()
                == "t10k-images-idx3-ubyte.gz: 3 bytes behind the end of the gzip data, from byte \(bytes.count) on")
        var damaged = bytes
        damaged[bytes.count - 8] ^= 1
        try write("t10k-images-idx3-ubyte.gz", damaged)
        #expect(problem()?.hasPrefix("t10k-images-idx3-ubyte.gz: corrupt gzip data at byte ") == true)
        #expect(problem()?.hasSuffix("(incorrect data check)") == true)
    }

    @Test func foldersOfOtherThingsAreNamed() throws {
        func reason() throws -> String? {
            do {
                _ = try DataSet.named(folder)
                return nil
            } catch let error as DataFileError {
                return error.problem
            }
        }
        try write("notes.bin", [1])
        #expect(
            try reason()
                == "expected MNIST's files, train-images-idx3-ubyte and so on, or CIFAR-10's, data_batch_1.bin and so on"
        )
        try write("data_batch_1", [1])
        #expect(
            try reason()
                == "expected CIFAR-10's binary version, data_batch_1.bin and so on; these batches are of another one")
        try FileManager.default.createDirectory(atPath: folder + "/data_batch_1.bin", withIntermediateDirectories: true)
        #expect(try reason() == "expected a file, found a folder")
        #expect(throws: InvalidArgument("a data set has a name: digits, fashion-mnist, or a folder")) {
            try DataSet.named("")
        }
    }

    @Test func whatIsWrongIsNamedWithItsPlace() throws {
        #expect(
            problem()?.hasSuffix("expected the file train-images-idx3-ubyte, or train-images-idx3-ubyte.gz, here")
                == true)
        try writeMNIST()
        try write("train-images-idx3-ubyte", Array(idx([40, 5, 4], below: 251).dropLast(7)))
        #expect(
            problem()
                == "train-images-idx3-ubyte: at byte 809: expected 800 bytes of images behind the header (40×5×4), found 793"
        )
        try write("train-images-idx3-ubyte", idx([40, 5, 4], below: 251) + [1])
        #expect(
            problem()
                == "train-images-idx3-ubyte: at byte 816: expected 800 bytes of images behind the header (40×5×4), found 801"
        )
        try write("train-images-idx3-ubyte", [0x89, 0x50, 0x4E, 0x47] + [UInt8](repeating: 0, count: 100))
        #expect(
            problem()
                == "train-images-idx3-ubyte: at byte 0: expected the magic number 00000803 of an IDX file of images, found 89504e47"
        )
        try write("train-images-idx3-ubyte", [0, 0, 8])
        #expect(
            problem()
                == "train-images-idx3-ubyte: at byte 3: expected an IDX header of 16 bytes; the file ends here")
        try write("train-images-idx3-ubyte", idx([40, 0, 4], below: 251))
        #expect(
            problem() == "train-images-idx3-ubyte: at byte 8: expected a height or width of 1 to 4096, found 0")
    }

    @Test func imagesAndLabelsMustBelongTogether() throws {
        try writeMNIST()
        try write("train-labels-idx1-ubyte", idx([39], below: 10))
        #expect(
            problem() == "train-labels-idx1-ubyte: at byte 4: expected 40 labels, one for each image, found 39")
        try writeMNIST()
        try write("t10k-images-idx3-ubyte", idx([20, 4, 4], below: 251))
        #expect(
            problem()
                == "t10k-images-idx3-ubyte: at byte 8: expected images of 5×4×1 as in the training file, found 4×4×1")
    }

    /// A header that promises more than a file can hold is no reason to reserve it.
    @Test func largeNumbersInAHeaderAreHarmless() throws {
        try writeMNIST()
        try write("train-images-idx3-ubyte", [0, 0, 8, 3, 255, 255, 255, 255, 0, 0, 16, 0, 0, 0, 16, 0])
        #expect(problem()?.hasPrefix("train-images-idx3-ubyte: at byte 16: expected ") == true)
        try write("train-images-idx3-ubyte", [0, 0, 8, 3, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255])
        #expect(problem()?.contains("found 4294967295") == true)
    }

    @Test func readsCIFARBatches() throws {
        let records = cifarRecords(25)
        try write("data_batch_1.bin", records)
        try write("test_batch.bin", records)
        let data = try DataSet.cifar10(in: folder)
        #expect(data.imageShape == ImageShape(height: 32, width: 32, channels: 3))
        #expect(data.count(.training) == 23 && data.count(.validation) == 2 && data.count(.test) == 25)
        #expect(data.labels(.test) == (0..<25).map { $0 % 10 })
        let images = data.batch(.test, 0..<25, of: Float.self).images.elements
        // Red rises from image to image; green and blue are constant, and 0 once standardized.
        #expect(images[24 * 3072] > images[0] && images[1] == 0 && images[2] == 0)
        try write("data_batch_2.bin", Array(records.prefix(3073 * 3 + 10)))
        let truncated = #expect(throws: DataFileError.self) { try DataSet.cifar10(in: folder) }
        #expect(truncated?.offset == 3 * 3073 && truncated?.problem.contains("found 10 bytes") == true)
        try write("data_batch_2.bin", [10] + [UInt8](repeating: 0, count: 3072))
        let mislabeled = #expect(throws: DataFileError.self) { try DataSet.cifar10(in: folder) }
        #expect(mislabeled?.description.hasSuffix("at byte 0: expected a label of 0 to 9, found 10") == true)
    }

    @Test func unknownNamesAreRefused() {
        #expect(throws: InvalidArgument.self) { try DataSet.named("digit") }
        #expect(throws: DataFileError.self) { try DataSet.named(folder) }
    }

    private static let cifar = Repository.path("../shared/data/cifar10-subset")
    private static let fashion = "/usr/share/datasets/fashion-mnist"

    @Test(.enabled(if: FileManager.default.fileExists(atPath: cifar), "there are no CIFAR-10 records here"))
    func readsRealCIFARRecords() throws {
        let data = try DataSet.named(Self.cifar)
        #expect("\(data)" == "cifar10: 32×32×3 images of 10 classes; 3600 training, 400 validation, 1000 test")
        #expect(Set(data.labels(.test)) == Set(0..<10))
        let network = Network<Float>(
            [.convolution(height: 3, width: 3, filters: 8), .maxPooling, .maxPooling], input: data.imageShape,
            classes: 10,
            seed: 1)
        let trained = train(network, on: data, settings: TrainingSettings(epochs: 2), seed: 1)
        // Guessing is right in a tenth of the cases.
        #expect(accuracy(of: trained.network, on: data, .test) > 0.25)
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: fashion), "Fashion-MNIST is not installed here"))
    func readsFashionMNIST() throws {
        let data = try DataSet.named("fashion-mnist")
        #expect("\(data)" == "fashion-mnist: 28×28×1 images of 10 classes; 54000 training, 6000 validation, 10000 test")
        #expect((0..<10).allSatisfy { label in data.labels(.test).count { $0 == label } == 1000 })
    }
}
