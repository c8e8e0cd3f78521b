import Foundation

/// Reads and replaces text files that a person named.
public enum TextFile {
    /// The text of a file, as it is: see ``PlainText`` for its line ends.
    ///
    /// - Throws: ``TextFileError`` for what is no file, can't be opened, or is not UTF-8.
    public static func read(_ path: String) throws(TextFileError) -> String {
        var status = stat()
        guard stat(path, &status) == 0 else { throw TextFileError(path, "it can't be read", code: errno) }
        guard status.st_mode & S_IFMT != S_IFDIR else { throw TextFileError(path, "it is a folder, not a file") }
        guard let file = fopen(path, "rb") else { throw TextFileError(path, "it can't be read", code: errno) }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = fread(&chunk, 1, chunk.count, file)
            bytes += chunk[..<count]
            if count < chunk.count { break }
            guard bytes.count <= sizeLimit else {
                throw TextFileError(path, "it has more than \(sizeLimit >> 20) MiB: too much for a text")
            }
        }
        if ferror(file) != 0 { throw TextFileError(path, "it can't be read", code: errno) }
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            throw TextFileError(path, "it is UTF-16 text: save it as UTF-8")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw TextFileError(path, "it is not UTF-8 text")
        }
        return text
    }

    /// More than this is no text that a person wrote.
    private static let sizeLimit = 1 << 28

    /// Writes into the file itself: another name of it, a hard link, is to see the new text too.
    private static func overwrite(_ target: String, named path: String, with text: String) throws(TextFileError) {
        guard let file = fopen(target, "r+") else { throw TextFileError(path, "it can't be written", code: errno) }
        let bytes = Array(text.utf8)
        let isWritten = fwrite(bytes, 1, bytes.count, file) == bytes.count && fflush(file) == 0
        let code = errno
        if isWritten { ftruncate(fileno(file), off_t(bytes.count)) }
        fclose(file)
        if !isWritten { throw TextFileError(path, "it can't be written", code: code) }
    }

    /// Puts a text in the place of a file's, all at once: a reader sees the old text or the new one.
    ///
    /// Through a symbolic link, what it points to changes. The file keeps its permissions.
    ///
    /// - Throws: ``TextFileError`` where the file can't be written; it is then as it was.
    public static func replace(_ path: String, with text: String) throws(TextFileError) {
        func failure() -> TextFileError { TextFileError(path, "it can't be written", code: errno) }
        var target = path
        if let resolved = realpath(path, nil) {
            target = String(cString: resolved)
            free(resolved)
        } else if let link = try? FileManager.default.destinationOfSymbolicLink(atPath: path) {
            // A link to a file that does not exist yet.
            let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
            target = link.hasPrefix("/") ? link : folder + link
        }
        var status = stat()
        let exists = stat(target, &status) == 0
        guard !exists || status.st_mode & S_IFMT == S_IFREG else {
            throw TextFileError(path, "it can't be written: it is no ordinary file")
        }
        // A rename would also replace a file that its owner has made read-only.
        guard !exists || access(target, W_OK) == 0 else { throw failure() }
        if exists && status.st_nlink > 1 { return try overwrite(target, named: path, with: text) }
        let temporary = target + "." + String(UInt64.random(in: .min ... .max), radix: 36)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL, exists ? 0o600 : 0o666)
        guard descriptor >= 0 else { throw failure() }
        let isWritten =
            Array(text.utf8).withUnsafeBytes { bytes in
                var place = 0
                while place < bytes.count {
                    let count = write(descriptor, bytes.baseAddress! + place, bytes.count - place)
                    if count < 0 && errno == EINTR { continue }
                    if count <= 0 { return false }
                    place += count
                }
                return true
            } && fsync(descriptor) == 0
        // The owner first, which can take permissions away; only who may give files away can set it.
        if exists { _ = fchown(descriptor, status.st_uid, status.st_gid) }
        let hasPermissions = !exists || fchmod(descriptor, status.st_mode & 0o7777) == 0
        let isDone = isWritten && hasPermissions && rename(temporary, target) == 0
        let code = errno
        close(descriptor)
        if !isDone {
            unlink(temporary)
            throw TextFileError(path, "it can't be written", code: code)
        }
    }
}

/// Why a file can't be read or written: its path, and the reason in words.
public struct TextFileError: Error, Equatable, CustomStringConvertible {
    /// `lesson.md: it can't be read: no such file or directory`
    public let description: String

    init(_ path: String, _ reason: String, code: Int32? = nil) {
        let words = code.map { String(cString: strerror($0)) }.map { ": " + $0.prefix(1).lowercased() + $0.dropFirst() }
        description = "\(path): \(reason)\(words ?? "")"
    }
}
