import Foundation
import Testing

@testable import ChildNet

/// A folder for the files of one test; it goes when the last copy does.
final class DataFolder {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("nas-data-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file, and the folders on the way to it.
    func write(_ name: String, _ bytes: [UInt8]) throws {
        let place = URL(fileURLWithPath: path + "/" + name)
        try FileManager.default.createDirectory(
            at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: place)
    }

    func write(_ name: String, _ text: String) throws { try write(name, Array(text.utf8)) }

    func makeFolder(_ name: String) throws {
        try FileManager.default.createDirectory(atPath: path + "/" + name, withIntermediateDirectories: true)
    }

    func makeLink(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(atPath: path + "/" + name, withDestinationPath: target)
    }

    func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: path + "/" + name) }

    func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: path + "/" + name)))
    }

    /// Four IDX files: images of 5×4, and labels 0 to 9 in turn.
    func writeMNIST(
        _ prefix: String = "", test: String = "t10k", images: Int = 40, testImages: Int = 20,
        labels: (Int) -> Int = { $0 % 10 }
    ) throws {
        for (part, count) in [("train", images), (test, testImages)] {
            try write(prefix + part + "-images-idx3-ubyte", idx([count, 5, 4]) { $0 % 251 })
            try write(prefix + part + "-labels-idx1-ubyte", idx([count], labels))
        }
    }

    /// 25 records in each of the two batches.
    func writeCIFAR(_ prefix: String = "") throws {
        try write(prefix + "data_batch_1.bin", cifarRecords(25))
        try write(prefix + "test_batch.bin", cifarRecords(25))
    }

    /// What is said of the data set that a name or a path in this folder stands for, the folder's path left out; nil where
    /// nothing is wrong.
    func problem(_ name: String = "") -> String? {
        do {
            _ = try DataSet.named(name.isEmpty ? path : path + "/" + name)
            return nil
        } catch {
            return "\(error)".replacing(path + "/", with: "").replacing(path, with: "DATA")
        }
    }
}

/// An IDX file of the given shape with bytes for elements.
func idx(_ shape: [Int], _ element: (Int) -> Int) -> [UInt8] {
    idxHeader(8, shape) + (0..<shape.reduce(1, *)).map { UInt8(element($0)) }
}

/// The magic number and the lengths of the axes.
func idxHeader(_ type: UInt8, _ shape: [Int]) -> [UInt8] {
    [0, 0, type, UInt8(shape.count)] + shape.flatMap(highestByteFirst)
}

func highestByteFirst(_ number: Int) -> [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) } }

/// A record: the label, then 1024 red, green and blue bytes.
func cifarRecords(_ count: Int, label: (Int) -> Int = { $0 % 10 }) -> [UInt8] {
    (0..<count).flatMap { n in
        [UInt8(label(n))] + [UInt8(n % 256), 100, 250].flatMap { [UInt8](repeating: $0, count: 1024) }
    }
}

/// Packed with the system's gzip.
func gzipped(_ bytes: [UInt8]) throws -> [UInt8] {
    let folder = try DataFolder()
    try folder.write("bytes", bytes)
    let gzip = Process()
    gzip.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    gzip.arguments = ["gzip", folder.path + "/bytes"]
    try gzip.run()
    gzip.waitUntilExit()
    return try folder.bytes("bytes.gz")
}
