import ArchitectureSearch
import Foundation
import GRDB
import TextDisplay

/// The runs of searches in one SQLite file: configurations, children, and what is needed to go on.
///
/// Every child is stored as it is done. After each update of the strategy its whole state is stored in one transaction
/// with the number of children it has learned from: see ``RunKeeper``, which a ``StoredRun`` is.
///
/// Any number of processes use one store at once. A run is one process's: see ``StoredRun/claim()``.
public struct RunStore: Sendable {
    /// What a store is opened for.
    public enum Use: Sendable {
        /// To list and show runs: nothing is made, and it may be where nothing can be written.
        case reading
        /// To go on with a run of a store that is there.
        case writing
        /// To start runs in a store that is made where there is none.
        case creating
    }

    let file: RunStoreFile

    /// Opens the store in a file.
    ///
    /// - Parameter use: what for; by default, to start runs in a file that is made where it does not exist.
    /// - Throws: ``RunStoreProblem`` for a file that can't be used so or is no store.
    public init(path: String, for use: Use = .creating) throws {
        file = try RunStoreFile(RunStoreLocation(path), for: use)
    }

    /// Where runs are kept unless a file is named: `nas-repl/runs.sqlite` in the user's data folder.
    public static var standardPath: String { UserFolder.data() + "/nas-repl/runs.sqlite" }

    /// Opens the store at ``standardPath``, whose folder is made where a run is to be started.
    ///
    /// - Throws: ``RunStoreProblem`` where that is no place for a store.
    public static func standard(for use: Use) throws -> RunStore {
        if use == .creating { try RunStoreLocation(standardPath).makeFolder() }
        return try RunStore(path: standardPath, for: use)
    }

    /// Starts a new run, which is this process's.
    ///
    /// - Throws: ``RunStoreProblem`` where it can't be written.
    public func start(_ configuration: SearchConfiguration) throws -> StoredRun {
        let text = try encode(configuration, "the configuration")
        let (id, lock) = try file.write { database in
            var id: Int64 = try nextRun(database)
            var lock = try RunLock.take(id, of: file.locks)
            // A process that goes on with a run of a store that was deleted here has that run's number still.
            while lock == nil {
                id += 1
                lock = try RunLock.take(id, of: file.locks)
            }
            try database.execute(
                sql: "INSERT INTO run (id, configuration, state, process, started) VALUES (?, ?, ?, ?, ?)",
                arguments: [
                    id, text, RunState.running.rawValue, ProcessInfo.processInfo.processIdentifier, Date(),
                ])
            return (id, lock)
        }
        return StoredRun(id: id, file: file, lock: lock)
    }

    private func nextRun(_ database: Database) throws -> Int64 {
        let last = try Int64.fetchOne(
            database,
            sql: """
                SELECT MAX(COALESCE((SELECT MAX(seq) FROM sqlite_sequence WHERE name = 'run'), 0), \
                COALESCE((SELECT MAX(id) FROM run), 0))
                """)
        guard let last, 0..<Int64.max ~= last else { throw RunStoreProblem(store: file.locks.store, fact: .damaged) }
        return last + 1
    }

    /// A run that was started before.
    ///
    /// - Throws: ``InvalidArgument`` where there is no run of that number, or what the store holds of it can't be read.
    public func run(_ id: Int64) throws -> StoredRun {
        _ = try summary(of: id)
        return StoredRun(id: id, file: file, lock: nil)
    }

    /// A run as a list shows it.
    ///
    /// - Throws: ``InvalidArgument`` where there is no run of that number, or what the store holds of it can't be read.
    public func summary(of id: Int64) throws -> RunSummary {
        guard let row = try rows("WHERE id = ?", [id]).first else {
            throw InvalidArgument("there is no run \(id) in this store")
        }
        return try summary(row).get()
    }

    /// All runs, newest first, and in the place of one that can't be read what is wrong with it.
    ///
    /// - Throws: ``RunStoreProblem`` where the file can't be read.
    public func summaries() throws -> [Result<RunSummary, InvalidArgument>] {
        try rows("ORDER BY id DESC", []).map(summary)
    }

    private func summary(_ row: Row) throws -> Result<RunSummary, InvalidArgument> {
        let summary = RunSummary.read(row)
        guard case .success(let run) = summary, run.state == .running, !RunLock.isHeld(run.run, of: file.locks) else {
            return summary
        }
        // Whoever finishes a run says so before the lock goes: what still says that it is running now was cut off.
        return try rows("WHERE id = ?", [run.run]).first.map(RunSummary.read).map { again in
            again.map { $0.state == .running ? $0.interrupted : $0 }
        } ?? .success(run.interrupted)
    }

    private func rows(_ which: String, _ arguments: StatementArguments) throws -> [Row] {
        if file.isEmpty { return [] }
        return try file.read {
            try Row.fetchAll(
                $0,
                sql: """
                    SELECT id, state, configuration, started, seconds, test, \
                    (SELECT COUNT(*) FROM child WHERE child.run = run.id) AS children FROM run \(which)
                    """,
                arguments: arguments)
        }
    }
}

extension RunStore: CustomStringConvertible {
    /// `the store 'runs.sqlite'`
    public var description: String { "the store '\(file.locks.store)'" }
}

extension RunSummary {
    /// The same run, whose process is gone.
    fileprivate var interrupted: RunSummary {
        var run = self
        run.state = .interrupted
        return run
    }
}
