import Foundation
import TextDisplay

/// Text with this program's own styles.
///
/// What stands in it may come from anywhere: it is escaped when it is rendered, and the styles are added after that. So no
/// text can bring a style, or any other order to the terminal, of its own.
struct StyledText: ExpressibleByStringInterpolation {
    enum Style: String {
        case plain = ""
        case bold = "1"
        case dim = "2"
        case red = "31"
    }
    private var pieces: [(text: String, style: Style)]

    init(_ text: String, _ style: Style = .plain) { pieces = [(text, style)] }
    init(stringLiteral text: String) { self.init(text) }
    init(stringInterpolation interpolation: Interpolation) { self = interpolation.text }

    struct Interpolation: StringInterpolationProtocol {
        fileprivate var text = StyledText("")
        init(literalCapacity: Int, interpolationCount: Int) {}
        mutating func appendLiteral(_ literal: String) { text.append(StyledText(literal)) }
        mutating func appendInterpolation(_ styled: StyledText) { text.append(styled) }
        mutating func appendInterpolation(_ value: some Any) { text.append(StyledText(String(describing: value))) }
    }

    mutating func append(_ other: StyledText) { pieces += other.pieces }

    static func + (a: StyledText, b: StyledText) -> StyledText {
        var sum = a
        sum.append(b)
        return sum
    }

    /// The text as it is written to a terminal or a file.
    func rendered(on descriptor: Int32) -> String {
        let hasColors = Terminal.hasColors(descriptor)
        return pieces.map { text, style in
            let text = VisibleText.escaped(text)
            return style == .plain || !hasColors || text.isEmpty ? text : "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m"
        }.joined()
    }
}

extension Collection<StyledText> {
    func joined(separator: StyledText) -> StyledText {
        guard let first else { return "" }
        return dropFirst().reduce(first) { $0 + separator + $1 }
    }
}

/// An item of `print` as it is written.
private func rendered(_ item: Any, on descriptor: Int32) -> String {
    (item as? StyledText ?? StyledText(String(describing: item))).rendered(on: descriptor)
}

/// Stands for Swift's `print` in this program: everything that it shows goes through here, or through ``printError(_:)`` and
/// ``Terminal/showStatus(_:)``.
func print(_ items: Any..., separator: String = " ", terminator: String = "\n") {
    Swift.print(items.map { rendered($0, on: STDOUT_FILENO) }.joined(separator: separator), terminator: terminator)
}

func printNow(_ text: String) {
    print(text, terminator: "")
    fflush(nil)
}

func printError(_ message: Any) {
    writeNow(rendered(message, on: STDERR_FILENO) + "\n", to: STDERR_FILENO)
}

/// Writes a text that has been rendered. What can't be written, because the terminal is gone or the disk is full, is lost:
/// there is nobody to tell. (Foundation's `FileHandle` ends the program.)
func writeNow(_ text: String, to descriptor: Int32) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
        let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress!, $0.count) }
        if count < 0 && errno == EINTR { continue }
        if count <= 0 { return }
        bytes.removeFirst(count)
    }
}
