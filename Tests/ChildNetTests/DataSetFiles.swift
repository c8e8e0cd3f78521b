import Foundation
import TestSupport

@testable import ChildNet

extension TemporaryFolder {
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
    let folder = TemporaryFolder()
    try gzip(folder.write("bytes", bytes))
    return try folder.bytes("bytes.gz")
}

/// Runs the system's gzip, which leaves packed files in the place of plain ones.
func gzip(_ arguments: String...) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["gzip"] + arguments
    try process.run()
    process.waitUntilExit()
}
