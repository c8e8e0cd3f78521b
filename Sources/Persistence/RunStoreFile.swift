import Foundation
import GRDB
import TextDisplay

/// The file of a store, open: every access is one transaction, and every error a ``RunStoreProblem``.
final class RunStoreFile: Sendable {
    /// The seconds that are waited for another program that has locked the file.
    static let patience = 10

    let locks: LockFile
    private let location: RunStoreLocation
    private let database: DatabaseQueue
    /// Whether there are tables; a file without is a store without runs.
    let isEmpty: Bool
    private let use: RunStore.Use
    /// What the path led to when it was opened.
    private let identity: Identity?
    /// The folder of the copy that is read in place of the file; nil where it is read itself.
    private let copy: TemporaryCopy?

    init(_ location: RunStoreLocation, for use: RunStore.Use) throws {
        try location.check(for: use)
        self.location = location
        self.use = use
        if use == .reading {
            (database, isEmpty, copy) = try Self.openForReading(location)
        } else {
            let opened = try explaining(location) { try retrying { try Self.open(location.path, for: use) } }
            (database, isEmpty) = (opened.database, opened.isEmpty)
            if let fact = opened.fact { throw location.problem(fact) }
            copy = nil
        }
        identity = Identity(location.path)
        // A file that was made just now may have been made behind a symbolic link.
        locks = LockFile(
            store: location.store, path: RunStoreLocation(location.path).path + "-locks", mode: identity?.mode ?? 0o644)
    }

    /// Reads in one transaction.
    func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try explaining(location) { try database.read(body) }
    }

    /// Reads and writes in one transaction, which no other process writes in.
    func write<Value>(_ body: (Database) throws -> Value) throws -> Value {
        if use == .reading { throw location.problem(.unwritable("it was opened for reading")) }
        // SQLite would go on writing to a file that has no name any more.
        guard Identity(location.path) == identity else { throw location.problem(.moved) }
        return try explaining(location) {
            try database.writeWithoutTransaction { database in
                var value: Value?
                try database.inTransaction(.immediate) {
                    value = try body(database)
                    return .commit
                }
                return value!
            }
        }
    }
}

extension RunStoreFile {
    private typealias Opened = (database: DatabaseQueue, isEmpty: Bool, fact: RunStoreProblem.Fact?)

    private static func open(_ path: String, for use: RunStore.Use, readOnly: Bool = false) throws -> Opened {
        var configuration = Configuration()
        configuration.busyMode = .timeout(TimeInterval(patience))
        configuration.readonly = readOnly
        let database = try DatabaseQueue(path: path, configuration: configuration)
        var content = try database.read(RunStoreSchema.content)
        if use == .creating, case .empty = content {
            content = try database.writeWithoutTransaction { database in
                // Another process may have made them since.
                var content = RunStoreSchema.Content.empty
                try database.inTransaction(.immediate) {
                    content = try RunStoreSchema.content(database)
                    guard case .empty = content else { return .rollback }
                    try RunStoreSchema.make(in: database)
                    content = .runs
                    return .commit
                }
                return content
            }
        }
        switch content {
        case .problem(let fact): return (database, false, fact)
        case .empty: return (database, true, nil)
        case .runs:
            // Never before it is known to be ours. SQLite does not wait for others here; who opens it next tries again.
            if use != .reading {
                try database.writeWithoutTransaction { database in
                    if try String.fetchOne(database, sql: "PRAGMA journal_mode") != "wal" {
                        try database.execute(sql: "PRAGMA journal_mode = WAL")
                    }
                }
            }
            return (database, false, nil)
        }
    }

    /// Opens the file itself where SQLite can, and else a copy of it.
    ///
    /// A database with a write-ahead log is read through a file of shared memory: where that is neither there nor can be made,
    /// SQLite reads nothing, and what a killed process has left in the log is only seen by who can write.
    private static func openForReading(_ location: RunStoreLocation) throws -> (DatabaseQueue, Bool, TemporaryCopy?) {
        let canWrite = location.reasonNotToWrite == nil
        if canWrite || access(location.path + "-shm", R_OK) == 0 {
            do {
                let opened = try retrying { try open(location.path, for: .reading, readOnly: !canWrite) }
                if let fact = opened.fact { throw location.problem(fact) }
                return (opened.database, opened.isEmpty, nil)
            } catch let error as DatabaseError {
                let problem = RunStoreProblem(error, store: location.store, path: location.path)
                switch problem.fact {
                case .unreadable, .unwritable, .full, .failed: break
                default: throw problem
                }
            }
        }
        let copy = try TemporaryCopy(of: location)
        let opened = try explaining(location) { try open(copy.path, for: .reading) }
        if let fact = opened.fact { throw location.problem(fact) }
        return (opened.database, opened.isEmpty, copy)
    }
}

/// What a path leads to.
private struct Identity: Equatable {
    let device: UInt64
    let number: UInt64
    let mode: mode_t

    init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        device = UInt64(truncatingIfNeeded: status.st_dev)
        number = UInt64(status.st_ino)
        mode = status.st_mode & 0o666
    }

    static func == (one: Identity, other: Identity) -> Bool {
        one.device == other.device && one.number == other.number
    }
}

/// Whatever goes wrong with the database, as a sentence.
private func explaining<Value>(_ location: RunStoreLocation, _ body: () throws -> Value) throws -> Value {
    do {
        return try body()
    } catch let problem as RunStoreProblem {
        throw problem
    } catch let problem as InvalidArgument {
        throw problem
    } catch {
        throw RunStoreProblem(error, store: location.store, path: location.path)
    }
}

/// Opens again what others were opening or closing at the same moment: SQLite itself waits for a lock in most of these steps only.
private func retrying<Value>(_ body: () throws -> Value) throws -> Value {
    let deadline = ContinuousClock.now + .seconds(RunStoreFile.patience)
    while true {
        do {
            return try body()
        } catch let error as DatabaseError
            where [.SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_PROTOCOL].contains(error.resultCode) && .now < deadline
        {
            usleep(.random(in: 5_000...50_000))
        }
    }
}
