import CEditline
import Foundation
import Notebook
import TextDisplay

/// libedit: a line with editing, history, completion and the entry of Unicode characters.
final class LineEditor {
    private let editor: OpaquePointer
    private let entries: OpaquePointer
    private var history: History
    /// What the line that is edited continues: completion needs nothing of it, the prompt does.
    private nonisolated(unsafe) static var promptText: UnsafeMutablePointer<CChar>? = nil
    private nonisolated(unsafe) static var complete: (String) -> [String] = { _ in [] }
    private nonisolated(unsafe) static var lastTab = ""

    /// - Parameters:
    ///   - historyPath: where lines are kept between sessions; its folder is made.
    ///   - complete: the names that could stand where the given text stands.
    init?(historyPath: String, complete: @escaping (String) -> [String]) {
        guard let editor = editline_start("nas-repl"), let entries = history_init() else { return nil }
        self.editor = editor
        self.entries = entries
        Self.complete = complete
        editline_set_emacs_keys(editor)
        editline_keep_keys_for_prompt(editor)
        editline_set_reader(editor) { _, character in LineEditor.readCharacter(character) }
        editline_set_prompt(editor) { _ in LineEditor.promptText }
        history = History(path: historyPath, into: entries)
        editline_set_history(editor, entries)
        bindKeys()
        writeNow("\u{1B}[?2004h", to: STDOUT_FILENO)  // a paste arrives in brackets
    }

    deinit {
        writeNow("\u{1B}[?2004l", to: STDOUT_FILENO)
        history_end(entries)
        el_end(editor)
    }

    enum Line {
        case text(String)
        case interrupted
        case end
    }

    /// A line, without its end.
    func read(prompt: String) -> Line {
        el_resize(editor)  // the window may have changed since
        free(Self.promptText)
        Self.promptText = strdup(Self.escaped(prompt))
        var count: Int32 = 0
        guard let start = el_gets(editor, &count), count > 0 else {
            // A terminal that went away is an end, too: only Ctrl-C interrupts.
            return Interrupt.happened ? .interrupted : .end
        }
        let bytes = UnsafeBufferPointer(
            start: UnsafeRawPointer(start).assumingMemoryBound(to: UInt8.self), count: Int(count))
        let text = String(decoding: bytes, as: UTF8.self)
        return .text(text.hasSuffix("\n") ? String(text.dropLast()) : text)
    }

    /// Keeps a cell, of one line or more, for this session and the next ones.
    func remember(_ cell: String) { history.remember(cell) }

    /// Colors take no columns: libedit is told so by \1 around them. The last of them may not end the prompt.
    private static func escaped(_ prompt: String) -> String {
        guard Terminal.hasColors(STDOUT_FILENO) else { return prompt }
        return "\u{1}\u{1B}[1;32m\u{1}\(prompt.dropLast())\u{1}\u{1B}[0m\u{1}\(prompt.suffix(1))"
    }

    /// The next character from the terminal: 1, or 0 at the end of the input, or −1 where Ctrl-C came first.
    private static func readCharacter(_ character: UnsafeMutablePointer<wchar_t>?) -> Int32 {
        var bytes: [UInt8] = []
        while bytes.count < 4 {
            guard Interrupt.waitForInput() else { return -1 }
            var byte: UInt8 = 0
            let count = Foundation.read(STDIN_FILENO, &byte, 1)
            if count < 0 && errno == EINTR { continue }
            guard count == 1 else { return 0 }
            bytes.append(byte)
            // A character of UTF-8 is one to four bytes.
            if let text = String(validating: bytes, as: UTF8.self), let scalar = text.unicodeScalars.first {
                character?.pointee = wchar_t(scalar.value)
                return 1
            }
        }
        character?.pointee = wchar_t(0xFFFD)
        return 1
    }

    private func bindKeys() {
        editline_add_function(editor, "nas-complete", "complete the name, or enter the character of a \\name") {
            editor, _ in
            LineEditor.tab(editor)
        }
        editline_bind(editor, "\t", "nas-complete")
        editline_add_function(editor, "nas-paste", "insert what is pasted, newlines included") { editor, _ in
            LineEditor.paste(editor)
        }
        editline_bind(editor, "\u{1B}[200~", "nas-paste")
        for (keys, function) in [
            ("^R", "em-inc-search-prev"), ("\u{1B}[1;5D", "ed-prev-word"), ("\u{1B}[1;5C", "em-next-word"),
            ("\u{1B}[3~", "ed-delete-next-char"), ("\u{1B}[H", "ed-move-to-beg"), ("\u{1B}[F", "ed-move-to-end"),
            ("\u{1B}[A", "ed-search-prev-history"), ("\u{1B}[B", "ed-search-next-history"),
        ] { editline_bind(editor, keys, function) }
    }

