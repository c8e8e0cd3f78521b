import Autodiff
import Foundation
import GRDB

/// The runs of searches in one SQLite file: configurations, children, and what is needed to go on.
///
/// Every child is stored as it is done. After each update of the strategy its whole state is stored in one transaction
/// with the number of children it has learned from. A run that is killed between two updates proposes its last batch again,
/// to the same architectures, and finds the results of those that were done.
public struct RunStore: Sendable {
    let database: DatabaseQueue

    /// Opens the store in a file, which is made where it does not exist.
    ///
    /// - Throws: a database error for a file that can't be opened or is no store.
    public init(path: String) throws {
        var configuration = Configuration()
        configuration.busyMode = .timeout(10)
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA journal_mode = WAL") }
        database = try DatabaseQueue(path: path, configuration: configuration)
        var migrator = DatabaseMigrator()
        migrator.registerMigration("runs, children and updates") { database in
            try database.create(table: "run") { table in
                table.autoIncrementedPrimaryKey("id")
                table.column("configuration", .text).notNull()
                table.column("state", .text).notNull()
                table.column("process", .integer).notNull()
                table.column("started", .datetime).notNull()
                table.column("seconds", .double)
                table.column("bestChild", .integer)
                table.column("test", .double)
                table.column("strategyState", .text)
                table.column("observedChildren", .integer).notNull().defaults(to: 0)
            }
            try database.create(table: "child") { table in
                table.column("run", .integer).notNull().references("run", onDelete: .cascade)
                table.column("number", .integer).notNull()
                table.column("child", .text).notNull()
                table.primaryKey(["run", "number"])
            }
        }
        try migrator.migrate(database)
    }

    /// Where runs are kept unless a file is named: `nas-repl/runs.sqlite` in the user's data folder, which is made.
    public static func standardPath() throws -> String {
        let environment = ProcessInfo.processInfo.environment
        let data =
            environment["XDG_DATA_HOME"].flatMap { $0.isEmpty ? nil : URL(fileURLWithPath: $0) }
            ?? FileManager.default.homeDirectoryForCurrentUser.appendingPathComponent(".local/share")
        let folder = data.appendingPathComponent("nas-repl")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder.appendingPathComponent("runs.sqlite").path
    }

    /// Starts a new run.
    public func start(_ configuration: SearchConfiguration) throws -> StoredRun {
        let text = try encode(configuration)
        return try database.write { database in
            try database.execute(
                sql: "INSERT INTO run (configuration, state, process, started) VALUES (?, ?, ?, ?)",
                arguments: [text, RunState.running.rawValue, ProcessInfo.processInfo.processIdentifier, Date()])
            return StoredRun(id: database.lastInsertedRowID, database: self.database)
        }
    }

    /// A run that was started before.
    ///
    /// - Throws: ``InvalidArgument`` where there is no run of that number.
    public func run(_ id: Int64) throws -> StoredRun {
        _ = try summary(of: id)
        return StoredRun(id: id, database: database)
    }

    /// A run as a list shows it.
    ///
    /// - Throws: ``InvalidArgument`` where there is no run of that number, or what the store holds of it can't be read.
    public func summary(of id: Int64) throws -> RunSummary {
        guard let row = try rows("WHERE id = ?", [id]).first else {
            throw InvalidArgument("there is no run \(id) in this store")
        }
        return try RunSummary.read(row).get()
    }

    /// All runs, newest first, and in the place of one that can't be read what is wrong with it.
    public func summaries() throws -> [Result<RunSummary, InvalidArgument>] {
        try rows("ORDER BY id DESC", []).map(RunSummary.read)
    }

    private func rows(_ which: String, _ arguments: StatementArguments) throws -> [Row] {
        try database.read {
            try Row.fetchAll(
                $0,
                sql:
                    "SELECT run.*, (SELECT COUNT(*) FROM child WHERE child.run = run.id) AS children FROM run \(which)",
                arguments: arguments)
        }
    }
}

extension RunSummary {
    /// A row of the store, which may hold anything.
    fileprivate static func read(_ row: Row) -> Result<RunSummary, InvalidArgument> {
        Result { () throws(InvalidArgument) in
            func column<Value: DatabaseValueConvertible>(_ name: String) throws(InvalidArgument) -> Value {
                do {
                    return try row.decode(Value.self, forColumn: name)
                } catch {
                    throw InvalidArgument("run \((row["id"] as DatabaseValue)): the column '\(name)' can't be read")
                }
            }
            let text: String = try column("state"), process: Int32 = try column("process")
            guard let state = RunState(rawValue: text) else {
                throw InvalidArgument("run \((row["id"] as DatabaseValue)): a run can't be '\(text)'")
            }
            return RunSummary(
                run: try column("id"),
                // A run whose process is gone was cut off before it could say so.
                state: state == .running && kill(process, 0) != 0 && errno == ESRCH ? .interrupted : state,
                children: try column("children"), configuration: try decode(try column("configuration")),
                started: try column("started"), seconds: try column("seconds"), test: try column("test"))
        }
    }
}

