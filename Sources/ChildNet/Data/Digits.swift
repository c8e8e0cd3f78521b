import Autodiff
import Foundation

/// The 1,797 handwritten digits of 8×8 pixels that come with the package: 1,197 for training, 300 for validation, 300
/// for the test.
///
/// Pixels are 0 (paper) to 1 (ink). Optical Recognition of Handwritten Digits, E. Alpaydin and C. Kaynak, UCI Machine
/// Learning Repository, CC BY 4.0.
///
///     digits.imageShape      // 8×8×1
public let digits: DataSet = {
    guard let file = Bundle.module.url(forResource: "digits.csv", withExtension: "gz") else {
        fatalError("the package's own resource digits.csv.gz is missing beside the executable")
    }
    do {
        return try parseDigits(gunzip([UInt8](Data(contentsOf: file))))
    } catch {
        fatalError("the package's own resource \(file.path) can't be read: \(error)")
    }
}()

/// Lines of 64 pixels, 0 to 16, and the digit; they end as any editor ends them, and a byte order mark may stand in
/// front.
func parseDigits(_ text: [UInt8]) throws -> DataSet {
    var bytes: [UInt8] = []
    var labels: [UInt8] = []
    var rest = text.starts(with: [0xEF, 0xBB, 0xBF]) ? text.dropFirst(3) : text[...]
    var number = 0
    while !rest.isEmpty {
        number += 1
        let line = rest.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        rest = rest[line.endIndex...]
        rest = rest.dropFirst(rest.starts(with: Array("\r\n".utf8)) ? 2 : 1)
        if line.isEmpty { continue }
        let fields = line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
            .map { UInt8(String(decoding: $0, as: UTF8.self)) }
        guard fields.count == 65, let label = fields[64], label < 10,
            fields.allSatisfy({ $0.map { $0 <= 16 } ?? false })
        else { throw CorruptData(description: "line \(number): expected 64 pixels of 0 to 16 and a digit") }
        bytes += fields[..<64].map { $0! }
        labels.append(label)
    }
    guard labels.count > 600 else {
        throw CorruptData(description: "expected more than 600 lines, found \(labels.count)")
    }
    // The parts are drawn at random, with a fixed seed, from all images.
    var generator = RandomGenerator(seed: 0)
    let order = generator.permutation(labels.count)
    let trainingCount = labels.count - 600
    return DataSet(
        name: "digits", source: "digits", bytes: bytes, labels: labels,
        imageShape: ImageShape(height: 8, width: 8, channels: 1), classes: 10,
        parts: [
            .training: Array(order.prefix(trainingCount)),
            .validation: Array(order.dropFirst(trainingCount).prefix(300)), .test: Array(order.suffix(300)),
        ]
    ) { byte, _ in Float(byte) / 16 }
}
