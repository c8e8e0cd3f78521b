import Foundation
import TestSupport
import Testing

@testable import ChildNet

/// What files hold, whatever they are called: gzip data, which is unpacked no further than it is asked for, and what is no
/// data set's.
@Suite struct PackedFilesTests {
    let folder = TemporaryFolder()

    @Test func gzipIsRecognizedByItsBytes() throws {
        try folder.writeMNIST()
        let packed = try gzipped(folder.bytes("train-images-idx3-ubyte"))
        // Packed without the name, and named so without being it.
        try folder.write("train-images-idx3-ubyte", packed)
        try folder.write("t10k-images-idx3-ubyte.gz", folder.bytes("t10k-images-idx3-ubyte"))
        try folder.remove("t10k-images-idx3-ubyte")
        #expect(try DataSet.named(folder.path).count(.training) == 36)
        try folder.write("train-images-idx3-ubyte", gzipped(packed))
        #expect(
            folder.problem()
                == "train-images-idx3-ubyte: at byte 0: expected the magic number 00000803 of an IDX file of images, found gzip "
                + "data within gzip data")
        let batches = TemporaryFolder()
        try batches.writeCIFAR()
        let records = try gzipped(batches.bytes("data_batch_1.bin"))
        // The same batch in two versions is one; another one, packed, is one more.
        try batches.write("data_batch_1.bin.gz", records)
        #expect(try DataSet.named(batches.path).count(.training) == 23)
        try batches.write("data_batch_2.bin.gz", records)
        try batches.write("data_batch_3.bin", records)
        #expect(try DataSet.named(batches.path).count(.training) == 68)
    }

    /// Zeros are packed a thousandfold. What is unpacked of them is what the header says, and one byte.
    @Test func noMoreIsUnpackedThanAHeaderSays() throws {
        try folder.writeMNIST()
        let header = idxHeader(8, [20, 28, 28]), size = 16 + 20 * 784
        let bomb = try gzipped(header + [UInt8](repeating: 0, count: 64 << 20))
        #expect(bomb.count < 100_000)
        // As one member, and as many.
        let zeros = try gzipped([UInt8](repeating: 0, count: 1 << 20))
        let members = try gzipped(header) + (0..<64).flatMap { _ in zeros }
        for packed in [bomb, members] {
            try folder.write("train-images-idx3-ubyte", packed)
            try folder.write("train-labels-idx1-ubyte", idx([20]) { $0 % 10 })
            #expect(
                folder.problem()
                    == "train-images-idx3-ubyte: at byte \(size): expected \(size - 16) bytes of images behind the header "
                    + "(20×28×28), found more")
            let file = try DataFile(path: folder.path + "/train-images-idx3-ubyte")
            let images = try IDX(file, of: .images)
            #expect(file.bytes.count == 16)
            #expect(throws: DataFileError.self) { try images.readElements() }
            #expect(file.bytes.count == size + 1)
            #expect(file.bytes.capacity < 4 * size)
        }
        // The same for labels.
        try folder.writeMNIST()
        try folder.write("train-labels-idx1-ubyte", gzipped(idx([40]) { $0 % 10 } + [3]))
        #expect(
            folder.problem()
                == "train-labels-idx1-ubyte: at byte 48: expected 40 bytes of labels behind the header (40), found more"
        )
        // Fewer than the header says are counted.
        try folder.write("train-labels-idx1-ubyte", gzipped(Array(idx([40]) { $0 % 10 }.dropLast())))
        #expect(
            folder.problem()
                == "train-labels-idx1-ubyte: at byte 47: expected 40 bytes of labels behind the header (40), found 39")
    }

    @Test func aPackedBatchIsUnpackedNoFurtherThanABatchCanBe() throws {
        let limit = 100_000 * 3073
        try folder.writeCIFAR()
        let zeros = try gzipped([UInt8](repeating: 0, count: 32 << 20))
        try folder.write("data_batch_1.bin", (0..<20).flatMap { _ in zeros })
        #expect(
            folder.problem()
                == "data_batch_1.bin: at byte \(limit): expected at most 100000 records of 3073 bytes, a label and 32×32×3 "
                + "pixels; found more")
        let file = try DataFile(path: folder.path + "/data_batch_1.bin")
        #expect(try !file.readAll(atMost: limit))
        #expect(file.bytes.count == limit + 1)
        // A file of holes is not read at all.
        try folder.write("data_batch_1.bin", [])
        #expect(truncate(folder.path + "/data_batch_1.bin", 1 << 40) == 0)
        #expect(folder.problem()?.hasSuffix("found more") == true)
    }

    @Test func whatAHeaderPromisesIsNotReserved() throws {
        try folder.writeMNIST()
        let header = idxHeader(8, [4_294_967_295, 28, 28])
        try folder.write("train-images-idx3-ubyte", gzipped(header + [UInt8](repeating: 0, count: 1 << 20)))
        #expect(
            folder.problem()
                == "train-images-idx3-ubyte: at byte 4: expected at most 2147483648 bytes, found a header "
                + "(4294967295×28×28) that promises 3367254359296")
        // Within what may be read, memory is taken for what comes.
        try folder.write("train-images-idx3-ubyte", gzipped(idxHeader(8, [2_000_000, 28, 28]) + [1, 2, 3]))
        let file = try DataFile(path: folder.path + "/train-images-idx3-ubyte")
        let images = try IDX(file, of: .images)
        try images.checkSize()
        let error = #expect(throws: DataFileError.self) { try images.readElements() }
        #expect(error?.problem.hasSuffix("(2000000×28×28), found 3") == true)
        #expect(file.bytes.capacity < 10_000)
        // Nor is a file of holes read because a header goes with it.
        try folder.write("train-images-idx3-ubyte", header)
        #expect(truncate(folder.path + "/train-images-idx3-ubyte", 16 + 4_294_967_295 * 784) == 0)
        #expect(folder.problem()?.hasPrefix("train-images-idx3-ubyte: at byte 4: expected at most 2147483648 ") == true)
    }

    @Test(arguments: [
        ("<!DOCTYPE html>\n<html><head><title>404</title>", "an HTML page"),
        ("\u{FEFF}\r\n <HTML lang=\"de\">Seite nicht gefunden: größer", "an HTML page"),
        ("<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>", "an XML document"),
        ("{\"message\": \"Not Found\"}", "JSON"), ("[1, 2]", "JSON"), ("", "an empty file"),
        ("404: Not Found", "text that begins with '404: Not Found'"),
        ("label,pixel1\n5,0\n", "text that begins with 'label,pixel1'"),
        ("x" + String(repeating: "y", count: 5000), "text that begins with 'x\(String(repeating: "y", count: 39))'"),
        ("größer", "text that begins with 'gr'"), ("ß", "text"), (" \n\n", "nothing but spaces"),
        ("version https://git-lfs.github.com/spec/v1\n", "a Git LFS pointer in place of the file"),
        ("PK\u{3}\u{4}" + String(repeating: "\0", count: 22) + "\u{9}\0\0\0arr_0.npy", "a NumPy archive (.npz)"),
        ("PK\u{3}\u{4}" + String(repeating: "\0", count: 22) + "\u{10}\0\0\0archive/data.pkl", "a PyTorch file"),
        ("PK\u{3}\u{4}" + String(repeating: "\0", count: 22) + "\u{1}\0\0\0a", "a zip archive"),
        ("BZh91AY&SY\u{1}\u{2}", "bzip2 data"), ("MATLAB 5.0 MAT-file\0", "a MATLAB file"),
        ("a" + String(repeating: "\0", count: 256) + "ustar", "a tar archive"),
    ])
    func whatIsNoDataIsNamed(text: String, words: String) throws {
        try folder.writeMNIST()
        try folder.remove("train-images-idx3-ubyte")
        let image = "train-images-idx3-ubyte.gz: at byte "
        for bytes in [Array(text.utf8), try gzipped(Array(text.utf8))] {
            try folder.write("train-images-idx3-ubyte.gz", bytes)
            let problem =
                text.utf8.count < 16
                ? "\(text.utf8.count): expected an IDX header of 16 bytes; found \(words)"
                : "0: expected the magic number 00000803 of an IDX file of images, found \(words)"
            #expect(folder.problem() == image + problem)
        }
        let batches = TemporaryFolder()
        try batches.writeCIFAR()
        try batches.write("data_batch_1.bin", text)
        #expect(
            batches.problem()
                == "data_batch_1.bin: at byte 0: expected records of 3073 bytes, a label and 32×32×3 pixels; found \(words)"
        )
    }

    @Test(arguments: [
        ([0x80, 2, 0x7D], "pickled Python data"), ([0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0], "a NumPy array"),
        ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0, 0], "xz data"), ([0x28, 0xB5, 0x2F, 0xFD, 0], "zstd data"),
        ([0xFF, 0xFE, 0x3C, 0], "text in UTF-16"), ([0xFF, 0xD8, 0xFF, 0xE0], "a JPEG image"),
        ([0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A], "an HDF5 file"), ([0, 0, 8, 3], nil), ([0xC3, 0x28, 0x41], nil),
        ([0x50, 0x4B, 0x3], nil), ([0x50, 0x4B, 0x3, 0x4], "a zip archive"),
    ])
    func contentsAreRecognized(start: [UInt8], words: String?) {
        #expect(recognizedContents(start[...]) == words)
    }

    /// Whether the label or the length gives it away.
    @Test func aBatchThatIsNoneIsNamedWhateverItsLength() throws {
        try folder.writeCIFAR()
        try folder.write("test_batch.bin", "<html>" + String(repeating: " ", count: 3073 - 6))
        #expect(folder.problem()?.hasSuffix("found an HTML page") == true)
        // Pixels that happen to be letters are pixels.
        try folder.write(
            "test_batch.bin", (0..<25).flatMap { [UInt8($0 % 10)] + [UInt8](repeating: 0x41, count: 3072) })
        #expect(folder.problem() == nil)
        try folder.write("test_batch.bin", (0..<25).flatMap { _ in [9] + [UInt8](repeating: 0x41, count: 3072) })
        #expect(folder.problem() == nil)
    }
}
