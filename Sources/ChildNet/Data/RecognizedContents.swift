/// What a file seems to be by its first bytes, in words that fit behind "found"; nil where they say nothing.
///
/// For files that are not what they should be: what a server sends in place of a file that it no longer has, an archive
/// that was not unpacked, another version of a data set. Of a text at most forty letters are repeated, all of them
/// printable.
func recognizedContents(_ start: ArraySlice<UInt8>) -> String? {
    if start.isEmpty { return "an empty file" }
    if start.starts(with: Array("PK".utf8)) { return zipContents(start) }
    // tar has its mark behind the first file's name and attributes.
    if start.dropFirst(257).starts(with: Array("ustar".utf8)) { return "a tar archive" }
    return signatures.first { start.starts(with: $0.bytes) }?.words ?? textContents(start)
}

/// How files of other kinds begin.
private let signatures: [(bytes: [UInt8], words: String)] = [
    ([0x1F, 0x8B], "gzip data within gzip data"),
    ([0x1F, 0x9D], "data packed by compress"),
    (Array("BZh".utf8), "bzip2 data"),
    ([0xFD] + Array("7zXZ".utf8), "xz data"),
    ([0x28, 0xB5, 0x2F, 0xFD], "zstd data"),
    ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], "a 7z archive"),
    (Array("Rar!".utf8), "a rar archive"),
    ([0x93] + Array("NUMPY".utf8), "a NumPy array"),
    ([0x89] + Array("HDF\r\n".utf8), "an HDF5 file"),
    (Array("PAR1".utf8), "a Parquet file"),
    (Array("MATLAB ".utf8), "a MATLAB file"),
    ([0x89] + Array("PNG\r\n".utf8), "a PNG image"),
    ([0xFF, 0xD8, 0xFF], "a JPEG image"),
    (Array("GIF8".utf8), "a GIF image"),
    (Array("%PDF-".utf8), "a PDF document"),
    (Array("version https://git-lfs".utf8), "a Git LFS pointer in place of the file"),
    ([0xFF, 0xFE], "text in UTF-16"),
    ([0xFE, 0xFF], "text in UTF-16"),
    // Protocols 2 to 5.
    ([0x80, 2], "pickled Python data"),
    ([0x80, 3], "pickled Python data"),
    ([0x80, 4], "pickled Python data"),
    ([0x80, 5], "pickled Python data"),
]

/// NumPy's .npz and PyTorch's .pt are zip archives too: the name of the first member, at byte 30, tells.
private func zipContents(_ start: ArraySlice<UInt8>) -> String? {
    let start = Array(start)
    guard start.count >= 4, [[3, 4], [5, 6]].contains(Array(start[2..<4])) else { return textContents(start[...]) }
    guard start.count >= 30 else { return "a zip archive" }
    let length = Int(start[26]) | Int(start[27]) << 8
    let name = String(decoding: start[30...].prefix(length), as: UTF8.self)
    if name.hasSuffix(".npy") { return "a NumPy archive (.npz)" }
    return name.hasSuffix("/data.pkl") ? "a PyTorch file" : "a zip archive"
}

private func textContents(_ start: ArraySlice<UInt8>) -> String? {
    let start = start.starts(with: [0xEF, 0xBB, 0xBF]) ? start.dropFirst(3) : start
    let spaces = Array(" \t\r\n\u{c}".utf8)
    guard start.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || spaces.contains($0) }) else { return nil }
    // Above ASCII it must be UTF-8, but for a letter that is cut at the end.
    let decoded = String(decoding: start, as: UTF8.self)
    let unknown: Unicode.Scalar = "\u{FFFD}"
    guard decoded.unicodeScalars.reversed().drop(while: { $0 == unknown }).allSatisfy({ $0 != unknown }) else {
        return nil
    }
    let text = start.drop { spaces.contains($0) }
    guard let first = text.first else { return "nothing but spaces" }
    let second = text.dropFirst().first.map { Character(Unicode.Scalar($0)) } ?? " "
    if first == UInt8(ascii: "<"), second.isLetter || "!?".contains(second) {
        let page = decoded.lowercased()
        return ["<!doctype html", "<html", "<head", "<body"].contains(where: page.contains)
            ? "an HTML page" : "an XML document"
    }
    if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") { return "JSON" }
    let letters = text.prefix { 0x20..<0x7F ~= $0 }.prefix(40)
    return letters.isEmpty ? "text" : "text that begins with '\(String(decoding: letters, as: UTF8.self))'"
}
