import Foundation

/// The files of one data set in a folder, found by their names; whether they are what their names say is not known yet.
struct DataFiles {
    /// A file with its rank among those of its role.
    private struct Candidate {
        let path: String
        let stem: String
        let rank: Int
    }

    let format: DataFileName.Format
    let folder: String
    /// What the names begin with, as `emnist-letters`; empty where nothing is in front.
    let prefix: String
    private var candidates: [DataFileName.Role: [Candidate]] = [:]
    /// What has the name of a file and is none: the path, and what it is.
    private(set) var impostors: [(role: DataFileName.Role, path: String, problem: String)] = []
    /// Whether the folder has files of another data set too.
    private(set) var hasNeighbors = false

    /// All data sets of some formats that have a file in a folder.
    ///
    /// A folder, a pipe or a device with the name of a file is passed over. But a folder may hold a file of its own
    /// name, as archives from Kaggle are unpacked.
    static func all(in folder: FolderListing, _ formats: Set<DataFileName.Format>) -> [DataFiles] {
        var found: [DataFiles] = []
        for name in folder.names {
            guard let parsed = DataFileName(name), formats.contains(parsed.format) else { continue }
            var place = found.firstIndex { $0.format == parsed.format && $0.prefix == parsed.prefix }
            if place == nil {
                found.append(DataFiles(format: parsed.format, folder: folder.path, prefix: parsed.prefix))
                place = found.count - 1
            }
            found[place!].add(folder.path(of: name), name, parsed)
        }
        let count = found.count { $0.hasFiles }
        for place in found.indices { found[place].hasNeighbors = count > 1 }
        return found
    }

    private init(format: DataFileName.Format, folder: String, prefix: String) {
        (self.format, self.folder, self.prefix) = (format, folder, prefix)
    }

    private mutating func add(_ path: String, _ name: String, _ parsed: DataFileName) {
        let kind = PathKind(of: path)
        switch kind {
        case .file, .unreachable:
            candidates[parsed.role, default: []].append(Candidate(path: path, stem: parsed.stem, rank: parsed.rank))
        case .folder where PathKind(of: path + "/" + name) == .file:
            candidates[parsed.role, default: []].append(
                Candidate(path: path + "/" + name, stem: parsed.stem, rank: parsed.rank + 32))
        default: impostors.append((parsed.role, path, kind.problem!))
        }
    }

    private var roles: [DataFileName.Role] {
        format == .idx
            ? [.trainingImages, .trainingLabels, .testImages, .testLabels] : [.trainingBatch, .testBatch]
    }

    /// Whether there is any file, and not only what has the name of one.
    var hasFiles: Bool { !candidates.isEmpty }

    /// Whether there is a file for every role.
    var isComplete: Bool { roles.allSatisfy { candidates[$0] != nil } }

    /// The file of a role.
    ///
    /// - Throws: ``DataFileError`` that says which name is expected, or what is in its place.
    func path(_ role: DataFileName.Role) throws -> String {
        if let best = candidates[role]?.min(by: { $0.rank < $1.rank }) { return best.path }
        throw missing(role)
    }

    /// All files of a role, each in one of its versions, in the order of their names.
    ///
    /// - Throws: ``DataFileError`` that says which name is expected, or what is in its place.
    func paths(_ role: DataFileName.Role) throws -> [String] {
        let versions = Dictionary(grouping: candidates[role] ?? [], by: \.stem)
        if versions.isEmpty { throw missing(role) }
        return versions.sorted { $0.key < $1.key }.map { $0.value.min { $0.rank < $1.rank }!.path }
    }

    private func missing(_ role: DataFileName.Role) -> DataFileError {
        if let impostor = impostors.first(where: { $0.role == role }) {
            return DataFileError(file: impostor.path, offset: nil, problem: impostor.problem)
        }
        return DataFileError(file: folder, offset: nil, problem: Self.expectation(of: role, prefix: prefix))
    }

    /// Which file a role needs.
    static func expectation(of role: DataFileName.Role, prefix: String = "") -> String {
        switch role {
        case .trainingBatch, .testBatch: return "expected CIFAR-10's \(role.rawValue)….bin here"
        case .trainingImages, .trainingLabels, .testImages, .testLabels:
            let isImages = role == .trainingImages || role == .testImages
            // The files with something in front are of the data sets that say "test".
            let stem = prefix.isEmpty ? role.rawValue : prefix + "-" + role.rawValue.replacing("t10k", with: "test")
            let name = stem + (isImages ? "-idx3-ubyte" : "-idx1-ubyte")
            return "expected the file \(name), or \(name).gz, here"
        }
    }

    /// Whether a name is that of this data set in its folder: what its files begin with, or one of the files.
    func isCalled(_ name: String) -> Bool {
        if !prefix.isEmpty && name == prefix { return true }
        guard let parsed = DataFileName(name) else { return false }
        return parsed.format == format && parsed.prefix == prefix
            && candidates[parsed.role]?.contains { $0.stem == parsed.stem } == true
    }

    /// The path by which this data set, and no other, is found again.
    var address: String {
        if !prefix.isEmpty, PathKind(of: folder + "/" + prefix) == .nothing { return folder + "/" + prefix }
        let own = candidates.values.joined().map(\.path).filter { ($0 as NSString).deletingLastPathComponent == folder }
        return hasNeighbors ? own.min() ?? folder : folder
    }

    /// What the data set is called: as its files are, or as their folder.
    var name: String {
        if format == .cifar10 { return "cifar10" }
        if !prefix.isEmpty { return prefix }
        let path = folder as NSString
        // torchvision keeps the files in MNIST/raw.
        return path.lastPathComponent == "raw"
            ? (path.deletingLastPathComponent as NSString).lastPathComponent : path.lastPathComponent
    }
}
