import Synchronization

/// Puts the results of children, which arrive in any order, into the order of their numbers: what has become of a run so far.
///
/// A child is kept and reported when all before it are: what is seen of a run does not depend on the number of workers.
final class ChildReporter: Sendable {
    private let run: (any RunKeeper)?
    private let event: @Sendable (Search.Event) -> Void
    private let state: Mutex<State>

    private struct State {
        var known: KnownChildren
        var progress: SearchProgress
        /// The number of the batch's first child.
        var first: Int
        /// What was proposed for the batch.
        var proposed: [Architecture] = []
        /// The results of the batch so far, by the numbers of their children.
        var results: [Int: ChildResult] = [:]
        var failure: (any Error)?

        /// The child that comes next, if there is a result for it.
        var next: Child? {
            let number = progress.done, architecture = proposed[number - first]
            if let before = known.first[architecture] {
                return Child(number: number, architecture: architecture, result: before.result, repeats: before.number)
            }
            return results[number].map { Child(number: number, architecture: architecture, result: $0, repeats: nil) }
        }
    }

    /// - Parameters:
    ///   - kept: the children that the run has kept already.
    ///   - observed: how many of them the strategy has learned from; the others it will propose again.
    init(
        kept: [Child], observed: Int, progress: SearchProgress, run: (any RunKeeper)?,
        event: @Sendable @escaping (Search.Event) -> Void
    ) {
        self.run = run
        self.event = event
        var progress = progress
        for child in kept.prefix(observed) { progress.restore(child) }
        state = Mutex(State(known: KnownChildren(kept), progress: progress, first: observed))
    }

    /// How far the search is.
    var progress: SearchProgress { state.withLock { $0.progress } }
    /// Whether a child could not be kept: then no other need be trained.
    var hasFailed: Bool { state.withLock { $0.failure != nil } }
    /// The children done, in order.
    var children: [Child] { state.withLock { Array($0.known.children.prefix($0.progress.done)) } }

    /// Begins a batch.
    ///
    /// - Returns: the architectures that have no result yet, each once, with the number of its first child.
    func begin(_ proposed: [Architecture], entropy: Double?) -> [(number: Int, architecture: Architecture)] {
        state.withLock { state in
            state.first = state.progress.done
            state.proposed = proposed
            state.results = [:]
            state.progress.entropy = entropy
            var seen = Set<Architecture>()
            let missing = proposed.enumerated().compactMap { place, architecture in
                state.known.first[architecture] == nil && seen.insert(architecture).inserted
                    ? (state.first + place, architecture) : nil
            }
            report(&state)
            return missing
        }
    }

    /// Takes in the result of a child of the batch.
    func finished(_ number: Int, _ result: ChildResult) {
        state.withLock {
            $0.results[number] = result
            report(&$0)
        }
    }

    /// The rewards of the batch's children, in order; nil where some were stopped.
    ///
    /// - Throws: what the run's keeper threw when it was given a child.
    func rewards() throws -> [Double]? {
        try state.withLock { state in
            if let failure = state.failure { throw failure }
            guard state.progress.done == state.first + state.proposed.count else { return nil }
            return state.known.children[state.first..<state.progress.done].map(\.reward)
        }
    }

    /// Reports every child that is next in order and has its result.
    private func report(_ state: inout State) {
        while state.progress.done < state.first + state.proposed.count && state.failure == nil {
            let number = state.progress.done
            // A run that is resumed has kept some children of this batch already.
            if number == state.known.children.count {
                guard let child = state.next else { return }
                do {
                    try run?.add(child)
                } catch {
                    // What is not kept is not done: nobody hears of it, and the search stops here.
                    state.failure = error
                    return
                }
                state.known.add(child)
            }
            let child = state.known.children[number]
            state.progress.add(child)
            event(.child(child, state.progress))
        }
    }
}

/// Children in order, and for each architecture the child that it was trained as.
private struct KnownChildren: Sendable {
    private(set) var children: [Child] = []
    private(set) var first: [Architecture: Child] = [:]

    init(_ children: [Child]) {
        for child in children { add(child) }
    }

    mutating func add(_ child: Child) {
        children.append(child)
        if child.repeats == nil { first[child.architecture] = child }
    }
}
