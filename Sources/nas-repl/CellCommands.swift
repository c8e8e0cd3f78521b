import ArgumentParser
import Foundation
import Notebook
import NotebookPrelude
import TextDisplay

/// `nas-repl eval -e CELL …`
struct EvalCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "eval", abstract: "Run cells and print what they show.")

    @Option(
        name: .customShort("e"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp("A cell to run; may be repeated.", valueName: "cell"))
    var cells: [String] = []

    func validate() throws {
        if cells.isEmpty { throw ValidationError("name at least one cell: nas-repl eval -e '1 + 2'") }
    }

    func run() throws {
        guard runCells(cells) else { throw ExitCode(1) }
    }
}

/// `nas-repl run FILE`
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run the cells of a lesson (.md), a Swift file, or standard input (-).")

    @Argument(help: "A lesson, a Swift file, or - for standard input.")
    var file: String

    func run() throws {
        let cells: [String]
        if file == "-" {
            cells = Cells.split(
                Transcript.cells(
                    in: PlainText.normalized(
                        String(decoding: FileHandle.standardInput.readDataToEndOfFile(), as: UTF8.self))))
        } else if file.hasSuffix(".md") {
            let lesson = try readLesson(file)
            try runLesson(lesson)
            return
        } else {
            do {
                cells = [PlainText.normalized(try TextFile.read(file))]
            } catch {
                printError("error: \(error)")
                throw ExitCode(1)
            }
        }
        guard runCells(cells) else { throw ExitCode(1) }
    }
}

/// The prose and the cells with what they show, in order.
private func runLesson(_ lesson: Lesson) throws {
    Interrupt.catchSignals()
    let session = Session(library: .prelude, print: { printNow($0) }, showStatus: { Terminal.showStatus($0) })
    var failed = false
    for block in lesson.blocks {
        switch block {
        case .prose(let text), .hint(let text): print(text + "\n")
        case .cell(let cell):
            let lines = cell.source.split(separator: "\n", omittingEmptySubsequences: false)
            print(lines.map { "    \($0)" }.joined(separator: "\n") + "\n")
            if cell.attributes.skip { continue }
            let outcome = session.run(cell.source, stop: StopSignal { Interrupt.happened }) { print($0) }
            if let error = outcome.error {
                print(error.rendered(in: cell.source))
                if Interrupt.happened { throw ExitCode(130) }
                failed = failed || !cell.attributes.error
            }
            print("")
        }
    }
    if failed { throw ExitCode(1) }
}

/// `nas-repl lesson [N]`
struct LessonCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "lesson", abstract: "Open the notebook at a lesson.")

    @Argument(help: "The number of the lesson, or a file; without it the lessons are listed.")
    var lesson: String?

    func run() throws {
        let folder = documentedFolders[0].split(separator: "/").dropLast(2).map { "/" + $0 }.joined() + "/Lessons"
        let files = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter {
            $0.hasSuffix(".md")
        }.sorted()
        guard let lesson else {
            for file in files { print("\(file.prefix(2))  \((try? Lesson(path: folder + "/" + file))?.title ?? file)") }
            return
        }
        if let number = Int(lesson), !files.contains(where: { Int($0.prefix(2)) == number }) {
            printError("error: there is no lesson \(number): 'nas-repl lesson' lists them")
            throw ExitCode(3)
        }
        let path =
            Int(lesson).flatMap { number in files.first { Int($0.prefix(2)) == number }.map { folder + "/" + $0 } }
            ?? lesson
        let found = try readLesson(path)
        if Terminal.isInteractive {
            Prompt(guide: LessonGuide(found)).run()
        } else {
            try runLesson(found)
        }
    }
}

func readLesson(_ path: String) throws -> Lesson {
    do {
        return try Lesson(path: path)
    } catch {
        printError("error: \(error)")
        throw ExitCode(3)
    }
}
