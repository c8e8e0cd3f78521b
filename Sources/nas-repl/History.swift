import CEditline
import Foundation

/// The cells of earlier sessions, in a file that several sessions share.
///
/// Each cell is appended as it is entered, under a lock: a session takes nothing away from what another wrote meanwhile.
struct History {
    private let entries: OpaquePointer
    private let path: String
    /// What was appended last: libedit keeps one of several equal cells in a row.
    private var last: String?

    /// As many cells are kept.
    private static let limit = 2000
    /// How libedit marks a file of its own.
    private static let header = "_HiStOrY_V2_\n"

    /// Reads the cells of a file into libedit's list; the file and its folder are made where they do not exist.
    init(path: String, into entries: OpaquePointer) {
        self.entries = entries
        self.path = path
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        editline_set_size(entries, Int32(Self.limit))
        locked {
            guard editline_load(entries, path) > 2 * Int32(Self.limit) else { return }
            // libedit keeps the newest; what fell out of its list need not be read again.
            let temporary = path + ".new"
            if editline_save(entries, temporary) >= 0 { rename(temporary, path) } else { unlink(temporary) }
        }
    }

    /// Keeps a cell, of one line or more, for this session and the next ones.
    mutating func remember(_ cell: String) {
        editline_enter(entries, cell)
        guard cell != last else { return }
        last = cell
        locked {
            // A file of another kind stays as it is.
            guard isOwn, let file = fopen(path, "a") else { return }
            fseek(file, 0, SEEK_END)
            _ = editline_append(cell, file)
            fclose(file)
            chmod(path, 0o600)
        }
    }

    /// Whether the file is empty, or one of libedit's.
    private var isOwn: Bool {
        guard let file = fopen(path, "r") else { return true }
        defer { fclose(file) }
        var start = [UInt8](repeating: 0, count: Self.header.utf8.count)
        let count = fread(&start, 1, start.count, file)
        return count == 0 || start == Array(Self.header.utf8)
    }

    /// Does something while no other session does such a thing; the system drops the lock with the process.
    private func locked(_ body: () -> Void) {
        let lock = open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        if lock >= 0 { flock(lock, LOCK_EX) }
        body()
        if lock >= 0 { close(lock) }
    }
}
