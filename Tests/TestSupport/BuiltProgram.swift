import Foundation

/// The real executables, built together with the tests.
package enum BuiltProgram {
    /// A program beside the test bundle. Where none was built, the path leads to no file, and running it says so.
    package static func url(_ name: String) -> URL {
        let bundle = CommandLine.arguments.first { $0.contains(".xctest") }.map { URL(fileURLWithPath: $0) }
        let standard = Repository.root.appendingPathComponent(".build/debug")
        let places = [bundle?.deletingLastPathComponent(), standard].compactMap { $0?.appendingPathComponent(name) }
        return places.first { FileManager.default.isExecutableFile(atPath: $0.path) } ?? places[0]
    }
}
