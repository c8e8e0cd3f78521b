import ArchitectureSearch
import ChildNet
import Persistence
import Synchronization

/// A search of some seconds: children of one epoch on the digits.
enum SmallSearch {
    static func configuration(children: Int = 10) -> SearchConfiguration {
        SearchConfiguration(children: children, batch: 4, training: TrainingSettings(epochs: 1), seed: 5)
    }

    static func search(children: Int = 10) throws -> Search {
        try Search(configuration(children: children), data: digits, space: .smallCNN)
    }

    /// Runs the search until some children are done, on one worker, so that it stops there.
    static func run(_ run: StoredRun, until count: Int) throws -> SearchResult? {
        let done = Mutex(0)
        return try search().run(
            on: ThreadExecutor(workers: 1), storingIn: run, shouldStop: { done.withLock { $0 } >= count }
        ) { event in
            if case .child = event { done.withLock { $0 += 1 } }
        }
    }
}
