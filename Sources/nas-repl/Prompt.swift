import Foundation
import Notebook
import NotebookPrelude
import Persistence
import Synchronization
import TextDisplay

/// The notebook at a terminal: reads cells, runs them, shows what they are worth.
final class Prompt {
    private let session: Session
    private var guide: LessonGuide?
    private var log: [(cell: String, output: String, failed: Bool)] = []
    /// What the running cell has printed and shown.
    private let output = OutputLog()

    init(guide: LessonGuide?) {
        self.guide = guide
        let output = output
        session = Session(
            library: .prelude,
            print: { text in
                printNow(text)
                output.append(text)
            }, showStatus: { Terminal.showStatus($0) })
    }

    func run() {
        Interrupt.catchSignals()
        let session = session
        guard let editor = LineEditor(historyPath: Self.historyPath, complete: { session.completions(for: $0) }) else {
            printError("libedit does not start on this terminal")
            exit(1)
        }
        if guide != nil {
            show()
        } else {
            print("nas-repl: policy gradients that design neural networks. ? for help, :quit to leave.")
        }
        while let cell = read(editor) {
            if cell.isEmpty, let next = guide?.cellToRun {
                print(Terminal.dim(next.source))
                editor.remember(next.source)
                run(next.source)
                if guide?.exercise == nil || next.accepts(lastOutput) {
                    pass(next)
                } else {
                    let wanted = next.output.map { ": the check should show\n\($0)" } ?? ""
                    print(Terminal.bold("Not yet\(wanted)"))
                    print(Terminal.dim(":hint helps, :solution tells."))
                }
            } else if !cell.isEmpty {
                editor.remember(cell)
                if cell.hasPrefix("?") {
                    print(DocumentationPage.text(for: cell, in: session, stop: StopSignal { Interrupt.happened }))
                } else if cell.hasPrefix(":") {
                    if !command(cell) { break }
                } else {
                    run(cell)
                    // A lesson's cell typed by hand counts as well as one that was run with Return.
                    if guide?.isNext(cell) == true, let next = guide?.cellToRun { pass(next) }
                }
            }
        }
    }

    /// A whole cell; nil at the end of the input.
    private func read(_ editor: LineEditor) -> String? {
        var cell = ""
        let number = session.cellCount + 1
        // A Ctrl-C that came too late for the last cell is dropped here; from now on each one is for this cell, also when
        // it comes between its last line and its start.
        Interrupt.reset()
        while true {
            switch editor.read(prompt: cell.isEmpty ? Transcript.input(number) : Transcript.continuation(number)) {
            case .end:
                print("")
                return nil
            case .interrupted:
                Interrupt.reset()
                print("")
                cell = ""
            case .text(let line):
                // A blank line ends a cell that could go on: its error then says what is missing. Inside brackets and in
                // a string of several lines it is a part of the cell, and Ctrl-C drops the cell.
                if !cell.isEmpty && line.allSatisfy(\.isWhitespace) && !session.isOpen(cell) { return cell }
                cell += cell.isEmpty ? line : "\n" + line
                if cell.allSatisfy(\.isWhitespace) { return "" }
                if cell.hasPrefix("?") || cell.hasPrefix(":") || !session.isUnfinished(cell) { return cell }
            }
        }
    }

    private func run(_ cell: String) {
        let number = session.cellCount + 1
        let output = output
        let label = Terminal.red(Transcript.output(number))
        let outcome = session.run(cell, stop: StopSignal { Interrupt.happened }) { shown in
            output.append(shown + "\n")
            // A value of several lines stands below its label.
            print(label + StyledText((shown.contains("\n") ? "\n" : "") + shown))
        }
        if outcome.error != nil { Terminal.showStatus("") }  // takes the progress and the ^C away
        if let error = outcome.error { print(Terminal.red(error.rendered(in: cell))) }
        fflush(nil)
        let error = outcome.error.map { $0.rendered(in: cell) + "\n" } ?? ""
        log.append((cell, output.take() + error, outcome.error != nil))
    }

    /// What the last cell printed and showed, without the last line's end.
    private var lastOutput: String {
        let output = log.last?.output ?? ""
        return output.hasSuffix("\n") ? String(output.dropLast()) : output
    }

    /// Goes on with the lesson behind a cell that was run.
    private func pass(_ cell: Lesson.Cell) {
        if guide?.exercise != nil { print(Terminal.bold("Right.")) }
        guide?.pass(cell)
        print("")
        show()
    }

    /// Shows the lesson up to its next cell. What an exercise starts from is there to be called and replaced.
    private func show() {
        if let text = guide?.text { print(text) }
        if let exercise = guide?.exercise {
            _ = session.run(exercise.source, stop: StopSignal { Interrupt.happened }) { _ in }
        }
        if guide?.isDone == true { guide = nil }
    }

    /// Carries out a line that begins with a colon.
    ///
    /// - Returns: whether the session goes on.
    private func command(_ line: String) -> Bool {
        let words = line.dropFirst().split(separator: " ", maxSplits: 1).map(String.init)
        switch words.first {
        case "quit", "q", "exit": return false
        case "help", nil: print(DocumentationPage.help)
        case "vars":
            for (name, type, value) in session.variableDescriptions {
                let line = "\(name): \(type) = \(value.split(separator: "\n").first ?? "")"
                print(line.count < Terminal.width ? line : line.prefix(Terminal.width - 2) + "…")
            }
        case "reset": session.reset()
        case "time":
            let start = ContinuousClock.now
            run(words.count > 1 ? words[1] : "()")
            print(
                Terminal.dim(
                    "took \(start.duration(to: .now).formatted(.units(allowed: [.minutes, .seconds, .milliseconds, .microseconds], width: .narrow)))"
                ))
        case "hint": print(guide?.hint() ?? "There is no exercise here.")
        case "solution":
            if let solution = guide?.solution {
                print(Terminal.dim(solution.source))
                run(solution.source)
                print(Terminal.dim("Return checks it."))
            } else {
                print("There is no exercise here.")
            }
        case "save": save(words.count > 1 ? words[1] : "session.md")
        default:
            print(
                Terminal.red(
                    "unknown command ':\(words[0])': there are :help, :vars, :time, :save, :reset, :hint, :solution and :quit"
                ))
        }
        return true
    }

    private func save(_ path: String) {
        let text =
            "# A session\n"
            + log.map { entry in
                "\n" + (entry.failed ? "<!-- nas: error -->\n" : "") + "```swift\n\(entry.cell)\n```\n"
                    + (entry.output.isEmpty ? "" : "```output\n\(entry.output)```\n")
            }.joined()
        do {
            try TextFile.replace(path, with: text)
            print("\(log.count) cells are in \(path)")
        } catch {
            print(Terminal.red("\(error)"))
        }
    }

    /// `nas-repl/history` in the user's state folder.
    private static var historyPath: String { UserFolder.state() + "/nas-repl/history" }
}

/// Text that a cell's thread writes and the prompt takes.
private final class OutputLog: Sendable {
    private let text = Mutex("")
    func append(_ piece: String) { text.withLock { $0 += piece } }
    func take() -> String {
        text.withLock { text in
            defer { text = "" }
            return VisibleText.escaped(text)
        }
    }
}
