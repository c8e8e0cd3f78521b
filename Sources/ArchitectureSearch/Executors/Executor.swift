import ChildNet
import Foundation
import Synchronization
import TextDisplay

/// A child to be trained: everything that its result depends on.
public struct ChildJob: Sendable {
    /// The number of the child in its run, from 0.
    public let number: Int
    /// The network.
    public let layers: [Layer]
    /// The seed of its weights and of the order of its images.
    public let seed: Int
    /// What it is trained on.
    public let data: DataSet
    /// How it is trained.
    public let settings: TrainingSettings
    /// What of its accuracies the strategy sees.
    public let reward: RewardRule
}

/// What a strategy is told of a child's validation accuracies.
public enum RewardRule: String, Sendable, Codable, CaseIterable {
    /// The accuracy after the last epoch.
    case accuracy
    /// The best accuracy of the last five epochs, cubed, so that the best children differ more (Zoph and Le 2017,
    /// section 4.1).
    case cubed

    /// The reward of a network, 0 to 1; 0 for one that diverged.
    public func reward<T>(of trained: TrainedNetwork<T>) -> Double {
        switch self {
        case .accuracy: return trained.validationAccuracy
        case .cubed:
            let best = trained.bestAccuracy(ofLast: 5)
            return best * best * best
        }
    }
}

/// What came of training a child.
public struct ChildResult: Sendable, Codable, Equatable {
    /// How a training ended.
    public enum Outcome: String, Sendable, Codable {
        /// All epochs were trained.
        case trained
        /// The loss stopped being a finite number.
        case diverged
        /// The layers do not fit the images.
        case refused
    }
    /// How the training ended.
    public let outcome: Outcome
    /// The validation accuracy after the last epoch, 0 to 1; 0 for a child that was not trained to the end.
    public let validation: Double
    /// What the strategy sees of it: see ``RewardRule``.
    public let reward: Double
    /// The number of learned numbers.
    public let parameters: Int
    /// How long it took.
    public let seconds: Double
    /// Why it was refused; nil for a child that was not.
    public let reason: String?

    init(
        outcome: Outcome, validation: Double, reward: Double, parameters: Int, seconds: Double, reason: String? = nil
    ) {
        self.outcome = outcome
        self.validation = validation
        self.reward = reward
        self.parameters = parameters
        self.seconds = seconds
        self.reason = reason
    }

    /// A result as it was stored, perhaps when the accuracy was the only reward.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let validation = try values.decode(Double.self, forKey: .validation)
        self.init(
            outcome: try values.decode(Outcome.self, forKey: .outcome), validation: validation,
            reward: try values.decodeIfPresent(Double.self, forKey: .reward) ?? validation,
            parameters: try values.decode(Int.self, forKey: .parameters),
            seconds: try values.decode(Double.self, forKey: .seconds),
            reason: try values.decodeIfPresent(String.self, forKey: .reason))
    }
}

/// Where children are trained; never which or how.
public protocol Executor: Sendable {
    /// Trains every child and calls `finished` with its place in the list as soon as it is done, in any order, one call
    /// at a time.
    ///
    /// - Parameter shouldStop: asked often, from any thread; children that it stops are not reported.
    func train(
        _ jobs: [ChildJob], shouldStop: @Sendable @escaping () -> Bool,
        finished: @Sendable @escaping (Int, ChildResult) -> Void)
}

/// Trains children on threads of this process, each child on one of them.
///
/// Two children on two cores beat one child on two: nothing waits for anything, and each child has its own cache.
public struct ThreadExecutor: Executor {
    /// The number of children trained at once.
    public let workers: Int

    /// An executor with the given number of threads; by default one for each core.
    public init(workers: Int = ProcessInfo.processInfo.activeProcessorCount) {
        precondition(workers > 0, "at least one worker")
        self.workers = workers
    }

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

/// Trains one child on the calling thread; nil where it was stopped.
func run(_ job: ChildJob, shouldStop: () -> Bool) -> ChildResult? {
    let start = ContinuousClock.now
    if let problem = Network<Float>.problem(
        with: job.layers, input: job.data.imageShape, classes: job.data.classes)
        ?? job.network.problem(trainingOn: job.data.count(.training), inBatchesOf: job.settings.batchSize)
    {
        return ChildResult(
            outcome: .refused, validation: 0, reward: 0, parameters: 0, seconds: 0, reason: problem.description)
    }
    guard
        let trained = train(
            job.network, on: job.data, settings: job.settings, seed: job.seed, shouldStop: shouldStop)
    else { return nil }
    return ChildResult(
        outcome: trained.divergedInEpoch == nil ? .trained : .diverged, validation: trained.validationAccuracy,
        reward: job.reward.reward(of: trained), parameters: trained.network.parameterCount,
        seconds: start.duration(to: .now).seconds)
}

extension ChildJob {
    /// The network before training.
    var network: Network<Float> {
        Network(layers, input: data.imageShape, classes: data.classes, seed: seed)
    }
}
