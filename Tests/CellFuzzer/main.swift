import Foundation

// Tries what the notebook promises: nothing that a cell holds ends the program, hangs it, or makes it grow without bound.
//
//     CellFuzzer [--cells N] [--seconds S] [--seed K] [--workers W]
//     CellFuzzer --calls N [--seed K]
//
// The second form calls everything that is bound with hostile arguments of its parameters' types.
// Worker processes run mutated cells; the parent notices which one ends a worker, or does not end itself, makes it as small
// as it can, and reports it. Exit code 1 where anything was found.

func option(_ name: String) -> Int? {
    CommandLine.arguments.firstIndex(of: "--" + name).flatMap { place in
        place + 1 < CommandLine.arguments.count ? Int(CommandLine.arguments[place + 1]) : nil
    }
}

let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
let mutation = Mutation(lessons: root.appendingPathComponent("Lessons").path)
/// As many cells share a session.
let cellsPerSession = 200
let seed = option("seed") ?? 1
let limits = (cells: option("cells") ?? 100_000, seconds: option("seconds") ?? 600)

if let calls = option("calls"), let first = option("worker") {
    Worker.call(first: first, of: calls)
} else if let calls = option("calls") {
    exit(CallHunt(calls: calls).run() ? 0 : 1)
} else if let first = option("worker"), let step = option("step") {
    Worker.run(first: first, step: step)
} else if CommandLine.arguments.contains("--reproduce") {
    Worker.reproduce()
} else {
    // A cell waits now and then, for a thread to end: one process more than there are cores leaves none of them idle.
    exit(Hunt(workers: option("workers") ?? ProcessInfo.processInfo.activeProcessorCount + 1).run() ? 0 : 1)
}

/// What a worker process does.
enum Worker {
    /// The exit codes that tell the parent what happened.
    static let hung: Int32 = 100, grew: Int32 = 101
    /// More than this, in MiB, is growth: a session that was dropped leaves nothing behind.
    private static let memoryLimit = 3000

    /// Runs every `step`th session from the one of the number `first`, and says before each cell which it is.
    static func run(first: Int, step: Int) -> Never {
        var number = first
        while number < limits.cells {
            let session = number / cellsPerSession
            let trial = Trial()
            for cell in number..<min((session + 1) * cellsPerSession, limits.cells) {
                say(cell)
                if !trial.run(mutation.cell(cell, seed: seed)) { exit(hung) }
                if Trial.memory() > memoryLimit { exit(grew) }
            }
            number = (session + step) * cellsPerSession
        }
        exit(0)
    }

    /// Runs the cells that standard input has, in one session.
    static func reproduce() -> Never {
        let text = String(decoding: FileHandle.standardInput.readDataToEndOfFile(), as: UTF8.self)
        let trial = Trial()
        for cell in text.split(separator: "\u{1D}") {
            if !trial.run(String(cell)) { exit(hung) }
            if Trial.memory() > memoryLimit { exit(grew) }
        }
        exit(0)
    }

    /// Makes hostile calls from the one of the number `first` on; what a call is, is said before it is made.
    static func call(first: Int, of count: Int) -> Never {
        // What allocates without bound fails at once instead of slowing the machine down.
        var limit = rlimit(rlim_cur: 12 << 30, rlim_max: 12 << 30)
        setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
        let hostile = HostileCalls(seed: seed &+ first)
        for number in first..<count {
            hostile.callNext(number) { say("\(number) \($0)") }
            if Trial.memory() > 2 * memoryLimit { exit(grew) }
        }
        exit(0)
    }

    private static func say(_ cell: Int) { say("\(cell)") }

    private static func say(_ line: String) {
        let text = Array("\(line)\n".utf8)
        _ = write(1, text, text.count)
    }
}
