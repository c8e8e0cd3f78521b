import Foundation

/// Where a store is, looked at before SQLite looks: what SQLite says of a place is not what a person needs to know.
struct RunStoreLocation: Sendable {
    /// The file, as it was named.
    let store: String
    /// The same from the root, so that SQLite takes no name for one of its own (`:memory:`, `file:…`), and without symbolic links,
    /// as SQLite names the files that it keeps beside it.
    let path: String

    /// Foundation's `deletingLastPathComponent` traps for a name of one character.
    var folder: String {
        let end = path.lastIndex(of: "/") ?? path.startIndex
        return end == path.startIndex ? "/" : String(path[..<end])
    }

    init(_ store: String) {
        self.store = store
        let path = store.hasPrefix("/") ? store : FileManager.default.currentDirectoryPath + "/" + store
        let resolved = realpath(path, nil)
        defer { free(resolved) }
        self.path = resolved.map { String(cString: $0) } ?? path
    }

    func problem(_ fact: RunStoreProblem.Fact) -> RunStoreProblem { RunStoreProblem(store: store, fact: fact) }

    /// - Throws: ``RunStoreProblem`` where a store that is there can't be used so, or one that is not can't be made.
    func check(for use: RunStore.Use) throws {
        guard !store.isEmpty else { throw problem(.absent) }
        var status = stat()
        guard stat(path, &status) == 0 else { return try checkAbsent(errno, for: use) }
        if status.st_mode & S_IFMT == S_IFDIR { throw problem(.isFolder) }
        if status.st_mode & S_IFMT != S_IFREG { throw problem(.isNoFile) }
        if access(path, R_OK) != 0 { throw problem(.unreadable(reason())) }
        if use != .reading, let reason = reasonNotToWrite { throw problem(.unwritable(reason)) }
    }

    /// Why the store, or what SQLite needs beside it, can't be written; nil where it can.
    var reasonNotToWrite: String? {
        if access(path, W_OK) != 0 { return reason() }
        return access(folder, W_OK | X_OK) == 0 ? nil : "\(reason()) (its folder '\(folder)')"
    }

    /// Makes the folder that the store is in, and those that it is in.
    func makeFolder() throws {
        var path = ""
        for name in folder.split(separator: "/") {
            path += "/" + name
            // Another process may be making it too.
            guard mkdir(path, 0o700) != 0 else { continue }
            let reason = reason()
            if isFolder(path) { continue }
            if let file = fileOnTheWay { throw problem(.notAFolder(file)) }
            throw problem(.notMade("its folder '\(path)' can't be (\(reason))"))
        }
    }

    private func checkAbsent(_ error: Int32, for use: RunStore.Use) throws {
        if let file = fileOnTheWay { throw problem(.notAFolder(file)) }
        guard error == ENOENT else { throw problem(.unreadable(String(cString: strerror(error)))) }
        if use != .creating { throw problem(.absent) }
        guard isFolder(folder) else { throw problem(.notMade("there is no folder '\(folder)'")) }
        if access(folder, W_OK | X_OK) != 0 { throw problem(.notMade("\(reason()) ('\(folder)')")) }
    }

    /// The first on the way to the store that is there and is no folder.
    private var fileOnTheWay: String? {
        var path = ""
        for name in folder.split(separator: "/") {
            path += "/" + name
            if access(path, F_OK) == 0 && !isFolder(path) { return path }
        }
        return nil
    }
}

private func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}
