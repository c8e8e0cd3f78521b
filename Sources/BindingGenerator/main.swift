import Foundation

// Writes Sources/NotebookPrelude/Generated from the public declarations of the library, or, with --check, says whether
// what is there is what it would write.

let modules = ["TextDisplay", "Autodiff", "PolicyGradient", "ChildNet", "ArchitectureSearch"]
// This file is Sources/BindingGenerator/main.swift.
let sources = #filePath.split(separator: "/").dropLast(2).map { "/" + $0 }.joined()
let folder = sources + "/NotebookPrelude/Generated"

var collector = Collector()
for module in modules { try collector.read(module: module, in: sources + "/" + module) }
let files = Generator(types: collector.types, declarations: collector.declarations, modules: modules).files

var stale: [String] = []
for (name, text) in files.sorted(by: { $0.key < $1.key }) {
    let path = folder + "/" + name
    if (try? String(contentsOfFile: path, encoding: .utf8)) == text { continue }
    stale.append(name)
    if !CommandLine.arguments.contains("--check") {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try text.write(toFile: path, atomically: true, encoding: .utf8)
    }
}
if CommandLine.arguments.contains("--check"), !stale.isEmpty {
    print("stale: \(stale.joined(separator: ", ")); run make bindings")
    exit(1)
}
print(stale.isEmpty ? "the bindings are up to date" : "written: \(stale.joined(separator: ", "))")
