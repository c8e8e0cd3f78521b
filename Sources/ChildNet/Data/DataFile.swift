import Foundation

/// Why a file of images or labels can't be used: the file, the place, what was expected there and what was found.
public struct DataFileError: Error, Equatable, CustomStringConvertible {
    /// The path of the file.
    public let file: String
    /// The byte at which it stops making sense; nil where the file is missing, can't be opened or can't be unpacked.
    public let offset: Int?
    /// What was expected there, and what was found.
    public let problem: String

    /// `train-images-idx3-ubyte: at byte 16: expected …`
    public var description: String { file + ": " + (offset.map { "at byte \($0): " } ?? "") + problem }
}

/// A file that is read as a whole, unpacked where its name ends with `.gz`, and then piece by piece.
struct DataFile {
    let path: String
    let bytes: [UInt8]

    init(path: String) throws {
        self.path = path
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
            throw DataFileError(file: path, offset: nil, problem: "expected a file, found a folder")
        }
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw DataFileError(
                file: path, offset: nil, problem: "the file can't be read: \(error.localizedDescription)")
        }
        do {
            bytes = path.hasSuffix(".gz") ? try gunzip([UInt8](data)) : [UInt8](data)
        } catch let error as CorruptData {
            throw DataFileError(file: path, offset: nil, problem: error.description)
        }
    }

    func failure(at offset: Int, _ problem: String) -> DataFileError {
        DataFileError(file: path, offset: offset, problem: problem)
    }
}
