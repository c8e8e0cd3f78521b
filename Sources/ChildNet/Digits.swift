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

/// Lines of 64 pixels, 0 to 16, and the digit.
func parseDigits(_ text: [UInt8]) throws -> DataSet {
    var pixels: [Float] = []
    var labels: [Int] = []
    for (number, line) in text.split(separator: UInt8(ascii: "\n")).enumerated() {
        let fields = line.split(separator: UInt8(ascii: ",")).map { Int(String(decoding: $0, as: UTF8.self)) }
        guard fields.count == 65, let label = fields[64], 0..<10 ~= label,
            fields.allSatisfy({ $0.map { 0...16 ~= $0 } ?? false })
        else { throw CorruptData(description: "line \(number + 1): expected 64 pixels of 0 to 16 and a digit") }
        pixels += fields[..<64].map { Float($0!) / 16 }
        labels.append(label)
    }
    return DataSet(
        name: "digits", pixels: pixels, labels: labels, imageShape: ImageShape(height: 8, width: 8, channels: 1),
        classes: 10, validationCount: 300, testCount: 300, seed: 0)
}
