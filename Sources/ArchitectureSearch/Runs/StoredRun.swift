import Autodiff
import Foundation
import GRDB
import Synchronization
import TextDisplay

/// One run in a store.
public struct StoredRun: Sendable {
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
    func begin() throws {
        try claim()
        try holder.state.withLock { held in
            if held.isSearched { throw isRunning("in another search") }
            held.isSearched = true
        }
    }

    private func isRunning(_ place: String) -> InvalidArgument { InvalidArgument("run \(id) is running \(place)") }

    /// Lets others go on with the run.
    func release() { holder.state.withLock { $0 = (nil, false) } }

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

    /// The children done, in order.
    ///
    /// - Parameter space: the run's.
    /// - Throws: ``InvalidArgument`` for a child that can't be one of this run's.
    public func children(in space: SearchSpace) throws -> [Child] {
        let rows = try file.read {
            try Row.fetchAll($0, sql: "SELECT child FROM child WHERE run = ? ORDER BY number", arguments: [id])
        }
        return try rows.enumerated().map { i, row in
            guard let text = String.fromDatabaseValue(row[0]) else {
                throw InvalidArgument("run \(id): child \(i) can't be read")
            }
            let child: Child = try decode(text, "run \(id): child \(i)")
            let accuracies = [child.result.validation, child.result.reward]
            guard child.number == i, space.contains(child.architecture), accuracies.allSatisfy({ 0...1 ~= $0 }),
                child.repeats.map({ 0..<i ~= $0 }) ?? true
            else {
                throw InvalidArgument(
                    "run \(id): what is stored as child \(i) is no child of the space '\(space.name)'")
            }
            return child
        }
    }

    /// The strategy after its last update; nil where there was none.
    ///
    /// - Parameter fresh: the state of the same strategy before it has seen anything.
    /// - Throws: ``InvalidArgument`` for a state that is not of this strategy in this space.
    func strategyState(like fresh: StrategyState, in space: SearchSpace) throws -> StrategyState? {
        let (text, observed): (String?, Int) = try file.read {
            (try value("strategyState", $0), try value("observedChildren", $0))
        }
        guard let text else {
            if observed == 0 { return nil }
            throw InvalidArgument("run \(id): the strategy has learned from \(observed) children; its state is missing")
        }
        let state: StrategyState = try decode(text, "run \(id): the state of its strategy")
        guard state.fits(fresh, space) else {
            throw InvalidArgument(
                "run \(id): the state that is stored is not of this strategy in the space '\(space.name)'")
        }
        return state
    }

    /// How many of the children the strategy has learned from.
    func observedChildren(of done: Int) throws -> Int {
        let count: Int = try file.read { try value("observedChildren", $0) }
        guard 0...done ~= count else {
            throw InvalidArgument("run \(id): \(count) children are said to be learned from; there are \(done)")
        }
        return count
    }

    func add(_ child: Child) throws {
        let text = try encode(child, "run \(id): child \(child.number)")
        try file.write {
            try $0.execute(
                sql: "INSERT INTO child (run, number, child) VALUES (?, ?, ?)", arguments: [id, child.number, text])
        }
    }

    /// - Parameter seconds: how long the children since the last update took.
    func saveUpdate(_ state: StrategyState, observedChildren: Int, seconds: Double) throws {
        let text = try encode(state, "run \(id): the state of its strategy")
        try file.write {
            try set(
                "strategyState = ?, observedChildren = ?, seconds = COALESCE(seconds, 0) + ?",
                [text, observedChildren, seconds], $0)
        }
    }

    func finish(_ result: SearchResult) throws {
        try file.write {
            try set(
                "state = ?, bestChild = ?, test = ?",
                [RunState.finished.rawValue, result.best.number, result.test], $0)
        }
    }

    /// Says that the run was stopped, and lets others go on with it.
    ///
    /// A store that can't be written is no matter: a run that nobody has is as good as one that says so.
    func interrupt() {
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
