import ArchitectureSearch
import Autodiff
import ChildNet
import Notebook
import TextDisplay

extension SearchSpace: ForeignBridged {}
extension Architecture: ForeignBridged {}
extension SearchResult: ForeignBridged {}
extension ArchitectureSearch.Child: ForeignBridged {}

extension Library {
    mutating func addArchitectureSearch() {
        define(constant: "SearchSpace.smallCNN", SearchSpace.smallCNN)
        define(constant: "SearchSpace.zoph", SearchSpace.zoph)
        define("static SearchSpace.zoph(depth:)") { (depth: Int) in try zoph(depth, false, true) }
        define("static SearchSpace.zoph(depth:strides:)") { (depth: Int, strides: Bool) in
            try zoph(depth, strides, true)
        }
        define("static SearchSpace.zoph(depth:strides:skipConnections:)") {
            (depth: Int, strides: Bool, skipConnections: Bool) in try zoph(depth, strides, skipConnections)
        }
        define("SearchSpace(file:)") { (path: String) in try SearchSpace(file: path) }
        define("static SearchSpace.named(_:)") { (name: String) in try SearchSpace.named(name) }
        define("SearchSpace.architecture(_:)") { (space: SearchSpace, choices: [String]) in
            try space.architecture(choices)
        }
        define("SearchSpace.randomArchitecture(seed:)") { (space: SearchSpace, seed: Int) in
            space.randomArchitecture(seed: seed)
        }
        define("SearchSpace.expertArchitectures") { (space: SearchSpace) in space.expertArchitectures }
        define("SearchSpace.choices(_:)") { (space: SearchSpace, architecture: Architecture) in
            try space.choices(checked(architecture, in: space))
        }
        define("SearchSpace.layers(_:)") { (space: SearchSpace, architecture: Architecture) in
            try space.layers(checked(architecture, in: space))
        }
        define("SearchSpace.name") { (space: SearchSpace) in space.name }
        define("SearchSpace.count") { (space: SearchSpace) in space.count }
        define(interruptible: "search(_:children:seed:)") {
            (running: Running, data: DataSet, children: Int, seed: Int) in
            try searched(data, .smallCNN, children, seed, running)
        }
        define(interruptible: "search(_:space:children:seed:)") {
            (running: Running, data: DataSet, space: SearchSpace, children: Int, seed: Int) in
            try searched(data, space, children, seed, running)
        }
        define("SearchResult.best") { (result: SearchResult) in result.best }
        define("SearchResult.choices") { (result: SearchResult) in result.choices }
        define("SearchResult.validation") { (result: SearchResult) in result.validation }
        define("SearchResult.test") { (result: SearchResult) in result.test }
        define("SearchResult.seconds") { (result: SearchResult) in result.seconds }
        define("SearchResult.rewards") { (result: SearchResult) in result.rewards }
        define("SearchResult.children") { (result: SearchResult) in result.children }
        define("SearchResult.trainedCount") { (result: SearchResult) in result.trainedCount }
        define("Child.number") { (child: Child) in child.number }
        define("Child.architecture") { (child: Child) in child.architecture }
        define("Child.reward") { (child: Child) in child.reward }
    }
}

private func zoph(_ depth: Int, _ strides: Bool, _ skipConnections: Bool) throws -> SearchSpace {
    guard 1...64 ~= depth else { throw InvalidArgument("depth is 1 to 64; not \(depth)") }
    return .zoph(depth: depth, strides: strides, skipConnections: skipConnections)
}

private func checked(_ architecture: Architecture, in space: SearchSpace) throws -> Architecture {
    guard space.contains(architecture) else {
        throw InvalidArgument("the space '\(space.name)' has no architecture of tokens \(architecture.tokens)")
    }
    return architecture
}

private func searched(
    _ data: DataSet, _ space: SearchSpace, _ children: Int, _ seed: Int, _ running: Running
) throws -> SearchResult {
    let configuration = SearchConfiguration(data: data.source, space: space, children: children, seed: seed)
    let search = try Search(configuration, data: data, space: space)
    defer { running.showStatus("") }
    let result = try search.run(shouldStop: { running.isStopped }) { event in
        switch event {
        case .child(_, let progress), .update(let progress): running.showStatus(progress.line(width: 100))
        }
    }
    guard let result else { throw CancellationError() }
    return result
}
