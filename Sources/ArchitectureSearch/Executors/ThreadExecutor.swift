import ChildNet
import Foundation
import Synchronization
import TextDisplay

/// Trains children on threads of this process, each child on one of them.
///
/// Two children on two cores beat one child on two: nothing waits for anything, and each child has its own cache.
///
///     ThreadExecutor(workers: 2)
public struct ThreadExecutor: Executor {
    /// The number of children trained at once.
    public let workers: Int

    /// An executor with the given number of threads; by default one for each core.
    public init(workers: Int = min(ProcessInfo.processInfo.activeProcessorCount, 1024)) {
        require(Self.problem(workers: workers))
        self.workers = workers
    }

    /// Why there can't be so many threads, or nil where there can.
    public static func problem(workers: Int) -> InvalidArgument? {
        1...1024 ~= workers ? nil : InvalidArgument("workers is 1 to 1024; not \(workers)")
    }

    /// Trains every child on the thread that is free first, and returns when all are done or stopped.
    public func train(
        _ jobs: [ChildJob], shouldStop: @Sendable @escaping () -> Bool,
        finished: @Sendable @escaping (Int, ChildResult) -> Void
    ) {
        let next = Atomic<Int>(0)
        let report = Mutex(finished)
        DispatchQueue.concurrentPerform(iterations: min(workers, max(jobs.count, 1))) { _ in
            while true {
                let place = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard place < jobs.count, !shouldStop(), let result = run(jobs[place], shouldStop: shouldStop) else {
                    return
                }
                report.withLock { $0(place, result) }
            }
        }
    }
}

extension ThreadExecutor: CustomStringConvertible {
    /// `2 threads, a child on each`
    public var description: String {
        workers == 1 ? "1 thread, one child at a time" : "\(workers) threads, a child on each"
    }
}

/// Trains one child on the calling thread; nil where it was stopped.
func run(_ job: ChildJob, shouldStop: () -> Bool) -> ChildResult? {
    let start = ContinuousClock.now
    let network: Network<Float>
    do throws(InvalidArgument) {
        network = try job.network()
        if let problem = network.problem(
            trainingOn: job.data.count(.training), inBatchesOf: job.settings.batchSize)
        {
            throw problem
        }
    } catch {
        return ChildResult(
            outcome: .refused, validation: 0, reward: 0, parameters: 0, seconds: 0, reason: error.description)
    }
    guard
        let trained = train(
            network, on: job.data, settings: job.settings, seed: job.seed, shouldStop: shouldStop)
    else { return nil }
    return ChildResult(
        outcome: trained.divergedInEpoch == nil ? .trained : .diverged, validation: trained.validationAccuracy,
        reward: job.reward.reward(of: trained), parameters: trained.network.parameterCount,
        seconds: start.duration(to: .now).seconds)
}
