/// A file in the IDX format of MNIST: a magic number, the length of each axis, then the elements.
///
/// The magic number is 00 00, the type of the elements (08 for unsigned bytes, 0C for 32-bit integers), the number of
/// axes; numbers have their highest byte first (Y. LeCun, C. Cortes and C. Burges, *The MNIST database*).
struct IDX {
    /// What the elements are.
    enum Content: String {
        case images, labels
    }

    let file: DataFile
    /// The length of each axis.
    let shape: [Int]
    /// Where the elements begin.
    let start: Int
    private let content: Content
    private let elementSize: Int

    /// The header of a file. Labels are a byte each or, as in QMNIST, the first of some 32-bit integers in a row.
    ///
    /// - Throws: ``DataFileError`` for another kind of file.
    init(_ file: DataFile, of content: Content) throws {
        self.file = file
        self.content = content
        let axes = content == .images ? 3 : 1
        func word(_ offset: Int) -> UInt32 {
            file.bytes[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) }
        }
        func expectHeader(of size: Int) throws {
            try file.read(upTo: size)
            guard file.bytes.count < size else { return }
            throw file.failure(
                at: file.bytes.count,
                "expected an IDX header of \(size) bytes; "
                    + (file.recognized().map { "found " + $0 } ?? "the file ends here")
            )
        }
        try expectHeader(of: 4 + 4 * axes)
        let magic = word(0)
        let isTable = content == .labels && magic == 0x0C02
        guard magic == 0x0800 + UInt32(axes) || isTable else {
            throw file.failure(
                at: 0,
                "expected the magic number 0000080\(axes) of an IDX file of \(content.rawValue), found "
                    + (file.recognized() ?? hexadecimal(magic)))
        }
        start = isTable ? 12 : 4 + 4 * axes
        elementSize = isTable ? 4 : 1
        try expectHeader(of: start)
        shape = stride(from: 4, to: start, by: 4).map { Int(word($0)) }
        if let wrong = shape.dropFirst().firstIndex(where: { !(1...4096 ~= $0) }) {
            let what = isTable ? "1 to 4096 numbers for each label" : "a height or width of 1 to 4096"
            throw file.failure(at: 4 + 4 * wrong, "expected \(what), found \(shape[wrong])")
        }
    }

    /// The number of bytes behind the header: products of at most 2³² · 4096² · 4 fit into 64 bits.
    private var count: Int { shape.reduce(elementSize, *) }

    private var shapeInWords: String { shape.map(String.init).joined(separator: "×") }

    /// Holds the header against the size of the file, where that is known without unpacking it.
    ///
    /// - Throws: ``DataFileError`` for a file that is longer or shorter than its header says, or promises to be too
    ///   long.
    func checkSize() throws {
        if let size = file.size, size != start + count { throw mismatch(size - start) }
        guard start + count <= DataFile.sizeLimit else {
            throw file.failure(
                at: 4,
                "expected at most \(DataFile.sizeLimit) bytes, found a header (\(shapeInWords)) that promises "
                    + "\(start + count)"
            )
        }
    }

    /// Reads the elements of a file whose size was checked.
    ///
    /// - Throws: ``DataFileError`` for packed data that is shorter than the header says, and at the first byte behind
    ///   that.
    func readElements() throws {
        guard try file.readAll(atMost: start + count) else { throw mismatch(nil) }
        guard file.bytes.count == start + count else { throw mismatch(file.bytes.count - start) }
    }

    /// The error for so many bytes behind the header; nil where there are more than it says, of which nobody counts
    /// them all.
    private func mismatch(_ found: Int?) -> DataFileError {
        file.failure(
            at: start + min(found ?? count, count),
            "expected \(count) bytes of \(content.rawValue) behind the header (\(shapeInWords)), "
                + "found \(found.map(String.init) ?? "more")")
    }

    /// Where a label is.
    func place(ofLabel index: Int) -> Int { start + index * shape.dropFirst().reduce(elementSize, *) }

    /// The labels, once the elements are read.
    func labels() -> [Int] {
        (0..<shape[0]).map { index in
            let place = place(ofLabel: index)
            guard elementSize == 4 else { return Int(file.bytes[place]) }
            return Int(Int32(bitPattern: file.bytes[place..<place + 4].reduce(0) { $0 << 8 | UInt32($1) }))
        }
    }
}

private func hexadecimal(_ word: UInt32) -> String {
    let digits = String(word, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
}
