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
    private static let header = Data("_HiStOrY_V2_\n".utf8)

    /// Reads the cells of a file into libedit's list; the file and its folder are made where they do not exist.
    init(path: String, into entries: OpaquePointer) {
        self.entries = entries
        self.path = path
        let folder = (path as NSString).deletingLastPathComponent
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
        guard cell != last, let line = lastEntry() else { return }
        last = cell
        locked {
            let file = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
            guard file >= 0 else { return }
            defer { close(file) }
            var start = [UInt8](repeating: 0, count: Self.header.count)
            let count = pread(file, &start, start.count, 0)
            // A file of another kind stays as it is.
            guard count == 0 || Data(start.prefix(max(count, 0))) == Self.header else { return }
            let text = (count == 0 ? Self.header : Data()) + line
            text.withUnsafeBytes { _ = write(file, $0.baseAddress!, $0.count) }
        }
    }

    /// The newest cell as libedit writes it to a file.
    private func lastEntry() -> Data? {
        var buffer: UnsafeMutablePointer<CChar>?
        var size = 0
        guard let file = open_memstream(&buffer, &size) else { return nil }
        let count = editline_write_last(entries, file)
        fclose(file)
        defer { free(buffer) }
        guard count > 0, let buffer else { return nil }
        let text = Data(bytes: buffer, count: size)
        return text.starts(with: Self.header) ? text.dropFirst(Self.header.count) : text
    }

    /// Does something while no other session does such a thing; the system drops the lock with the process.
    private func locked(_ body: () -> Void) {
        let lock = open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        if lock >= 0 { flock(lock, LOCK_EX) }
        body()
        if lock >= 0 { close(lock) }
    }
}
