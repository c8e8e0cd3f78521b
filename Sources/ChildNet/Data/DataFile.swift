import Foundation

/// Why a file of images or labels can't be used: the file, the place, what was expected there and what was found.
///
///     do {
///         _ = try DataSet.named("/data/mnist")
///     } catch let error as DataFileError {
///         print(error.file, error.problem)
///     }
public struct DataFileError: Error, Equatable, CustomStringConvertible {
    /// The path of the file, or of the folder in which it should be.
    public let file: String
    /// The byte at which it stops making sense, counted in what it unpacks to where it is packed; nil where the file is
    /// missing, can't be opened or can't be unpacked.
    public let offset: Int?
    /// What was expected there, and what was found.
    public let problem: String

    /// `train-images-idx3-ubyte: at byte 16: expected …`
    public var description: String { file + ": " + (offset.map { "at byte \($0): " } ?? "") + problem }
}

/// A file that is read from its beginning as far as it is asked for, and unpacked where its bytes, whatever its name,
/// are gzip data.
///
/// Few bytes of gzip data can unpack to any number. So a reader asks for a header first, and then for as much as that
/// promises and one byte more: this shows whether the data goes on, and is all that is ever unpacked.
final class DataFile {
    /// No file is read or unpacked beyond this: a header can promise anything, and a file with holes can be of any
    /// length.
    static let sizeLimit = 1 << 31

    let path: String
    /// What has been read so far, unpacked.
    private(set) var bytes: [UInt8] = []
    private let file: RegularFile
    /// What unpacks the file; nil where it is not packed.
    private let unpacking: GzipReader?

    /// Opens a file, of which nothing is read yet.
    init(path: String) throws {
        self.path = path
        file = try RegularFile(path: path)
        unpacking = try GzipReader.isGzip(file, at: 0) ? GzipReader(file) : nil
    }

    /// The length of the file where that is known beforehand: unless it is packed.
    var size: Int? { unpacking == nil ? file.count : nil }

    /// Reads on until there are `count` bytes, or to the end of the file where that comes first.
    func read(upTo count: Int) throws {
        guard bytes.count < count else { return }
        if let unpacking {
            do {
                try unpacking.unpack(into: &bytes, upTo: count)
            } catch let error as CorruptData {
                throw DataFileError(file: path, offset: nil, problem: error.description)
            }
            return
        }
        let end = min(count, file.count)
        bytes.reserveCapacity(end)
        try withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 1 << 18) { piece in
            piece.initialize(repeating: 0)
            while bytes.count < end {
                let target = UnsafeMutableBufferPointer(rebasing: piece[..<min(piece.count, end - bytes.count)])
                let length = try file.read(at: bytes.count, into: target)
                // Somebody has shortened the file since it was opened.
                if length == 0 { return }
                bytes.append(contentsOf: target[..<length])
            }
        }
    }

    /// Reads all of the file if it has at most `limit` bytes; whether it has.
    func readAll(atMost limit: Int) throws -> Bool {
        if let size, size > limit { return false }
        try read(upTo: limit + 1)
        return bytes.count <= limit
    }

    /// Hands over what was read from a place on, so that it is not held twice.
    func takeBytes(from start: Int) -> [UInt8] {
        var taken = bytes
        bytes = []
        taken.removeFirst(start)
        return taken
    }

    /// What the file seems to be by its first bytes, in words that fit behind "found"; nil where they say nothing.
    func recognized() -> String? {
        // Where no more can be read or unpacked, what has been read must do.
        try? read(upTo: 512)
        return recognizedContents(bytes.prefix(512))
    }

    func failure(at offset: Int, _ problem: String) -> DataFileError {
        DataFileError(file: path, offset: offset, problem: problem)
    }
}
