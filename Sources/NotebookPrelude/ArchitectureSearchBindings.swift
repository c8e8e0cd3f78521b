import ArchitectureSearch
import Autodiff
import ChildNet
import Notebook

extension SearchSpace: ForeignBridged {}
extension SearchResult: ForeignBridged {}
extension ArchitectureSearch.Child: ForeignBridged {}

extension Library {
    mutating func addArchitectureSearch() {
        for (name, space) in SearchSpace.named { define(constant: "SearchSpace.\(name)", space) }
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
        define("Child.reward") { (child: Child) in child.reward }
    }
}

private func searched(
    _ data: DataSet, _ space: SearchSpace, _ children: Int, _ seed: Int, _ running: Running
) throws -> SearchResult {
    let configuration = SearchConfiguration(data: data.source, space: space.name, children: children, seed: seed)
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
