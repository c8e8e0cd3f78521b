import CZlib

/// Why compressed data can't be read.
public struct CorruptData: Error, CustomStringConvertible {
    /// What was expected and where it failed.
    public let description: String
}

/// More than this is not unpacked.
private let sizeLimit = 1 << 31

/// The contents of gzip data: of all its members one after the other, where it has several (RFC 1952, section 2.2).
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
    try input.withUnsafeMutableBufferPointer { input in
        stream.next_in = input.baseAddress
        // What zlib has not been given yet: it counts in 32 bits.
        var rest = input.count
        while true {
            if stream.avail_in == 0 {
                stream.avail_in = UInt32(min(rest, 1 << 30))
                rest -= Int(stream.avail_in)
            }
            var status = Z_OK
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
            let left = rest + Int(stream.avail_in), place = input.count - left
            switch status {
            case Z_STREAM_END:
                if left == 0 { return }
                // Another member begins as the first did.
                guard left >= 2, input[place] == 0x1F, input[place + 1] == 0x8B, inflateReset(&stream) == Z_OK else {
                    throw CorruptData(
                        description: "\(left) bytes behind the end of the gzip data, from byte \(place) on")
                }
            case Z_OK where produced > 0 || left > 0: continue
            case Z_OK, Z_BUF_ERROR: throw CorruptData(description: "gzip data ends too early, at byte \(place)")
            default:
                let cause = stream.msg.map { " (\(String(cString: $0)))" } ?? ""
                throw CorruptData(description: "corrupt gzip data at byte \(place)\(cause)")
            }
        }
    }
    return result
}
