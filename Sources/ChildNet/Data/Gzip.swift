import CZlib

/// Why compressed data can't be read.
public struct CorruptData: Error, CustomStringConvertible {
    /// What was expected and where it failed.
    public let description: String
}

/// More than this is not unpacked.
private let sizeLimit = 1 << 31

/// The contents of gzip data.
///
/// - Throws: ``CorruptData`` with the offset where the data stops making sense, or ends too early.
public func gunzip(_ compressed: [UInt8]) throws -> [UInt8] {
    var stream = z_stream()
    // 16 + the largest window: gzip headers only.
    guard inflateInit2_(&stream, 16 + MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
        throw CorruptData(description: "zlib does not start")
    }
    defer { inflateEnd(&stream) }
    var input = compressed
    var result: [UInt8] = []
    // The last four bytes say how much there will be; where they lie, the result grows as it needs to.
    let promised = compressed.suffix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
    result.reserveCapacity(min(promised, compressed.count * 1032, sizeLimit))
    var chunk = [UInt8](repeating: 0, count: 1 << 20)
    var status = Z_OK
    try input.withUnsafeMutableBufferPointer { input in
        stream.next_in = input.baseAddress
        stream.avail_in = UInt32(input.count)
        while status != Z_STREAM_END {
            let produced = chunk.withUnsafeMutableBufferPointer { chunk in
                stream.next_out = chunk.baseAddress
                stream.avail_out = UInt32(chunk.count)
                status = inflate(&stream, Z_NO_FLUSH)
                return chunk.count - Int(stream.avail_out)
            }
            result.append(contentsOf: chunk[..<produced])
            guard result.count <= sizeLimit else {
                throw CorruptData(description: "gzip data of more than \(sizeLimit) bytes")
            }
            if status == Z_STREAM_END { break }
            guard status == Z_OK, produced > 0 || stream.avail_in > 0 else {
                let place = input.count - Int(stream.avail_in)
                throw CorruptData(
                    description: status == Z_DATA_ERROR
                        ? "not gzip data at byte \(place)" : "gzip data ends too early, at byte \(place)")
            }
        }
    }
    return result
}
