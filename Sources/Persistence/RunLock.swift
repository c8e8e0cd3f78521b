import Foundation

/// A process's claim to one run: a lock that the system drops with the process, however it ends.
///
/// The file `runs.sqlite-locks` beside a store has one byte for each run, which the process that runs it has locked.
// The number of a process is no lock: it lives again in another container, or after a restart. The lock is on a file of its
// own, because to close the store's file would drop the locks that SQLite has on it; it is of the open file and not of the
// process (fcntl's OFD locks), so that two searches in one process exclude each other, and it works wherever SQLite's do.
final class RunLock: Sendable {
    private let descriptor: Int32

    private init(_ descriptor: Int32) { self.descriptor = descriptor }
    deinit { close(descriptor) }

    /// Takes the lock of a run, or nil where somebody has it.
    ///
    /// - Throws: ``RunStoreProblem`` where the system has no lock to give.
    static func take(_ run: Int64, of file: LockFile) throws -> RunLock? {
        let descriptor = open(file.path, O_RDWR | O_CREAT | O_CLOEXEC, file.mode)
        guard descriptor >= 0 else {
            throw RunStoreProblem(store: file.store, fact: .unwritable("\(reason()) ('\(file.path)')"))
        }
        let lock = RunLock(descriptor)
        var byte = region(run, F_WRLCK)
        if fcntl(descriptor, setLock, &byte) == 0 { return lock }
        if [EAGAIN, EACCES].contains(errno) { return nil }
        throw RunStoreProblem(store: file.store, fact: .unwritable("\(reason()) ('\(file.path)')"))
    }

    /// Whether somebody has the lock of a run; this makes no file, and takes nothing that a claim could stumble over.
    static func isHeld(_ run: Int64, of file: LockFile) -> Bool {
        let descriptor = open(file.path, O_RDONLY | O_CLOEXEC)
        // A file that may not be read can't tell that the run's process is gone.
        guard descriptor >= 0 else { return errno != ENOENT }
        defer { close(descriptor) }
        var byte = region(run, F_RDLCK)
        return fcntl(descriptor, getLock, &byte) == 0 && Int32(byte.l_type) != Int32(F_UNLCK)
    }

    private static func region(_ run: Int64, _ type: some BinaryInteger) -> flock {
        var region = flock()
        region.l_type = Int16(type)
        region.l_whence = Int16(SEEK_SET)
        region.l_start = off_t(run)
        region.l_len = 1
        return region
    }

    // The modules of the C libraries leave these out.
    #if canImport(Darwin)
        private static let setLock: Int32 = 90, getLock: Int32 = 92
    #else
        private static let setLock: Int32 = 37, getLock: Int32 = 36
    #endif
}

/// The file with the locks of a store's runs.
struct LockFile: Sendable {
    /// The store, as it was named.
    let store: String
    /// The path of the file with the locks.
    let path: String
    /// What a new file lets whom do: the same as the store.
    let mode: mode_t
}

/// What the system says of the call that has just failed.
func reason() -> String { String(cString: strerror(errno)) }
