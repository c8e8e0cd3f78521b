import Foundation

/// Finds the one data set that a path stands for.
///
/// The path is a folder with the files, or with the folder that has them, up to two down (`cifar-10-batches-bin`,
/// torchvision's `MNIST/raw`); or, where a folder has files of several data sets, the folder and what the files of one
/// begin with (`emnist/emnist-letters`), or any file of it.
struct DataSearch {
    let formats: Set<DataFileName.Format>
    /// What is said where there is nothing.
    let expectation: String

    /// The files of the data set.
    ///
    /// - Throws: ``DataFileError`` where there is none, or where there are several: these are named.
    func files(at path: String) throws -> DataFiles {
        switch PathKind(of: path) {
        case .folder: return try files(in: FolderListing(path))
        case .unreachable(let cause):
            throw DataFileError(file: path, offset: nil, problem: "the folder can't be read: \(cause)")
        case .file, .other, .nothing:
            if let files = try neighbors(of: path).first(where: { $0.isCalled((path as NSString).lastPathComponent) }) {
                return files
            }
            throw DataFileError(file: path, offset: nil, problem: expectation)
        }
    }

    /// The data sets in the folder that a path would be in.
    func neighbors(of path: String) throws -> [DataFiles] {
        let parent = (path as NSString).deletingLastPathComponent
        guard PathKind(of: parent) == .folder else { return [] }
        return try DataFiles.all(in: FolderListing(parent), formats).filter(\.hasFiles)
    }

    private func files(in folder: FolderListing) throws -> DataFiles {
        let all = DataFiles.all(in: folder, formats), here = all.filter(\.hasFiles)
        if !here.isEmpty { return try onlyOne(of: here, in: folder.path) }
        let below = folder.foldersBelow()
        let allBelow = below.flatMap { DataFiles.all(in: $0, formats) }, found = allBelow.filter(\.hasFiles)
        if !found.isEmpty { return try onlyOne(of: found, in: folder.path) }
        if let impostor = (all + allBelow).lazy.flatMap(\.impostors).first {
            throw DataFileError(file: impostor.path, offset: nil, problem: impostor.problem)
        }
        throw nothing(in: [folder] + below)
    }

    /// The one data set that has all of its files, or else the first, which will say what it lacks.
    private func onlyOne(of found: [DataFiles], in folder: String) throws -> DataFiles {
        let complete = found.filter(\.isComplete)
        guard complete.count > 1 else { return complete.first ?? found[0] }
        let addresses = complete.map(\.address).sorted()
        let shown = addresses.prefix(8).map { $0.dropFirst(folder == "/" ? 1 : folder.count + 1) }
        let list = shown.joined(separator: ", ") + (shown.count < addresses.count ? ", …" : "")
        throw DataFileError(
            file: folder, offset: nil,
            problem:
                "expected one data set, found \(addresses.count) (\(list)): name one, as in \(addresses[0])")
    }

    /// What is said where no folder has a data set: what there is in its place.
    private func nothing(in folders: [FolderListing]) -> DataFileError {
        for folder in folders {
            if formats.contains(.cifar10), folder.names.contains(where: { DataFileName.batch($0) != nil }) {
                return DataFileError(
                    file: folder.path, offset: nil,
                    problem:
                        "expected CIFAR-10's binary version, data_batch_1.bin and so on; "
                        + "these batches are of another one"
                )
            }
            // The binary version and the one for Python.
            let isCIFAR100 = [["train.bin", "test.bin"], ["train", "test", "meta"]].contains { names in
                names.allSatisfy { folder.names.contains($0) && PathKind(of: folder.path(of: $0)) == .file }
            }
            if isCIFAR100, formats.contains(.cifar10) {
                return DataFileError(
                    file: folder.path, offset: nil, problem: expectation + "; these files are CIFAR-100's")
            }
        }
        for folder in folders {
            for name in folder.names {
                guard let words = Self.others.first(where: { name.lowercased().hasSuffix($0.ending) })?.words else {
                    continue
                }
                let place = folder.path(of: name).dropFirst(folders[0].path(of: "").count)
                return DataFileError(
                    file: folders[0].path, offset: nil, problem: expectation + "; \(place) is \(words)")
            }
        }
        return DataFileError(file: folders[0].path, offset: nil, problem: expectation)
    }

    /// How the names of files end in which data sets come that are not read.
    private static let others: [(ending: String, words: String)] = [
        (".npz", "a NumPy archive"), (".npy", "a NumPy array"), (".mat", "a MATLAB file"), (".pt", "a PyTorch file"),
        (".pth", "a PyTorch file"), (".pkl", "a Python pickle"), (".pickle", "a Python pickle"),
        (".parquet", "a Parquet file"), (".arrow", "an Arrow file"), (".h5", "an HDF5 file"), (".hdf5", "an HDF5 file"),
        (".tfrecord", "a TensorFlow record file"), (".csv", "a CSV file"), (".tsv", "a TSV file"),
        (".csv.gz", "a CSV file"), (".tar", "an archive, still to be unpacked"),
        (".tar.gz", "an archive, still to be unpacked"), (".tgz", "an archive, still to be unpacked"),
        (".tar.bz2", "an archive, still to be unpacked"), (".tar.xz", "an archive, still to be unpacked"),
        (".zip", "an archive, still to be unpacked"), (".7z", "an archive, still to be unpacked"),
        (".rar", "an archive, still to be unpacked"), (".xz", "packed with xz, still to be unpacked"),
        (".bz2", "packed with bzip2, still to be unpacked"), (".zst", "packed with zstd, still to be unpacked"),
        (".png", "an image on its own"), (".jpg", "an image on its own"), (".jpeg", "an image on its own"),
    ]
}
