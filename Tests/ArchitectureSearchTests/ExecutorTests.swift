import ChildNet
import Synchronization
import Testing
import TextDisplay

@testable import ArchitectureSearch

@Suite struct ExecutorTests {
    private static func job(_ number: Int) -> ChildJob {
        ChildJob(
            number: number, layers: [.dense(units: 8)], seed: number, data: digits,
            settings: TrainingSettings(epochs: 1), reward: .accuracy)
    }

    @Test(arguments: [1, 2, 5]) func everyChildIsReportedOnce(workers: Int) {
        let places = Mutex<[Int]>([])
        ThreadExecutor(workers: workers).train((0..<3).map(Self.job), shouldStop: { false }) { place, result in
            #expect(result.outcome == .trained)
            places.withLock { $0.append(place) }
        }
        #expect(places.withLock { $0.sorted() } == [0, 1, 2])
    }

    @Test func childrenThatAreStoppedAreNotReported() {
        let count = Mutex(0)
        ThreadExecutor(workers: 2).train((0..<3).map(Self.job), shouldStop: { true }) { _, _ in
            count.withLock { $0 += 1 }
        }
        #expect(count.withLock { $0 } == 0)
    }

    @Test(arguments: [Int.min, -1, 0, 1025, Int.max]) func thereAreAsManyThreadsAsMakeSense(workers: Int) {
        #expect(ThreadExecutor.problem(workers: workers)?.description == "workers is 1 to 1024; not \(workers)")
    }

    @Test func theRuleIsTheInitializers() async {
        #expect(ThreadExecutor.problem(workers: 1) == nil && ThreadExecutor.problem(workers: 1024) == nil)
        await #expect(processExitsWith: .failure) { _ = ThreadExecutor(workers: 0) }
    }

    @Test func saysWhatItIs() {
        #expect("\(ThreadExecutor(workers: 1))" == "1 thread, one child at a time")
        #expect("\(ThreadExecutor(workers: 2))" == "2 threads, a child on each")
        #expect("\(Self.job(3))".hasPrefix("child 3: 1 layer on digits, 1 epochs of batches of 32, "))
    }

    @Test(arguments: [
        (ChildResult.Outcome.trained, "validation 97.5 %"), (.diverged, "diverged"),
        (.refused, "refused: the layers do not fit the images"),
    ]) func aResultSaysWhatCameOfTheChild(_ outcome: ChildResult.Outcome, _ words: String) {
        let result = ChildResult(outcome: outcome, validation: 0.975, reward: 0.975, parameters: 7, seconds: 1)
        #expect("\(result)" == words)
    }
}
