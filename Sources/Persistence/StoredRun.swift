import ArchitectureSearch
import Foundation
import GRDB
import Synchronization
import TextDisplay

/// One run in a store.
public struct StoredRun: RunKeeper {
    /// The number of the run in its store.
    public let id: Int64
    let file: RunStoreFile
    private let holder: Holder

    /// What makes the run this process's, for all copies of this value; the lock goes with the last of them.
    private final class Holder: Sendable {
        let state: Mutex<(lock: RunLock?, isSearched: Bool)>
        init(_ lock: RunLock?) { state = Mutex((lock, false)) }
    }

    init(id: Int64, file: RunStoreFile, lock: RunLock?) {
        self.id = id
        self.file = file
        holder = Holder(lock)
    }

    /// Makes the run this process's, as one that has just been started is, until a search with it ends or nobody has this value.
    ///
    /// - Throws: ``InvalidArgument`` for a run that is finished, or that another search runs; ``RunStoreProblem`` where the store
    ///   can't be written.
    public func claim() throws {
        try holder.state.withLock { held in
            guard held.lock == nil else { return }
            // What is checked here holds until the lock is let go: whoever else claims it waits for this transaction.
            held.lock = try file.write { database in
                guard let lock = try RunLock.take(id, of: file.locks) else { throw isRunning("in another process") }
                guard try value("state", database) != RunState.finished.rawValue else {
                    throw InvalidArgument("run \(id) is finished already")
                }
                try set(
                    "state = ?, process = ?",
                    [RunState.running.rawValue, ProcessInfo.processInfo.processIdentifier], database)
                return lock
            }
        }
    }

    /// Claims the run for one search, and not for two that are given the same value.
    public func begin() throws {
        try claim()
        try holder.state.withLock { held in
            if held.isSearched { throw isRunning("in another search") }
            held.isSearched = true
        }
    }

    private func isRunning(_ place: String) -> InvalidArgument { InvalidArgument("run \(id) is running \(place)") }

    /// Lets others go on with the run.
    public func release() { holder.state.withLock { $0 = (nil, false) } }

    /// What is searched.
    ///
    /// - Throws: ``InvalidArgument`` for what can't be read.
    public func configuration() throws -> SearchConfiguration {
        try decode(try file.read { try value("configuration", $0) }, "run \(id): the configuration")
    }

    /// Whether all children are done and the best is tested.
    ///
    /// - Throws: ``InvalidArgument`` for what can't be read.
    public var isFinished: Bool {
        get throws { try file.read { try value("state", $0) == RunState.finished.rawValue } }
    }

    /// The children as they were stored.
    ///
    /// - Throws: ``InvalidArgument`` for one that can't be read.
    public func keptChildren() throws -> [Child] {
        let rows = try file.read {
            try Row.fetchAll($0, sql: "SELECT child FROM child WHERE run = ? ORDER BY number", arguments: [id])
        }
        return try rows.enumerated().map { i, row in
            guard let text = String.fromDatabaseValue(row[0]) else {
                throw InvalidArgument("run \(id): child \(i) can't be read")
            }
            return try decode(text, "run \(id): child \(i)")
        }
    }

    /// The update that was stored last; nil where there was none.
    ///
    /// - Throws: ``InvalidArgument`` for one that can't be read.
    public func keptUpdate() throws -> StrategyUpdate? {
        let (text, observed): (String?, Int) = try file.read {
            (try value("strategyState", $0), try value("observedChildren", $0))
        }
        guard let text else {
            if observed == 0 { return nil }
            throw InvalidArgument("run \(id): the strategy has learned from \(observed) children; its state is missing")
        }
        return StrategyUpdate(try decode(text, "run \(id): the state of its strategy"), observedChildren: observed)
    }

    /// Stores a child that is done.
    ///
    /// - Throws: ``RunStoreProblem`` where the store can't be written.
    public func add(_ child: Child) throws {
        let text = try encode(child, "run \(id): child \(child.number)")
        try file.write {
            try $0.execute(
                sql: "INSERT INTO child (run, number, child) VALUES (?, ?, ?)", arguments: [id, child.number, text])
        }
    }

    /// Stores an update, whole or not at all.
    ///
    /// - Parameter seconds: how long the children since the last update took.
    /// - Throws: ``RunStoreProblem`` where the store can't be written.
    public func add(_ update: StrategyUpdate, seconds: Double) throws {
        let text = try encode(update.state, "run \(id): the state of its strategy")
        try file.write {
            try set(
                "strategyState = ?, observedChildren = ?, seconds = COALESCE(seconds, 0) + ?",
                [text, update.observedChildren, seconds], $0)
        }
    }

    /// Stores what the run found.
    ///
    /// - Throws: ``RunStoreProblem`` where the store can't be written.
    public func finish(_ result: SearchResult) throws {
        try file.write {
            try set(
                "state = ?, bestChild = ?, test = ?",
                [RunState.finished.rawValue, result.best.number, result.test], $0)
        }
    }

    /// Says that the run was stopped, where the store can be written, and lets others go on with it.
    public func interrupt() {
        try? file.write { try set("state = ?", [RunState.interrupted.rawValue], $0) }
        release()
    }

    private func set(_ assignments: String, _ arguments: StatementArguments, _ database: Database) throws {
        try database.execute(sql: "UPDATE run SET \(assignments) WHERE id = ?", arguments: arguments + [id])
    }

    private func value<Value: DatabaseValueConvertible>(_ column: String, _ database: Database) throws -> Value {
        guard let row = try Row.fetchOne(database, sql: "SELECT \(column) FROM run WHERE id = ?", arguments: [id])
        else { throw InvalidArgument("there is no run \(id) in this store") }
        return try Value.fromDatabaseValue(row[0])
            ?? { throw InvalidArgument("run \(id): the column '\(column)' can't be read") }()
    }
}

extension StoredRun: CustomStringConvertible {
    /// `run 3 of the store 'runs.sqlite'`
    public var description: String { "run \(id) of the store '\(file.locks.store)'" }
}
