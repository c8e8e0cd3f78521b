import Foundation
import GRDB

/// Why a store of runs can't be used: the file and the fact.
public struct RunStoreProblem: Error, Equatable, CustomStringConvertible {
    /// What is wrong with the file or with its place.
    public enum Fact: Sendable, Equatable {
        /// There is no such file.
        case absent
        /// What would be a folder on the way to it is none.
        case notAFolder(String)
        /// It can't be made, and why not.
        case notMade(String)
        /// It is a folder.
        case isFolder
        /// It is a device, a pipe or a socket.
        case isNoFile
        /// Its bytes are no database.
        case noDatabase
        /// It is a database, but not of runs.
        case foreign
        /// A later version of this program made it.
        case newer
        /// A part of it is missing or makes no sense.
        case damaged
        /// It can't be opened, and why not.
        case unreadable(String)
        /// It can be read but not written, and why not.
        case unwritable(String)
        /// It is where nothing can be written, and the temporary folder has no place for a copy of it.
        case notCopied(String)
        /// Another program has kept it locked for longer than this one waits.
        case locked
        /// Its disk is full.
        case full
        /// Another file, or none, is where it was when it was opened.
        case moved
        /// Another program has written what this one was about to write.
        case changed
        /// Reading or writing failed for another reason.
        case failed
    }

    /// The file, as it was named.
    public let store: String
    /// What is wrong.
    public let fact: Fact

    /// A sentence that names the file, the fact, and what can be done where that is not plain.
    public var description: String {
        switch fact {
        case .absent: "there is no store '\(store)'"
        case .notAFolder(let file): "the store '\(store)' can't be there: '\(file)' is no folder"
        case .notMade(let reason): "the store '\(store)' can't be made: \(reason)"
        case .isFolder: "'\(store)' is a folder; a store of runs is a file"
        case .isNoFile: "'\(store)' is a device or a pipe; a store of runs is a file"
        case .noDatabase: "'\(store)' is no store of runs, or a damaged one: it is not a database"
        case .foreign: "'\(store)' is no store of runs: it is the database of another program"
        case .newer: "the store '\(store)' was made by a later version of nas-repl, which this one can't read"
        case .damaged:
            "the store '\(store)' is damaged; what is left of it may be saved by sqlite3's command .recover"
        case .unreadable(let reason): "the store '\(store)' can't be opened: \(reason)"
        case .unwritable(let reason): "the store '\(store)' can be read but not written: \(reason)"
        case .notCopied(let folder):
            "the store '\(store)' is where nothing can be written, and to be read it must be copied, which '\(folder)' "
                + "has no place for: set TMPDIR to a folder that has"
        case .locked:
            "another program has kept the store '\(store)' locked for \(RunStoreFile.patience) s: wait until it is done"
        case .full: "there is no room left on the disk for the store '\(store)'"
        case .moved: "the store '\(store)' was moved, deleted or replaced while it was in use"
        case .changed: "another program has changed the store '\(store)' while it was in use"
        case .failed: "the store '\(store)' can't be read or written: its disk fails, or the memory is full"
        }
    }
}

extension RunStoreProblem {
    /// What SQLite reports, as a fact about a file.
    init(_ error: any Error, store: String, path: String) {
        self.store = store
        guard let code = (error as? DatabaseError)?.resultCode else {
            // What was read has not the type that it was written with.
            fact = .damaged
            return
        }
        fact =
            switch code {
            case .SQLITE_NOTADB: .noDatabase
            // A table or a column that the checked schema had is no longer there.
            case .SQLITE_CORRUPT, .SQLITE_ERROR, .SQLITE_SCHEMA, .SQLITE_MISMATCH, .SQLITE_FORMAT: .damaged
            case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_PROTOCOL: .locked
            case .SQLITE_FULL: .full
            case .SQLITE_READONLY: .unwritable("it or its folder is read-only")
            case .SQLITE_PERM, .SQLITE_AUTH: .unreadable("the system does not allow it")
            case .SQLITE_CONSTRAINT: .changed
            case .SQLITE_CANTOPEN: .unreadable("it, or a file beside it that SQLite needs, does not open")
            // SQLite says no more than that writing failed where a full disk has no place for its shared memory.
            case .SQLITE_IOERR where isFull(path): .full
            default: .failed
            }
    }
}

/// Whether a disk has no block left.
private func isFull(_ path: String) -> Bool {
    var system = statvfs()
    return statvfs(path, &system) == 0 && system.f_bavail == 0
}
