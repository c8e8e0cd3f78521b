import Synchronization

/// The children of a run so far, and for each architecture the child that it was trained as.
struct KnownChildren: Sendable {
    private(set) var children: [Child] = []
    private(set) var first: [Architecture: Child] = [:]

    init() {}

    init(_ children: [Child]) {
        for child in children { add(child) }
    }

    mutating func add(_ child: Child) {
        children.append(child)
        if child.repeats == nil { first[child.architecture] = child }
    }
}

/// Puts the results of a batch, which arrive in any order, into the order of the children's numbers.
///
/// A child is stored and reported when all before it are: what is seen of a run does not depend on the number of workers.
final class BatchReporter: Sendable {
    /// The architectures of the batch that have no result yet, each with the number of its first child.
    let missing: [(number: Int, architecture: Architecture)]
    private let proposed: [Architecture]
    private let first: Int
    private let run: StoredRun?
    private let event: @Sendable (Search.Event) -> Void
    private let state: Mutex<State>

    private struct State {
        var known: KnownChildren
        var results: [Int: ChildResult] = [:]
        var batch: [Child] = []
        var progress: SearchProgress
        var failure: (any Error)?
    }

    init(
        proposed: [Architecture], first: Int, known: KnownChildren, run: StoredRun?, progress: SearchProgress,
        event: @Sendable @escaping (Search.Event) -> Void
    ) {
        self.proposed = proposed
        self.first = first
        self.run = run
        self.event = event
        var missing: [(Int, Architecture)] = []
        var seen = Set<Architecture>()
        for (i, architecture) in proposed.enumerated()
        where known.first[architecture] == nil && seen.insert(architecture).inserted {
            missing.append((first + i, architecture))
        }
        self.missing = missing
        state = Mutex(State(known: known, progress: progress))
        state.withLock { report(&$0) }
    }

    func finished(_ number: Int, _ result: ChildResult) {
        state.withLock {
            $0.results[number] = result
            report(&$0)
        }
    }

    /// The children of the batch in order; nil where some were stopped.
    func batch() throws -> [Child]? {
        try state.withLock {
            if let failure = $0.failure { throw failure }
            return $0.batch.count == proposed.count ? $0.batch : nil
        }
    }

    /// Whether a child could not be stored: then no other need be trained.
    var hasFailed: Bool { state.withLock { $0.failure != nil } }
    var known: KnownChildren { state.withLock { $0.known } }
    var progress: SearchProgress { state.withLock { $0.progress } }

    /// Takes every child that is next in order and has its result.
    private func report(_ state: inout State) {
        while state.batch.count < proposed.count && state.failure == nil {
            let number = first + state.batch.count
            let architecture = proposed[state.batch.count]
            let child: Child
            // A run that is resumed has some children of this batch in its store already.
            let isStored = number < state.known.children.count
            if isStored {
                child = state.known.children[number]
            } else if let before = state.known.first[architecture] {
                child = Child(
                    number: number, architecture: architecture, result: before.result, repeats: before.number)
            } else if let result = state.results[number] {
                child = Child(number: number, architecture: architecture, result: result, repeats: nil)
            } else {
                return
            }
            if !isStored {
                do {
                    try run?.add(child)
                } catch {
                    // What is not in the store is not done: nobody hears of it, and the search stops here.
                    state.failure = error
                    return
                }
                state.known.add(child)
            }
            state.batch.append(child)
            state.progress.add(child)
            event(.child(child, state.progress))
        }
    }
}
