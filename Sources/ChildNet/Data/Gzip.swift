import CZlib

/// Why data can't be read: what was expected, and where it failed.
public struct CorruptData: Error, CustomStringConvertible {
    /// What was expected and where it failed.
    public let description: String
}

/// More than this is not unpacked.
private let sizeLimit = 1 << 31

/// The contents of gzip data: of all its members one after the other, where it has several (RFC 1952, section 2.2).
///
///     let text = try gunzip([UInt8](Data(contentsOf: file)))
///
/// - Throws: ``CorruptData`` with the offset where the data stops making sense, or ends too early; and where it unpacks
///   to more than 2 GiB.
public func gunzip(_ compressed: [UInt8]) throws -> [UInt8] {
    var result: [UInt8] = []
    try GzipReader(compressed).unpack(into: &result, upTo: sizeLimit + 1)
    guard result.count <= sizeLimit else {
        throw CorruptData(description: "gzip data of more than \(sizeLimit) bytes")
    }
    return result
}

/// Gzip data that is unpacked piece by piece, no further than it is asked for.
final class GzipReader {
    private let source: any ByteSource
    /// zlib keeps the address of its state, which must not move.
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private let input = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 1 << 17)
    private let output = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 1 << 18)
    /// How much of the source zlib has been given.
    private var given = 0
    /// Where the source ends.
    private var end: Int
    private var isFinished = false

    init(_ source: some ByteSource) throws {
        self.source = source
        end = source.count
        stream.initialize(to: z_stream())
        // 16 + the largest window: gzip headers only.
        guard inflateInit2_(stream, 16 + MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw CorruptData(description: "zlib does not start")
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
        input.deallocate()
        output.deallocate()
    }

    /// Whether gzip data begins at a place: with the bytes 1F 8B (RFC 1952, section 2.3.1).
    static func isGzip(_ source: some ByteSource, at place: Int) throws -> Bool {
        guard source.count - place >= 2 else { return false }
        return try withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 2) { bytes in
            bytes.initialize(repeating: 0)
            return try source.read(at: place, into: bytes) == 2 && bytes[0] == 0x1F && bytes[1] == 0x8B
        }
    }

    /// Unpacks until there are `count` bytes, or to the end of the data where that comes first.
    ///
    /// - Throws: ``CorruptData`` with the offset where the packed data stops making sense, or ends too early.
    func unpack(into bytes: inout [UInt8], upTo count: Int) throws {
        // Memory is taken for what is there, not for what a header promises: images shrink to a quarter, seldom to less
        // than a sixteenth. Beyond that the array grows as it needs to.
        bytes.reserveCapacity(min(count, 16 * source.count))
        while !isFinished, bytes.count < count {
            if stream.pointee.avail_in == 0 { try giveInput() }
            let wanted = min(output.count, count - bytes.count)
            stream.pointee.next_out = output.baseAddress
            stream.pointee.avail_out = UInt32(wanted)
            let status = inflate(stream, Z_NO_FLUSH)
            let produced = wanted - Int(stream.pointee.avail_out)
            bytes.append(contentsOf: output[..<produced])
            let place = given - Int(stream.pointee.avail_in)
            switch status {
            case Z_STREAM_END where place == end: isFinished = true
            case Z_STREAM_END:
                // Another member begins as the first did.
                guard try Self.isGzip(source, at: place), inflateReset(stream) == Z_OK else {
                    throw CorruptData(
                        description: "\(end - place) bytes behind the end of the gzip data, from byte \(place) on")
                }
            case Z_OK where produced > 0 || place < end: continue
            case Z_OK, Z_BUF_ERROR: throw CorruptData(description: "gzip data ends too early, at byte \(place)")
            default:
                let cause = stream.pointee.msg.map { " (\(String(cString: $0)))" } ?? ""
                throw CorruptData(description: "corrupt gzip data at byte \(place)\(cause)")
            }
        }
    }

    private func giveInput() throws {
        let target = UnsafeMutableBufferPointer(rebasing: input[..<min(input.count, end - given)])
        let length = target.isEmpty ? 0 : try source.read(at: given, into: target)
        // A file that somebody has shortened since it was opened ends here.
        if length < target.count { end = given + length }
        given += length
        stream.pointee.next_in = input.baseAddress
        stream.pointee.avail_in = UInt32(length)
    }
}
