import Foundation
import TestSupport

/// `nas-repl` on a real pseudo-terminal, which is its controlling terminal: keys go in, the screen's text comes out.
final class PseudoTerminal {
    private let master: Int32
    private var process: pid_t = 0
    private(set) var text = ""

    init(_ arguments: [String] = [], folder: TemporaryFolder) throws {
        master = open("/dev/ptmx", O_RDWR | O_NOCTTY)
        var unlocked: Int32 = 0, number: Int32 = 0
        // TIOCSPTLCK and TIOCGPTN: what unlockpt and ptsname do.
        guard master >= 0, ioctl(master, 0x4004_5431, &unlocked) == 0, ioctl(master, 0x8004_5430, &number) == 0 else {
            throw POSIXError(.ENODEV)
        }
        let name = "/dev/pts/\(number)"
        var size = winsize(ws_row: 40, ws_col: 120, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(master, UInt(TIOCSWINSZ), &size)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        // The first terminal that the leader of a new session opens becomes its controlling terminal.
        posix_spawn_file_actions_addopen(&actions, 0, name, O_RDWR, 0)
        posix_spawn_file_actions_adddup2(&actions, 0, 1)
        posix_spawn_file_actions_adddup2(&actions, 0, 2)
        posix_spawn_file_actions_addclose(&actions, master)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        posix_spawnattr_setflags(&attributes, Int16(0x80))  // POSIX_SPAWN_SETSID
        var environment = ProcessInfo.processInfo.environment
        environment["TERM"] = "xterm-256color"
        environment["XDG_STATE_HOME"] = folder.path
        environment["XDG_DATA_HOME"] = folder.path
        environment["LC_ALL"] = "C.UTF-8"
        environment["NO_COLOR"] = "1"
        let argv = ([Program.path] + arguments).map { strdup($0) } + [nil]
        let envp = environment.map { strdup("\($0)=\($1)") } + [nil]
        defer { (argv + envp).forEach { free($0) } }
        let status = posix_spawn(&process, Program.path, &actions, &attributes, argv, envp)
        posix_spawn_file_actions_destroy(&actions)
        posix_spawnattr_destroy(&attributes)
        guard status == 0 else { throw POSIXError(.ENOEXEC) }
    }

    deinit {
        if process > 0 { kill() }
        close(master)
    }

    /// Ends the program as the system does when it must.
    func kill() {
        Foundation.kill(process, SIGKILL)
        waitpid(process, nil, 0)
        process = 0
    }

    /// Types keys; Return is `\r`.
    func type(_ keys: String) {
        let bytes = Array(keys.utf8)
        _ = bytes.withUnsafeBytes { write(master, $0.baseAddress!, $0.count) }
    }

    /// Waits until the screen has shown some text since the last time; false where it does not within a minute.
    func waits(for wanted: String) -> Bool {
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline {
            if let found = text.range(of: wanted) {
                text = String(text[found.upperBound...])
                return true
            }
            readMore(within: 100)
        }
        return false
    }

    private func readMore(within milliseconds: Int32) {
        var descriptor = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
        guard poll(&descriptor, 1, milliseconds) > 0 else { return }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = read(master, &buffer, buffer.count)
        if count > 0 { text += String(decoding: buffer[..<count], as: UTF8.self) } else { usleep(10_000) }
    }

    /// Waits for the end of the program and gives its exit code; −1 where it does not end within a minute.
    func exitCode() -> Int32 {
        let deadline = ContinuousClock.now + .seconds(60)
        var status: Int32 = 0
        while waitpid(process, &status, WNOHANG) == 0 {
            guard ContinuousClock.now < deadline else { return -1 }
            // A terminal's user reads to the end: the program waits until its last words are taken.
            readMore(within: 10)
        }
        process = 0
        return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
    }
}