/// Whether a run is done.
public enum RunState: String, Sendable, Codable {
    /// Its process is alive.
    case running
    /// All children are done and the best is tested.
    case finished
    /// It was stopped or killed; it can be resumed.
    case interrupted
}

/// A run as a list shows it.
public struct RunSummary: Sendable {
    /// The number of the run in its store.
    public let run: Int64
    /// Whether it is done.
    public let state: RunState
    /// The number of children done.
    public let children: Int
    /// What is searched.
    public let configuration: SearchConfiguration
    /// When it was started.
    public let started: Date
    /// How long it took, once it is finished.
    public let seconds: Double?
    /// The test accuracy of the best child, once it is finished.
    public let test: Double?
}

/// One run in a store.
public struct StoredRun: Sendable {
    /// The number of the run in its store.
    public let id: Int64
    let database: DatabaseQueue

    /// What is searched.
    public func configuration() throws -> SearchConfiguration { try decode(try value("configuration")) }

    /// The children done, in order.
    ///
    /// - Parameter space: the run's.
    /// - Throws: ``InvalidArgument`` for a child that can't be one of this run's.
    public func children(in space: SearchSpace) throws -> [Child] {
        let rows = try database.read {
            try Row.fetchAll($0, sql: "SELECT child FROM child WHERE run = ? ORDER BY number", arguments: [id])
        }
        return try rows.enumerated().map { i, row in
            guard let text = String.fromDatabaseValue(row[0]), let child: Child = try? decode(text) else {
                throw InvalidArgument("run \(id): child \(i) can't be read")
            }
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
        let text: String? = try value("strategyState")
        guard let state: StrategyState = try text.map({ try decode($0) }) else { return nil }
        guard state.fits(fresh, space) else {
            throw InvalidArgument(
                "run \(id): the state that is stored is not of this strategy in the space '\(space.name)'")
        }
        return state
    }

    /// How many of the children the strategy has learned from.
    func observedChildren(of done: Int) throws -> Int {
        let count: Int = try value("observedChildren")
        guard 0...done ~= count else {
            throw InvalidArgument("run \(id): \(count) children are said to be learned from; there are \(done)")
        }
        return count
    }

    func add(_ child: Child) throws {
        let text = try encode(child)
        try database.write {
            try $0.execute(
                sql: "INSERT INTO child (run, number, child) VALUES (?, ?, ?)", arguments: [id, child.number, text])
        }
    }

    /// - Parameter seconds: how long the children since the last update took.
    func saveUpdate(_ state: StrategyState, observedChildren: Int, seconds: Double) throws {
        try set(
            "strategyState = ?, observedChildren = ?, seconds = COALESCE(seconds, 0) + ?",
            [try encode(state), observedChildren, seconds])
    }

    func finish(_ result: SearchResult) throws {
        try set(
            "state = ?, bestChild = ?, test = ?",
            [RunState.finished.rawValue, result.best.number, result.test])
    }

    /// Says what became of the run; a run that goes on belongs to the process that goes on with it.
    public func setState(_ state: RunState) throws {
        try set("state = ?, process = ?", [state.rawValue, ProcessInfo.processInfo.processIdentifier])
    }

    private func set(_ assignments: String, _ arguments: StatementArguments) throws {
        try database.write {
            try $0.execute(sql: "UPDATE run SET \(assignments) WHERE id = ?", arguments: arguments + [id])
        }
    }

    private func value<Value: DatabaseValueConvertible>(_ column: String) throws -> Value {
        try database.read { database in
            guard let row = try Row.fetchOne(database, sql: "SELECT \(column) FROM run WHERE id = ?", arguments: [id])
            else { throw InvalidArgument("there is no run \(id) in this store") }
            return try Value.fromDatabaseValue(row[0])
                ?? { throw InvalidArgument("run \(id): the column \(column) can't be read") }()
        }
    }
}

private func encode(_ value: some Encodable) throws -> String {
    String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
}

private func decode<Value: Decodable>(_ text: String) throws(InvalidArgument) -> Value {
    do {
        return try JSONDecoder().decode(Value.self, from: Data(text.utf8))
    } catch {
        throw InvalidArgument("the store holds something that this version can't read: \(error)")
    }
}
