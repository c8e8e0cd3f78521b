import ArchitectureSearch
import Persistence
import TestSupport
import Testing

/// A run that was cut off ends as if it had not been.
@Suite struct ResumedRunTests {
    private let folder = TemporaryFolder()

    /// Stopped after any number of children: at the end of a batch and within one.
    @Test(arguments: [1, 3, 4, 6, 9]) func aStoppedRunResumesToTheSameEnd(after count: Int) throws {
        let path = folder.path + "/runs.sqlite"
        let whole = try #require(try SmallSearch.search().run())
        let store = try RunStore(path: path)
        let run = try store.start(SmallSearch.configuration())
        #expect(try SmallSearch.run(run, until: count) == nil)
        #expect(try store.summary(of: run.id).state == .interrupted)
        #expect(try store.summary(of: run.id).children >= count)
        // A new process opens the file again.
        let reopened = try RunStore(path: path)
        let resumed = try #require(try SmallSearch.search().run(storingIn: try reopened.run(run.id)))
        #expect(SmallSearch.fingerprint(resumed.children) == SmallSearch.fingerprint(whole.children))
        #expect(resumed.test == whole.test)
        #expect(try reopened.summary(of: run.id).state == .finished)
        #expect(try reopened.run(run.id).children(in: .smallCNN).count == 10)
    }
}
