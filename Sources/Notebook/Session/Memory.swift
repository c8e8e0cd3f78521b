import Foundation

/// How much memory the process uses.
enum Memory {
    /// Whether the process uses more than half of the machine's memory; false where the system does not tell.
    static var isScarce: Bool {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8),
            let pages = text.split(separator: " ").dropFirst().first.flatMap({ UInt64($0) })
        else { return false }
        return pages * UInt64(getpagesize()) > ProcessInfo.processInfo.physicalMemory / 2
    }
}
