import Synchronization
import TestSupport
import Testing
import TextDisplay

@testable import ArchitectureSearch

@Suite struct SearchTests {
    @Test func theResultDoesNotDependOnTheNumberOfWorkers() throws {
        let one = try #require(try SmallSearch.search().run(on: ThreadExecutor(workers: 1)))
        let two = try #require(try SmallSearch.search().run(on: ThreadExecutor(workers: 2)))
        #expect(SmallSearch.fingerprint(one.children) == SmallSearch.fingerprint(two.children))
        #expect(one.test == two.test && one.best.number == two.best.number)
    }

    @Test func repeatedArchitecturesAreNotTrainedTwice() throws {
        // The expert's list starts over after six.
        let jobs = Counter()
        let counting = CountingExecutor { jobs.add($0) }
        let result = try #require(
            try SmallSearch.search(SmallSearch.configuration(.expert, children: 14)).run(on: counting))
        #expect(jobs.value == 6)
        #expect(result.trainedCount == 6)
        #expect(result.children[7].repeats == 1)
        #expect(result.children[7].reward == result.children[1].reward)
    }

    final class Counter: Sendable {
        private let count = Mutex(0)
        func add(_ n: Int) { count.withLock { $0 += n } }
        var value: Int { count.withLock { $0 } }
    }

    struct CountingExecutor: Executor {
        let add: @Sendable (Int) -> Void
        init(_ body: @escaping @Sendable (Int) -> Void) { add = body }
        func train(
            _ jobs: [ChildJob], shouldStop: @Sendable @escaping () -> Bool,
            finished: @Sendable @escaping (Int, ChildResult) -> Void
        ) {
            add(jobs.count)
            ThreadExecutor().train(jobs, shouldStop: shouldStop, finished: finished)
        }
    }

    @Test func eventsComeInOrderAndProgressAddsUp() throws {
        let seen = Counter()
        _ = try SmallSearch.search().run(event: { event in
            if case .child(let child, let progress) = event {
                #expect(child.number == seen.value)
                seen.add(1)
                #expect(progress.done == child.number + 1)
                #expect(progress.line(width: 120).contains("\(progress.done)/10"))
                #expect(progress.line(width: 40).count < 40)
                #expect("\(progress)".contains("mean "))
            }
        })
        #expect(seen.value == 10)
    }

    @Test func aConfigurationSaysWhatSearchesWhat() throws {
        var configuration = SmallSearch.configuration(.evolution)
        let words = "evolution on digits in smallCNN: 10 children in batches of 4, seed 5\n\(configuration.training)"
        #expect("\(configuration)" == words)
        #expect("\(try SmallSearch.search(configuration))" == words)
        configuration.reward = .cubed
        #expect("\(configuration)".contains("in batches of 4, rewards cubed, seed 5"))
    }

    @Test func badConfigurationsAreRefused() {
        #expect(throws: InvalidArgument("batch is 1 to 100000 children; not 0")) {
            var configuration = SmallSearch.configuration()
            configuration.batch = 0
            _ = try SmallSearch.search(configuration)
        }
        #expect(throws: InvalidArgument("children is 1 to 1000000; not 0")) {
            try SmallSearch.search(SmallSearch.configuration(children: 0))
        }
    }
}
