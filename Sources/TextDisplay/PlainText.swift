/// Text as other systems write it, read as one: lines that end with LF, without a byte order mark in front.
///
/// Windows ends lines with CR LF, old Macs with CR, and some editors put U+FEFF before the first line. In Swift `"\r\n"` is
/// one `Character`, and a parser that counts lines by LF counts others than one that counts CR: so everything that is read
/// (lessons, cells, Swift files, spaces, tables) goes through here first.
public enum PlainText {
    /// The text with every line end as LF, and without a byte order mark in front.
    ///
    ///     PlainText.normalized("\u{FEFF}a\r\nb\rc")     // "a\nb\nc"
    public static func normalized(_ text: String) -> String {
        let bytes = text.utf8
        guard bytes.contains(carriageReturn) || bytes.first == byteOrderMark[0] else { return text }
        return String(decoding: normalized(Array(bytes)), as: UTF8.self)
    }

    /// The bytes of a text in UTF-8, with every line end as LF, and without a byte order mark in front.
    public static func normalized(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var place = bytes.starts(with: byteOrderMark) ? byteOrderMark.count : 0
        while place < bytes.count {
            if bytes[place] == carriageReturn {
                result.append(lineFeed)
                place += place + 1 < bytes.count && bytes[place + 1] == lineFeed ? 2 : 1
            } else {
                result.append(bytes[place])
                place += 1
            }
        }
        return result
    }

    /// Where the lines of a text are in its bytes, each without its end; a byte order mark in front belongs to no line.
    ///
    /// As many as there are pieces between the LFs of ``normalized(_:)``: behind a last line end stands an empty line.
    public static func lines(of bytes: [UInt8]) -> [Range<Int>] {
        var lines: [Range<Int>] = []
        var start = bytes.starts(with: byteOrderMark) ? byteOrderMark.count : 0
        var place = start
        while place < bytes.count {
            defer { place += 1 }
            guard bytes[place] == carriageReturn || bytes[place] == lineFeed else { continue }
            lines.append(start..<place)
            if bytes[place] == carriageReturn && place + 1 < bytes.count && bytes[place + 1] == lineFeed { place += 1 }
            start = place + 1
        }
        lines.append(start..<bytes.count)
        return lines
    }

    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
    private static let carriageReturn: UInt8 = 0x0D
    private static let lineFeed: UInt8 = 0x0A
}
