/// A file in the IDX format of MNIST: a magic number, the length of each axis, then a byte for each element.
///
/// The magic number is 00 00 08 d for unsigned bytes on d axes; numbers have their highest byte first
/// (Y. LeCun, C. Cortes and C. Burges, *The MNIST database*).
struct IDX {
    let file: DataFile
    /// The length of each axis.
    let shape: [Int]
    /// Where the elements begin.
    let start: Int

    /// The header of a file whose elements have that many axes.
    ///
    /// - Throws: ``DataFileError`` for another kind of file, and for one that is longer or shorter than its header says.
    init(_ file: DataFile, axes: Int, of what: String) throws {
        self.file = file
        start = 4 + 4 * axes
        func word(_ offset: Int) -> UInt32 {
            file.bytes[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) }
        }
        guard file.bytes.count >= start else {
            throw file.failure(
                at: file.bytes.count, "expected an IDX header of \(start) bytes; the file ends here")
        }
        let magic = word(0)
        guard magic == 0x0800 + UInt32(axes) else {
            throw file.failure(
                at: 0, "expected the magic number 0000080\(axes) of an IDX file of \(what), found \(hexadecimal(magic))"
            )
        }
        let shape = (0..<axes).map { Int(word(4 + 4 * $0)) }
        guard let wrong = shape.dropFirst().firstIndex(where: { !(1...4096 ~= $0) }) else {
            self.shape = shape
            // Products of at most 2³² · 4096² fit into 64 bits.
            let count = shape.reduce(1, *)
            guard file.bytes.count - start == count else {
                throw file.failure(
                    at: min(file.bytes.count, start + count),
                    "expected \(count) bytes of \(what) behind the header (\(shape.map(String.init).joined(separator: "×"))), "
                        + "found \(file.bytes.count - start)")
            }
            return
        }
        throw file.failure(at: 4 + 4 * wrong, "expected a height or width of 1 to 4096, found \(shape[wrong])")
    }
}

private func hexadecimal(_ word: UInt32) -> String {
    let digits = String(word, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
}
