import ArgumentParser
import Foundation
import Notebook
import NotebookPrelude
import Synchronization
import TextDisplay

/// `nas-repl check PATH… [--update] [--swiftc]`
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Run lessons and compare their outputs.",
        discussion: "Exits with 0 where every lesson is true, 1 where one is false, 3 where one could not be run.")

    @Argument(help: "Lessons, or folders of lessons.")
    var paths: [String]

    @Flag(help: "Show what differs and write it into the lessons.")
    var update = false

    @Flag(help: "Also compile the cells with swiftc, run them, and hold the same outputs against them.")
    var swiftc = false

    func run() throws {
        let files = try paths.flatMap(lessons(at:))
        guard !files.isEmpty else {
            printError("error: there is no lesson in \(paths.joined(separator: ", "))")
            throw ExitCode(3)
        }
        var falseLessons = 0
        for (file, report) in zip(files, try reports(on: files)) {
            let (lesson, differences, compiled) = try report.get()
            for difference in differences { print(difference) }
            // A cell that fails without the lesson's word for it is a mistake, not its output.
            let failed = differences.filter { $0.failsUnexpectedly }
            if update && !differences.isEmpty && failed.isEmpty {
                do {
                    try TextFile.replace(file, with: lesson.updated(with: differences))
                } catch {
                    printError("error: \(error)")
                    throw ExitCode(3)
                }
                print("\(file): \(differences.count) outputs written")
                continue
            }
            if update && !failed.isEmpty {
                print("\(file): nothing written, because cell \(failed[0].cell.number) fails")
            }
            for difference in compiled { print("compiled with swiftc: \(difference)") }
            if differences.isEmpty && compiled.isEmpty {
                print("\(file): \(lesson.cells.count) cells, true" + (swiftc ? ", in the notebook and compiled" : ""))
            } else {
                falseLessons += 1
            }
        }
        if falseLessons > 0 {
            print("\(falseLessons) of \(files.count) lessons false")
            throw ExitCode(1)
        }
    }

    private typealias Report = (lesson: Lesson, differences: [Lesson.Difference], compiled: [Lesson.Difference])

    /// Runs all lessons, each in a session of its own, one on each core at once.
    private func reports(on files: [String]) throws -> [Result<Report, any Error>] {
        let lessons = try files.map(readLesson)
        let (exactly, compiling) = (update, swiftc)
        let results = Mutex([Int: Result<Report, any Error>]())
        DispatchQueue.concurrentPerform(iterations: lessons.count) { i in
            let result = Result<Report, any Error> {
                let differences = lessons[i].differences(from: lessons[i].outputs(with: .prelude), exactly: exactly)
                let compiled =
                    compiling ? lessons[i].differences(from: try LessonCompiler.outputs(of: lessons[i])) : []
                return (lessons[i], differences, compiled)
            }
            results.withLock { $0[i] = result }
        }
        return results.withLock { results in lessons.indices.map { results[$0]! } }
    }

    private func lessons(at path: String) throws -> [String] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            printError("error: there is no \(path)")
            throw ExitCode(3)
        }
        if !isFolder.boolValue { return [path] }
        let files = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return files.filter { $0.hasSuffix(".md") }.sorted().map { path + "/" + $0 }
    }
}

/// Compiles a lesson's cells as a Swift program, against the modules that this program was built with.
enum LessonCompiler {
    static func outputs(of lesson: Lesson) throws -> [String?] {
        let executable = Bundle.main.executableURL ?? URL(fileURLWithPath: CommandLine.arguments[0])
        let build = executable.resolvingSymlinksInPath().deletingLastPathComponent()
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("nas-repl-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let main = folder.appendingPathComponent("main.swift"), program = folder.appendingPathComponent("lesson")
        let modules = documentedModules
        try lesson.program(importing: ["Foundation"] + modules).write(to: main, atomically: true, encoding: .utf8)
        let linked = try (modules + ["RealModule", "_NumericsShims"]).flatMap {
            try Self.objects(in: build.appendingPathComponent("\($0).build"))
        }
        let checkouts = build.deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent(
            "checkouts")
        let shims = checkouts.appendingPathComponent("swift-numerics/Sources/_NumericsShims/include").path
        let sources = documentedFolders[0].split(separator: "/").dropLast().map { "/" + $0 }.joined()
        try run(
            "swiftc",
            [
                "-Onone", "-module-name", "lesson", main.path, "-o", program.path, "-I",
                build.appendingPathComponent("Modules").path,
                "-Xcc", "-fmodule-map-file=\(shims)/module.modulemap", "-Xcc", "-I\(shims)",
                "-Xcc", "-fmodule-map-file=\(sources)/CZlib/module.modulemap",
            ] + linked + ["-lz"])
        return lesson.outputs(ofProgram: try run(program.path, []))
    }

    /// The objects of a module as it is now: those of files that are gone may still lie beside them.
    private static func objects(in folder: URL) throws -> [String] {
        let map = folder.appendingPathComponent("output-file-map.json")
        if let data = try? Data(contentsOf: map) {
            let files = try JSONDecoder().decode([String: [String: String]].self, from: data)
            return files.values.compactMap { $0["object"] }.sorted()
        }
        let files = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        return files.filter { $0.hasSuffix(".o") }.map { folder.appendingPathComponent($0).path }
    }

    @discardableResult
    private static func run(_ command: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: command.hasPrefix("/") ? command : "/usr/bin/env")
        process.arguments = command.hasPrefix("/") ? arguments : [command] + arguments
        let output = Pipe()
        process.standardOutput = output
        do {
            try process.run()
        } catch {
            printError("error: \(command) does not start: is it installed?")
            throw ExitCode(3)
        }
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            printError(text)
            printError("error: \(command) failed with status \(process.terminationStatus)")
            throw ExitCode(1)
        }
        return text
    }
}
