import ArgumentParser
import Foundation
import Notebook
import NotebookPrelude
import TextDisplay

/// `nas-repl`: the notebook, at a prompt or, where there is no terminal, on the lines of standard input.
struct NotebookCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "notebook", abstract: "Open the notebook (default).", shouldDisplay: false)

    func run() throws {
        if Terminal.isInteractive {
            Prompt(guide: nil).run()
        } else {
            let text = String(decoding: FileHandle.standardInput.readDataToEndOfFile(), as: UTF8.self)
            guard runCells(Cells.split(Transcript.cells(in: PlainText.normalized(text)))) else { throw ExitCode(1) }
        }
    }
}

/// Runs cells one after the other, prints what they show and their errors.
///
/// - Returns: whether all of them succeeded. Ctrl-C ends the program with 130.
func runCells(_ cells: [String]) -> Bool {
    Interrupt.catchSignals()
    let session = Session(library: .prelude, print: { printNow($0) }, showStatus: { Terminal.showStatus($0) })
    var succeeded = true
    for cell in cells {
        if cell.hasPrefix("?") {
            print(DocumentationPage.text(for: cell, in: session, stop: StopSignal { Interrupt.happened }))
            if Interrupt.happened { exit(130) }
            continue
        }
        let outcome = session.run(cell, stop: StopSignal { Interrupt.happened }) { print($0) }
        if let error = outcome.error {
            fflush(nil)
            Terminal.showStatus("")
            printError(Terminal.red(error.rendered(in: cell)))
            if Interrupt.happened { exit(130) }
            succeeded = false
        }
    }
    return succeeded
}

/// Lines taken together to cells.
enum Cells {
    /// Each line is a cell, with the lines after it as long as it is unfinished; blank lines between cells are dropped.
    static func split(_ text: String) -> [String] {
        let session = Session(library: Library(), print: { _ in })
        var cells: [String] = []
        var current = ""
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if current.isEmpty && line.allSatisfy(\.isWhitespace) { continue }
            current += current.isEmpty ? String(line) : "\n" + line
            if !session.isUnfinished(current) {
                cells.append(current)
                current = ""
            }
        }
        if !current.isEmpty { cells.append(current) }
        return cells
    }
}
