import Foundation

/// The names in a folder, in order, without the hidden ones.
struct FolderListing {
    let path: String
    let names: [String]

    /// Lists a folder.
    ///
    /// - Throws: ``DataFileError`` for a folder that can't be read.
    init(_ path: String) throws {
        self.path = path
        // macOS puts a hidden file ._name, which holds nothing of use, beside every file of an archive.
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path).filter { !$0.hasPrefix(".") }.sorted()
        } catch {
            let cause = access(path, R_OK | X_OK) == 0 ? error.localizedDescription : String(cString: strerror(errno))
            throw DataFileError(file: path, offset: nil, problem: "the folder can't be read: \(cause)")
        }
    }

    func path(of name: String) -> String { path == "/" ? "/" + name : path + "/" + name }

    /// The folders one and two down that can be read, those nearer to this one first.
    ///
    /// At most `limit` folders, or as many as have 100,000 names together: whoever names a disk by mistake does not
    /// wait until all of it has been looked through.
    func foldersBelow(atMost limit: Int = 1000) -> [FolderListing] {
        var found: [FolderListing] = []
        // Links can lead to one folder twice.
        var seen: Set<String> = []
        var level = [self], names = 0
        for _ in 0..<2 {
            var next: [FolderListing] = []
            for folder in level {
                for name in folder.names where seen.count < limit && names < 100_000 {
                    let path = folder.path(of: name)
                    guard PathKind(of: path) == .folder,
                        seen.insert(Self.resolved(path)).inserted,
                        let listing = try? FolderListing(path)
                    else { continue }
                    next.append(listing)
                    names += listing.names.count
                }
            }
            found += next
            level = next
        }
        return found
    }

    /// A path without links.
    private static func resolved(_ path: String) -> String {
        guard let place = realpath(path, nil) else { return path }
        defer { free(place) }
        return String(cString: place)
    }
}
