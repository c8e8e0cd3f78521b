import Foundation

/// What a path leads to, links followed.
enum PathKind: Equatable {
    case file
    case folder
    /// Neither, in words that fit behind "found": a named pipe, a device, a link to nothing.
    case other(String)
    case nothing
    /// What can't be told, and why: a folder on the way may not be entered.
    case unreachable(String)

    init(of path: String) {
        var status = stat()
        if stat(path, &status) == 0 {
            self = PathKind(mode: status.st_mode)
        } else {
            let cause = errno
            switch cause {
            case ENOENT, ENOTDIR, ELOOP:
                self = lstat(path, &status) == 0 ? .other("a link that leads to no file") : .nothing
            default: self = .unreachable(String(cString: strerror(cause)))
            }
        }
    }

    fileprivate init(mode: mode_t) {
        switch mode & S_IFMT {
        case S_IFREG: self = .file
        case S_IFDIR: self = .folder
        case S_IFIFO: self = .other("a named pipe")
        case S_IFSOCK: self = .other("a socket")
        case S_IFCHR, S_IFBLK: self = .other("a device")
        default: self = .other("something else")
        }
    }

    /// What is wrong with a path of this kind where a file is needed; nil for a file.
    var problem: String? {
        switch self {
        case .file: nil
        case .folder: "expected a file, found a folder"
        case .other(let words): "expected a file, found " + words
        case .nothing: "the file can't be read: \(String(cString: strerror(ENOENT)))"
        case .unreachable(let cause): "the file can't be read: \(cause)"
        }
    }
}

/// Bytes that can be read at any place: a file's, or an array's.
protocol ByteSource {
    var count: Int { get }
    /// Fills the target with the bytes from a place on; how many there were.
    func read(at place: Int, into target: UnsafeMutableBufferPointer<UInt8>) throws -> Int
}

extension [UInt8]: ByteSource {
    func read(at place: Int, into target: UnsafeMutableBufferPointer<UInt8>) -> Int {
        let length = Swift.min(target.count, count - place)
        _ = target.update(fromContentsOf: self[place..<place + length])
        return length
    }
}

/// An open file on a disk. A pipe or a device, which may never end, is refused before it is read.
final class RegularFile: ByteSource {
    /// Its length when it was opened.
    let count: Int
    private let path: String
    private let descriptor: Int32

    init(path: String) throws {
        // Asked before the file is opened, for opening a device may do something; and after it, of what was opened.
        if let problem = PathKind(of: path).problem { throw DataFileError(file: path, offset: nil, problem: problem) }
        // Without waiting: were there a pipe after all, opening it would last until somebody writes to it.
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.unreadable(path, errno) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, PathKind(mode: status.st_mode) == .file else {
            close(descriptor)
            throw DataFileError(file: path, offset: nil, problem: "expected a file, found something else")
        }
        count = Int(status.st_size)
        self.path = path
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    func read(at place: Int, into target: UnsafeMutableBufferPointer<UInt8>) throws -> Int {
        var length = 0
        while length < target.count {
            let more = pread(descriptor, target.baseAddress! + length, target.count - length, off_t(place + length))
            if more < 0, errno == EINTR { continue }
            guard more >= 0 else { throw Self.unreadable(path, errno) }
            if more == 0 { break }
            length += more
        }
        return length
    }

    private static func unreadable(_ path: String, _ cause: Int32) -> DataFileError {
        DataFileError(file: path, offset: nil, problem: "the file can't be read: \(String(cString: strerror(cause)))")
    }
}
