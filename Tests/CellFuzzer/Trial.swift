import Foundation
import Notebook
import NotebookPrelude

/// A session that runs cells as the prompt does, each for a moment, and looks at what they leave behind.
struct Trial {
    private let session = Session(library: .prelude, print: { _ in })
    private static let documentation = Documentation(folders: documentedFolders)
    /// As a student would press Ctrl-C after this.
    private static let patience = Duration.milliseconds(4)
    /// What does not end after this, though it was told to, hangs.
    static let hangs = Duration.seconds(10)

    init() {
        for cell in Mutation.prelude {
            let outcome = session.run(cell)
            precondition(outcome.error == nil, "the prelude fails: \(outcome.error!.rendered(in: cell))")
        }
    }

    /// Runs a cell.
    ///
    /// - Returns: whether it ended in time after it was told to.
    func run(_ cell: String) -> Bool {
        let deadline = ContinuousClock.now + Self.patience
        let stop = StopSignal { ContinuousClock.now > deadline }
        let threads = Session.threadsAtWork
        if cell.hasPrefix("?") {
            let name = cell.drop { $0 == "?" }.filter { $0 != " " }
            if (try? session.variable(named: name, stop: stop)) == nil,
                (try? Self.documentation.entries(for: name, stop: stop)) != nil
            {
                _ = try? Self.documentation.nearestName(to: name, stop: stop)
            }
        } else {
            // Each parses the cell once more, which takes most of the time.
            if cell.utf8.count % 4 == 0, session.isUnfinished(cell) { _ = session.isOpen(cell) }
            let outcome = session.run(cell, stop: stop)
            _ = outcome.error?.rendered(in: cell)
        }
        if cell.utf8.count % 4 == 1 { _ = session.completions(for: String(cell.prefix(6))) }
        // A computation that was left to itself must end soon.
        let end = ContinuousClock.now + Self.hangs
        while Session.threadsAtWork > threads {
            if ContinuousClock.now > end { return false }
            usleep(500)
        }
        return true
    }

    /// The memory that a process uses, in MiB.
    static func memory(of process: String = "self") -> Int {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/statm", encoding: .utf8),
            let pages = text.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        else { return 0 }
        return (pages * Int(getpagesize())) >> 20
    }
}
