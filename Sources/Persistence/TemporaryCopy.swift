import Foundation

/// A copy of a store with its log, in a folder that is deleted with this.
final class TemporaryCopy: Sendable {
    let path: String
    private let folder: String

    /// - Throws: ``RunStoreProblem`` where the temporary folder has no place for it, or others write too often.
    init(of location: RunStoreLocation) throws {
        let temporary = FileManager.default.temporaryDirectory.path
        var template = Array((temporary + "/nas-repl-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw location.problem(.notCopied(temporary)) }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        path = folder + "/store"
        // Who writes meanwhile would leave the file of one moment with the log of another.
        for _ in 0..<20 {
            let before = Self.versions(of: location.path)
            for end in Self.ends {
                try? FileManager.default.removeItem(atPath: path + end)
                guard access(location.path + end, F_OK) == 0 else { continue }
                let data: Data
                do {
                    data = try Data(contentsOf: URL(fileURLWithPath: location.path + end))
                } catch {
                    throw location.problem(.unreadable("'\(location.path + end)' can't be read"))
                }
                do {
                    try data.write(to: URL(fileURLWithPath: path + end))
                } catch {
                    throw location.problem(.notCopied(temporary))
                }
            }
            if Self.versions(of: location.path) == before { return }
        }
        throw location.problem(.locked)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// The database, its write-ahead log, and the journal that it has where it has no log.
    private static let ends = ["", "-wal", "-journal"]

    /// Which bytes the files have, as far as the system tells.
    private static func versions(of path: String) -> [[Int]] {
        ends.map { end in
            var status = stat()
            guard stat(path + end, &status) == 0 else { return [] }
            #if canImport(Darwin)
                let changed = status.st_mtimespec
            #else
                let changed = status.st_mtim
            #endif
            return [Int(status.st_ino), Int(status.st_size), changed.tv_sec, changed.tv_nsec]
        }
    }
}
