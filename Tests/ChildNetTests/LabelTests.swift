import Foundation
import TestSupport
import Testing

@testable import ChildNet

/// What becomes of the labels in the files: the classes of a data set.
@Suite struct LabelTests {
    let folder = TemporaryFolder()

    @Test func classesAreTheLabelsOfTheTrainingImagesInOrder() throws {
        try folder.writeMNIST(images: 52, testImages: 26) { 1 + $0 % 26 }
        let letters = try DataSet.idx(in: folder.path)
        #expect(letters.classes == 26)
        #expect(letters.labels(.test) == Array(0..<26))
        // Labels with gaps, too, and as large as a byte can be.
        try folder.writeMNIST { [255, 3, 40][$0 % 3] }
        let sparse = try DataSet.idx(in: folder.path)
        #expect(sparse.classes == 3)
        #expect(sparse.labels(.test).prefix(4) == [2, 0, 1, 2])
        try folder.writeMNIST(images: 512) { $0 % 256 }
        #expect(try DataSet.idx(in: folder.path).classes == 256)
    }

    @Test func aLabelThatOnlyTestImagesHaveIsNamedWithItsPlace() throws {
        try folder.writeMNIST { 1 + $0 % 5 }
        try folder.write("t10k-labels-idx1-ubyte", idx([20]) { $0 == 7 ? 9 : 1 + $0 % 5 })
        #expect(
            folder.problem()
                == "t10k-labels-idx1-ubyte: at byte 15: expected one of the 5 labels that training images have, 1 to 5, found 9"
        )
        // Training images may have labels that no test image has.
        try folder.write("t10k-labels-idx1-ubyte", idx([20]) { 1 + $0 % 2 })
        #expect(try DataSet.idx(in: folder.path).classes == 5)
    }

    @Test func oneClassIsNothingToLearn() throws {
        try folder.writeMNIST { _ in 7 }
        #expect(
            folder.problem()
                == "train-labels-idx1-ubyte: at byte 8: expected labels of at least two classes, found only 7")
        let batches = TemporaryFolder()
        try batches.write("data_batch_1.bin", cifarRecords(25) { _ in 3 })
        try batches.write("test_batch.bin", cifarRecords(25))
        #expect(
            batches.problem()
                == "DATA: expected images of at least two classes in data_batch….bin, found only the label 3")
    }

    /// QMNIST's labels are rows of eight 32-bit integers, of which the first is the digit.
    @Test func labelsCanBeTheFirstOfSomeIntegersInARow() throws {
        func table(_ count: Int, _ label: (Int) -> Int) -> [UInt8] {
            idxHeader(0x0C, [count, 8])
                + (0..<count).flatMap { n in ([label(n)] + (1...7).map { $0 * 1000 }).flatMap(highestByteFirst) }
        }
        try folder.writeMNIST("qmnist-", test: "test")
        for name in ["train", "test"] {
            try folder.remove("qmnist-\(name)-labels-idx1-ubyte")
            try folder.write("qmnist-\(name)-labels-idx2-int", table(name == "train" ? 40 : 20) { $0 % 10 })
        }
        let data = try DataSet.named(folder.path)
        #expect("\(data)" == "qmnist: 5×4×1 images of 10 classes; 36 training, 4 validation, 20 test")
        #expect(data.labels(.test) == (0..<20).map { $0 % 10 })
        // Integers can be negative, and can be more than there can be classes.
        try folder.write("qmnist-test-labels-idx2-int", table(20) { $0 == 2 ? -1 : $0 % 10 })
        #expect(
            folder.problem()
                == "qmnist-test-labels-idx2-int: at byte 76: expected one of the 10 labels that training images have, 0 to 9, "
                + "found -1")
        try folder.write("qmnist-train-images-idx3-ubyte", idx([300, 5, 4]) { $0 % 251 })
        try folder.write("qmnist-train-labels-idx2-int", table(300) { $0 })
        #expect(
            folder.problem()
                == "qmnist-train-labels-idx2-int: at byte 12: expected labels of at most 256 classes, found 300")
        try folder.write("qmnist-train-labels-idx2-int", idxHeader(0x0C, [300, 0]))
        #expect(
            folder.problem()
                == "qmnist-train-labels-idx2-int: at byte 8: expected 1 to 4096 numbers for each label, found 0")
        try folder.write("qmnist-train-labels-idx2-int", Array(idxHeader(0x0C, [300, 8]).prefix(9)))
        #expect(
            folder.problem()
                == "qmnist-train-labels-idx2-int: at byte 9: expected an IDX header of 12 bytes; the file ends here")
    }

    @Test func aSearchOnLettersTrainsForAllOfThem() throws {
        try folder.writeMNIST("emnist-letters-", test: "test", images: 104, testImages: 26) { 1 + $0 % 26 }
        let letters = try DataSet.named(folder.path)
        let network = Network<Float>([.dense(units: 8)], input: letters.imageShape, classes: letters.classes, seed: 1)
        let trained = train(network, on: letters, settings: TrainingSettings(epochs: 1), seed: 1)
        #expect(predictions(of: trained.network, on: letters, .test).allSatisfy { 0..<26 ~= $0 })
    }

    @Test(arguments: [
        ("\n", ""), ("\r\n", ""), ("\r", ""), ("\n", "\u{FEFF}"), ("\r\n", "\u{FEFF}"), ("\r", "\u{FEFF}"),
    ])
    func linesOfDigitsEndAsAnyEditorEndsThem(end: String, mark: String) throws {
        let lines = (0..<700).map { n in
            ((0..<64).map { String(($0 * 7 + n) % 17) } + [String(n % 10)]).joined(separator: ",")
        }
        let expected = try parseDigits(Array(lines.joined(separator: "\n").utf8) + [0x0A])
        let mixed = lines.enumerated().map { $1 + ($0 % 3 == 0 ? "\n" : end) }.joined()
        for text in [lines.joined(separator: end), lines.joined(separator: end) + end, mixed, mixed + end + end] {
            let found = try parseDigits(Array((mark + text).utf8))
            #expect("\(found)" == "\(expected)" && found.labels(.test) == expected.labels(.test))
            let all = 0..<100
            #expect(found.batch(.training, all, of: Float.self).images == expected.batch(.training, all).images)
        }
        // A line is counted as an editor counts it, empty ones too.
        let wrong = Array((mark + lines[0] + end + end + lines[1] + end + "1,2,,3" + end).utf8)
        let error = #expect(throws: CorruptData.self) { try parseDigits(wrong) }
        #expect(error?.description == "line 4: expected 64 pixels of 0 to 16 and a digit")
        // No field may be missing.
        let gap = Array((mark + "," + lines[0]).utf8)
        #expect(throws: CorruptData.self) { try parseDigits(gap) }
    }
}
