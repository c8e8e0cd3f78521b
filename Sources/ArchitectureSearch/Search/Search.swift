import Autodiff
import ChildNet
import TextDisplay

/// A search: a strategy proposes architectures, children are trained, and the strategy learns from their validation
/// accuracies, until all children are done. Then the best child is tested, once.
public struct Search: Sendable {
    /// What is searched, how and for how long.
    public let configuration: SearchConfiguration
    /// What children are trained on.
    public let data: DataSet
    /// Where architectures come from.
    public let space: SearchSpace

    /// A search on a data set and in a space.
    ///
    /// - Throws: ``InvalidArgument`` for a configuration that can't run.
    public init(_ configuration: SearchConfiguration, data: DataSet, space: SearchSpace) throws {
        if let problem = configuration.problem ?? configuration.strategy.problem(for: space) { throw problem }
        self.configuration = configuration
        self.data = data
        self.space = space
    }

    /// What happens during a search.
    public enum Event: Sendable {
        /// A child is done; children are reported in the order of their numbers.
        case child(Child, SearchProgress)
        /// The strategy has learned from a batch.
        case update(SearchProgress)
    }

    /// Runs the search to its end.
    ///
    /// - Parameters:
    ///   - executor: where children are trained.
    ///   - run: keeps every child and every update, and is what a run that was cut off goes on from.
    ///   - shouldStop: asked often; a search that is stopped returns nil, and its run can be resumed.
    ///   - event: called for each event, one at a time.
    /// - Throws: ``InvalidArgument`` for a run that is finished, that another search runs, or that has kept what can't be; what
    ///   the run's keeper throws where it can't keep more.
    public func run(
        on executor: some Executor = ThreadExecutor(), storingIn run: (any RunKeeper)? = nil,
        shouldStop: @Sendable @escaping () -> Bool = { false }, event: @Sendable @escaping (Event) -> Void = { _ in }
    ) throws -> SearchResult? {
        let start = ContinuousClock.now
        try run?.begin()
        // However this ends, the run is anybody's then.
        defer { run?.release() }
        var strategy = configuration.strategy.strategy(for: space, seed: configuration.seed)
        let kept = try run?.children(in: space) ?? []
        let update = try run?.update(like: strategy.state, in: space, of: kept.count)
        if let update { strategy.state = update.state }
        let reporter = ChildReporter(
            kept: kept, observed: update?.observedChildren ?? 0,
            progress: SearchProgress(total: configuration.children, start: start), run: run, event: event)

        while reporter.progress.done < configuration.children {
            let batchStart = ContinuousClock.now
            // A batch of repetitions trains nothing and would never ask.
            if shouldStop() {
                run?.interrupt()
                return nil
            }
            let proposed = strategy.propose(min(configuration.batch, configuration.children - reporter.progress.done))
            // An architecture is trained once in a run, even when it is proposed twice in one batch.
            let missing = reporter.begin(proposed, entropy: strategy.entropy)
            let jobs = missing.map { number, architecture in job(number: number, architecture) }
            executor.train(jobs, shouldStop: { shouldStop() || reporter.hasFailed }) { place, result in
                reporter.finished(missing[place].number, result)
            }
            guard let rewards = try reporter.rewards() else {
                run?.interrupt()
                return nil
            }
            strategy.observe(rewards)
            let progress = reporter.progress
            try run?.add(
                StrategyUpdate(strategy.state, observedChildren: progress.done),
                seconds: batchStart.duration(to: .now).seconds)
            event(.update(progress))
        }
        let children = reporter.children
        let best = children.best!
        guard let test = test(best, shouldStop: shouldStop) else {
            run?.interrupt()
            return nil
        }
        let result = SearchResult(
            configuration: configuration, space: space, children: children, best: best, test: test,
            seconds: start.duration(to: .now).seconds)
        try run?.finish(result)
        return result
    }

    /// The child's seed depends on the run's seed and on the number that the architecture first had, on nothing else.
    private func job(number: Int, _ architecture: Architecture) -> ChildJob {
        var generator = RandomGenerator(seed: configuration.seed, stream: 1000 + number)
        return ChildJob(
            number: number, layers: space.layers(architecture), seed: generator.seed(), data: data,
            settings: configuration.training, reward: configuration.reward)
    }

    /// The test accuracy of the chosen child, which is trained again, to the same bits: the only look at the test images.
    /// Nil where it was stopped.
    private func test(_ best: Child, shouldStop: () -> Bool) -> Double? {
        let job = job(number: best.repeats ?? best.number, best.architecture)
        guard best.result.outcome == .trained, let network = try? job.network() else { return 0 }
        return train(network, on: data, settings: job.settings, seed: job.seed, shouldStop: shouldStop)
            .map { accuracy(of: $0.network, on: data, .test) }
    }
}

/// A whole search in one call: children on all cores, by default REINFORCE with a moving-average baseline, and the best
/// child's test accuracy.
///
/// The strategy sees validation accuracies only; the test images are looked at once, for the child that is chosen. The
/// same seed gives the same result, whatever the number of cores.
///
///     let result = search(digits, space: .smallCNN, children: 24, seed: 1)
///     result.best
public func search(
    _ data: DataSet, space: SearchSpace = .smallCNN, strategy: StrategyName = .reinforce, children: Int, seed: Int
) -> SearchResult {
    let configuration = SearchConfiguration(
        data: data.source, space: space, strategy: strategy, children: children, seed: seed)
    require(configuration.problem)
    do {
        // Without a run that is kept and without a way to stop it, a search can't fail or end early.
        return try Search(configuration, data: data, space: space).run()!
    } catch {
        preconditionFailure("\(error)")
    }
}

extension Search: CustomStringConvertible {
    /// What is searched, how and for how long.
    public var description: String { configuration.description }
}

extension Search.Event: CustomStringConvertible {
    /// The child, or how many children the strategy has learned from.
    public var description: String {
        switch self {
        case .child(let child, _): child.description
        case .update(let progress): "the strategy has learned from \(progress.done) children"
        }
    }
}
