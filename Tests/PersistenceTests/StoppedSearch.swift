import ArchitectureSearch
import Persistence
import Synchronization
import TestSupport

extension SmallSearch {
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
