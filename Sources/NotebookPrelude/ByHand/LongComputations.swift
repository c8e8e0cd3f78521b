import ArchitectureSearch
import ChildNet
import Notebook
import TextDisplay

/// What takes long: it shows how far it is, and ends when the cell is told to.
func addLongComputations(to library: inout Library) {
    library.add(
        .function, "train(_: Network, on: DataSet, settings: TrainingSettings = TrainingSettings(), seed: Int)"
    ) { a in
        let network: Network<Float> = try a.take(0)
        let data: DataSet = try a.take(1)
        let settings: TrainingSettings = try a.take(2, or: TrainingSettings())
        let seed: Int = try a.take(3)
        let running = a.running
        try demand(network.problem(training: settings, on: data))
        defer { running.showStatus("") }
        let trained = train(
            network, on: data, settings: settings, seed: seed, shouldStop: { running.isStopped },
            progress: { running.showStatus($0.line) })
        guard let trained else { throw CancellationError() }
        return trained.bridged
    }
    library.add(
        .function,
        "search(_: DataSet, space: SearchSpace = .smallCNN, strategy: StrategyName = .reinforce, children: Int, seed: Int)"
    ) { a in
        let data: DataSet = try a.take(0)
        let space: SearchSpace = try a.take(1, or: .smallCNN)
        let strategy: StrategyName = try a.take(2, or: .reinforce)
        let children: Int = try a.take(3)
        let seed: Int = try a.take(4)
        let running = a.running
        let configuration = SearchConfiguration(
            data: data.source, space: space, strategy: strategy, children: children, seed: seed)
        let search = try Search(configuration, data: data, space: space)
        defer { running.showStatus("") }
        let result = try search.run(shouldStop: { running.isStopped }) { event in
            switch event {
            case .child(_, let progress), .update(let progress): running.showStatus(progress.line(width: 100))
            }
        }
        guard let result else { throw CancellationError() }
        return result.bridged
    }
}
