import ChildNet
import Foundation

/// PyTorch's training of the same child on the same machine, at its best of several configurations.
struct Peer: Decodable {
    var imagesPerSecond: Double
    let configuration: String

    /// - Parameters:
    ///   - python: an interpreter that has PyTorch.
    ///   - configuration: the only one that is tried; nil for all.
    static func measure(_ child: Child, python: String, configuration: String? = nil) -> Peer? {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: python)
        // Benchmarks/ChildNetBenchmark/Peers.swift stands beside Benchmarks/pytorch_peer.py.
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("pytorch_peer.py").path
        guard let data = try? JSONSerialization.data(withJSONObject: child.json) else { return nil }
        process.arguments = [script, String(decoding: data, as: UTF8.self)] + (configuration.map { [$0] } ?? [])
        process.standardOutput = output
        guard (try? process.run()) != nil else { return nil }
        let printed = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return try? JSONDecoder().decode(Peer.self, from: printed)
    }
}

extension Child {
    fileprivate var json: [String: Any] {
        ["input": [input.height, input.width, input.channels], "batch": batch, "layers": layers.map(\.json)]
    }
}

extension Layer {
    /// Its name, and its sizes by theirs: what pytorch_peer.py makes a module of.
    fileprivate var json: [String: Any] {
        let sizes = try! JSONSerialization.jsonObject(with: JSONEncoder().encode(kind)) as! [String: Any]
        return sizes.merging(["kind": type(of: kind).name]) { $1 }
    }
}
