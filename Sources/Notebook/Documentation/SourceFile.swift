import Foundation

/// A file of the library's sources.
struct SourceFile: Sendable {
    /// The path from `Sources` on.
    let label: String
    /// The target's name, the folder that the file was found in.
    let module: String
    let bytes: [UInt8]

    /// Every Swift file in some folders, those in folders inside them too, each folder's in order; what can't be read is left
    /// out.
    static func all(in folders: [String]) -> [SourceFile] {
        folders.flatMap { folder -> [SourceFile] in
            let paths = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
            return paths.filter { $0.hasSuffix(".swift") }.sorted().compactMap { path in
                guard let data = FileManager.default.contents(atPath: folder + "/" + path) else { return nil }
                let label = folder.split(separator: "/").suffix(2).joined(separator: "/") + "/" + path
                let module = folder.split(separator: "/").last.map(String.init) ?? ""
                return SourceFile(label: label, module: module, bytes: Array(data))
            }
        }
    }
}
