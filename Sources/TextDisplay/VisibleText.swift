/// Text that may come from a stranger, as it is shown: what a terminal would obey, or an eye would not see, is spelled out.
///
/// A lesson or the name of a file may hold `ESC ] 52` (which writes the clipboard), `ESC [ 2J` (which clears the screen) or
/// a bidirectional override (which lets text read otherwise than it runs). All output goes through here; this program's own
/// colors are added after it.
public enum VisibleText {
    /// The text with every control character, override and invisible character written as Swift writes it in a literal:
    /// `\u{1B}`. Line feeds and tabs stay.
    ///
    ///     VisibleText.escaped("a\u{1B}[2J")     // #"a\u{1B}[2J"#
    public static func escaped(_ text: String) -> String {
        escaped(text) { scalar in
            scalar == "\r" ? "\\r" : "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
        }
    }

    /// The same for a text that is JSON, in the escapes of JSON: `\u001B`. No string of it is another one after that.
    public static func escapedJSON(_ text: String) -> String {
        escaped(text) { scalar in
            String(scalar).utf16.map { unit in
                let digits = String(unit, radix: 16, uppercase: true)
                return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }.joined()
        }
    }

    private static func escaped(_ text: String, _ escape: (Unicode.Scalar) -> String) -> String {
        // Nearly every text is printable ASCII.
        if text.utf8.allSatisfy({ 0x20..<0x7F ~= $0 || $0 == 0x0A || $0 == 0x09 }) { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            if isHidden(scalar) { result += escape(scalar) } else { result.unicodeScalars.append(scalar) }
        }
        return result
    }

    /// Whether a terminal would obey a character, or nobody would see it.
    public static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x20..<0x7F: return false
        case 0x00..<0x20, 0x7F..<0xA0: return true
        // Joiners, which emoji and many scripts need; signs that stand around numbers in Arabic and other scripts.
        case 0x200C, 0x200D, 0x0600...0x0605, 0x06DD, 0x070F, 0x0890, 0x0891, 0x08E2, 0x110BD, 0x110CD: return false
        // Fillers and marks that are letters by their category and empty to the eye.
        case 0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0: return true
        default: break
        }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: return true
        default: return scalar.properties.isNoncharacterCodePoint
        }
    }

    /// A character by its number and its name: `U+FEFF (zero width no-break space)`.
    public static func name(of scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        let number = "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        let name = scalar.properties.name ?? scalar.properties.nameAlias
        return name.map { "\(number) (\($0.lowercased()))" } ?? number
    }
}
