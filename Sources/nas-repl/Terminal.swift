import Foundation
import Synchronization
import TextDisplay

/// What the terminal can do: whether there is one, how wide it is, whether colors are wanted.
enum Terminal {
    static let isInteractive = isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1
    private static let isDumb = ProcessInfo.processInfo.environment["TERM"].map { $0 == "dumb" || $0.isEmpty } ?? true

    /// Colors are for terminals only, and not where the user said NO_COLOR.
    static func hasColors(_ descriptor: Int32) -> Bool {
        let noColor = ProcessInfo.processInfo.environment["NO_COLOR"] ?? ""
        return isatty(descriptor) == 1 && noColor.isEmpty && !isDumb
    }

    /// The columns of the terminal; 80 where it does not say.
    static var width: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// The lines of the terminal; 24 where it does not say.
    static var height: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0 else { return 24 }
        return Int(size.ws_row)
    }

    /// As much of a text as fits on the screen, with a line or two around it.
    static func cut(_ text: String) -> String {
        let lineCount = max(8, height - 4)
        // Cut by characters first: a long text is not looked through line by line.
        let whole = text.prefix(lineCount * width)
        let lines = whole.split(separator: "\n", omittingEmptySubsequences: false)
        let shown = lines.prefix(lineCount).joined(separator: "\n")
        return shown.utf8.count < text.utf8.count ? shown + "…" : shown
    }

    /// A paragraph of Markdown in lines that fit; headings, lists, tables and formulas stay as they are.
    static func wrapped(_ text: String) -> String {
        let isParagraph = !["#", "|", "-", "$$", ">", "`", " "].contains { text.hasPrefix($0) }
        guard isParagraph else { return text }
        let limit = min(width, 100) - 1
        var lines: [String] = [""]
        for word in text.split(whereSeparator: \.isWhitespace) {
            if !lines[lines.count - 1].isEmpty && lines[lines.count - 1].count + 1 + word.count > limit {
                lines.append("")
            }
            lines[lines.count - 1] += lines[lines.count - 1].isEmpty ? String(word) : " " + word
        }
        return lines.joined(separator: "\n")
    }

    static func red(_ text: String) -> StyledText { StyledText(text, .red) }
    static func dim(_ text: String) -> StyledText { StyledText(text, .dim) }
    static func bold(_ text: String) -> StyledText { StyledText(text, .bold) }

    /// A line on the terminal that the next one replaces; an empty one takes it away. Nothing where there is no terminal.
    static func showStatus(_ line: String) {
        guard isatty(STDERR_FILENO) == 1, !isDumb else { return }
        let cut = String(VisibleText.escaped(line).prefix(max(0, width - 1)))
        writeNow("\r\u{1B}[K\(cut)", to: STDERR_FILENO)
    }
}

/// Ctrl-C: the handler counts, and wakes a prompt that waits for a key; who runs something looks at the count.
enum Interrupt {
    private static let count = Atomic<Int>(0)
    /// A pipe that the handler writes to, so that a signal between two reads is not lost.
    private static let wakeUp: (read: Int32, write: Int32) = {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return (-1, -1) }
        for end in ends { _ = fcntl(end, F_SETFL, fcntl(end, F_GETFL) | O_NONBLOCK) }
        return (ends[0], ends[1])
    }()

    /// From now on Ctrl-C is counted instead of ending the program. System calls are not restarted, so that a prompt that
    /// waits for a key returns.
    static func catchSignals() {
        var action = sigaction()
        _ = wakeUp
        action.__sigaction_handler.sa_handler = { _ in
            Interrupt.count.wrappingAdd(1, ordering: .relaxed)
            var byte: UInt8 = 0
            _ = write(Interrupt.wakeUp.write, &byte, 1)
        }
        sigemptyset(&action.sa_mask)
        action.sa_flags = 0
        sigaction(SIGINT, &action, nil)
    }

    static var happened: Bool { count.load(ordering: .relaxed) > 0 }
    static func reset() {
        count.store(0, ordering: .relaxed)
        var bytes = [UInt8](repeating: 0, count: 64)
        while read(wakeUp.read, &bytes, bytes.count) > 0 {}
    }

    /// Waits until there is something to read from standard input; false where Ctrl-C came first.
    static func waitForInput() -> Bool {
        while true {
            var sources = [
                pollfd(fd: wakeUp.read, events: Int16(POLLIN), revents: 0),
                pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
            ]
            let ready = poll(&sources, 2, -1)
            if happened { return false }
            if ready > 0 && sources[1].revents != 0 { return true }
        }
    }
}