    private static func textBeforeCursor(_ editor: OpaquePointer?) -> String {
        guard let line = el_line(editor) else { return "" }
        let length = line.pointee.cursor - line.pointee.buffer
        let bytes = UnsafeBufferPointer(
            start: UnsafeRawPointer(line.pointee.buffer).assumingMemoryBound(to: UInt8.self), count: length)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// `\pi` becomes π; a name is completed as far as it is certain; a second Tab lists what it could be.
    private static func tab(_ editor: OpaquePointer?) -> UInt8 {
        let text = textBeforeCursor(editor)
        if let (length, character) = UnicodeEntry.replacement(atEndOf: text) {
            el_deletestr(editor, Int32(length))
            el_insertstr(editor, character)
            return UInt8(CC_REFRESH)
        }
        let isUnicodeName = text.split(separator: " ").last?.contains("\\") == true
        let word = String(text.reversed().prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }.reversed())
        let start =
            isUnicodeName
            ? String(text[text.index(after: text.lastIndex(of: "\\")!)...])
            : String(word.split(separator: ".", omittingEmptySubsequences: false).last ?? "")
        let names = isUnicodeName ? UnicodeEntry.completions(atEndOf: text) : complete(word)
        if word.isEmpty && !isUnicodeName {
            el_insertstr(editor, "    ")
            return UInt8(CC_REFRESH)
        }
        // What is inserted are names; the argument labels are for the list.
        let bare = Set(names.map { String($0.prefix { $0 != "(" }) })
        guard let first = bare.first else { return UInt8(CC_REFRESH_BEEP) }
        let common = bare.dropFirst().reduce(first) { $0.commonPrefix(with: $1) }
        if common.count > start.count {
            el_insertstr(editor, String(common.dropFirst(start.count)))
            return UInt8(CC_REFRESH)
        }
        if lastTab == text || names.count > 1 {
            writeNow(VisibleText.escaped("\n" + columns(names) + "\n"), to: STDOUT_FILENO)
            lastTab = text
            return UInt8(CC_REDISPLAY)
        }
        lastTab = text
        return UInt8(CC_REFRESH)
    }

    /// Names side by side, as many as fit; the rest is counted.
    private static func columns(_ names: [String]) -> String {
        let shown = names.prefix(60)
        let width = (shown.map(\.displayWidth).max() ?? 0) + 2
        let perLine = max(1, (Terminal.width - 1) / width)
        var lines: [String] = []
        for start in stride(from: 0, to: shown.count, by: perLine) {
            lines.append(
                shown[start..<min(start + perLine, shown.count)]
                    .map { $0.padded(to: width) }.joined())
        }
        if names.count > shown.count { lines.append("… and \(names.count - shown.count) more") }
        return lines.joined(separator: "\n")
    }

    /// Takes everything up to the end of a bracketed paste as text; a pasted block is one cell.
    private static func paste(_ editor: OpaquePointer?) -> UInt8 {
        let end = Array("\u{1B}[201~".utf8)
        var bytes: [UInt8] = []
        while bytes.count < 1 << 20 {
            // Byte by byte from the terminal; libedit's own reader would interpret them.
            var byte: UInt8 = 0
            guard Foundation.read(STDIN_FILENO, &byte, 1) == 1 else { break }
            bytes.append(byte)
            if bytes.suffix(end.count).elementsEqual(end) {
                bytes.removeLast(end.count)
                break
            }
        }
        // A terminal sends CR for the end of a line; what was copied on Windows has CR LF.
        let pasted = PlainText.normalized(String(decoding: bytes, as: UTF8.self))
        let text = Transcript.cells(in: pasted).filter { $0 != "\0" }
        el_insertstr(editor, text.hasSuffix("\n") ? String(text.dropLast()) : text)
        return UInt8(CC_REFRESH)
    }
}
