extension Character {
    /// The terminal columns of the character: 2 for East Asian wide characters and emoji, 0 for lone combining marks.
    package var displayWidth: Int {
        guard let scalar = unicodeScalars.first else { return 0 }
        switch scalar.value {
        case 0..<0x20, 0x7F: return 0
        case 0x300...0x36F: return 0
        case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
            0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }
}

/// On which side a text stands in the space that there is for it.
package enum TextAlignment: Sendable {
    /// Words.
    case left
    /// Numbers, so that their digits stand below each other.
    case right
}

extension StringProtocol {
    /// The terminal columns of the text.
    package var displayWidth: Int { reduce(0) { $0 + $1.displayWidth } }

    /// The text with as many spaces as fill a width; one that is wider stays as it is.
    ///
    ///     "7".padded(to: 3, .right)     // "  7"
    package func padded(to width: Int, _ alignment: TextAlignment = .left) -> String {
        let spaces = String(repeating: " ", count: Swift.max(0, width - displayWidth))
        return alignment == .left ? self + spaces : spaces + self
    }
}
