import Foundation

/// The line on which each value of a JSON text begins: for error messages about what a text says, or where it is not JSON.
struct JSONLines {
    private var lines: [[String]: Int] = [:]
    /// The paths of all keys of objects, in the text's order, with their lines.
    private(set) var keys: [(path: [String], line: Int)] = []
    /// The first key that an object has twice.
    private(set) var duplicate: (line: Int, key: String)?
    /// The line on which the text stops being JSON, or is nested deeper than any description of a space; nil where it is all
    /// right.
    private(set) var failure: Int?
    private let bytes: [UInt8]
    private var place = 0
    private var line = 1

    init(of text: String) {
        bytes = Array(text.utf8)
        let isValue = readValue([])
        skipSpace()
        if !isValue || place < bytes.count { failure = line }
    }

    /// The line of the value at a path of keys and indices, or of the nearest value around it.
    func line(of path: [String]) -> Int? {
        var path = path
        while lines[path] == nil && !path.isEmpty { path.removeLast() }
        return lines[path]
    }

    private mutating func skipSpace() {
        while place < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[place]) {
            if bytes[place] == 0x0A { line += 1 }
            place += 1
        }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard place < bytes.count, bytes[place] == UInt8(ascii: character) else { return false }
        place += 1
        return true
    }

    private mutating func readValue(_ path: [String]) -> Bool {
        skipSpace()
        guard place < bytes.count, path.count < 16 else { return false }
        lines[path] = line
        if take("{") { return readObject(path) }
        if take("[") { return readArray(path) }
        if bytes[place] == UInt8(ascii: "\"") { return readString() != nil }
        let start = place
        while place < bytes.count, !" \t\r\n,]}".utf8.contains(bytes[place]) { place += 1 }
        return place > start
    }

    private mutating func readObject(_ path: [String]) -> Bool {
        if take("}") { return true }
        repeat {
            skipSpace()
            let keyLine = line
            guard let key = readString(), take(":") else { return false }
            if lines[path + [key]] != nil && duplicate == nil { duplicate = (keyLine, key) }
            keys.append((path + [key], keyLine))
            guard readValue(path + [key]) else { return false }
        } while take(",")
        return take("}")
    }

    private mutating func readArray(_ path: [String]) -> Bool {
        if take("]") { return true }
        var index = 0
        repeat {
            guard readValue(path + ["\(index)"]) else { return false }
            index += 1
        } while take(",")
        return take("]")
    }

    private mutating func readString() -> String? {
        guard take("\"") else { return nil }
        let start = place
        // JSON has escapes for control characters, and none of them raw.
        while place < bytes.count, bytes[place] != UInt8(ascii: "\""), bytes[place] >= 0x20 {
            place += bytes[place] == UInt8(ascii: "\\") ? 2 : 1
        }
        guard place < bytes.count, bytes[place] == UInt8(ascii: "\"") else { return nil }
        defer { place += 1 }
        let text = bytes[start..<place]
        guard text.contains(UInt8(ascii: "\\")) else { return String(decoding: text, as: UTF8.self) }
        // `kern\u0065l 1` is `kernel 1`.
        return try? JSONDecoder().decode(String.self, from: Data([UInt8(ascii: "\"")] + text + [UInt8(ascii: "\"")]))
    }
}
