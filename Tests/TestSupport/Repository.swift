import Foundation

/// The checkout that these tests are a part of.
package enum Repository {
    /// Its folder, two above this file's.
    package static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The path of a file or folder of the checkout, `Lessons` for one, whether it is there or not.
    package static func path(_ name: String) -> String { root.appendingPathComponent(name).standardizedFileURL.path }
}
