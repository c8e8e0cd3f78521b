import ArchitectureSearch
import Foundation
import GRDB
import Synchronization
import TestSupport
import Testing
import TextDisplay

@testable import Persistence

/// Whose a run is, and which files are stores.
@Suite struct RunStoreTests {
    private let folder = TemporaryFolder()

    private var path: String { folder.path + "/runs.sqlite" }

    private func sql(_ statement: String, in path: String) throws {
        try DatabaseQueue(path: path).write { try $0.execute(sql: statement) }
    }

    private static let isRunning = InvalidArgument("run 1 is running in another process")

    @Test func aRunIsOneSearchsAtATime() throws {
        let store = try RunStore(path: path), other = try RunStore(path: path)
        var started: StoredRun? = try store.start(SmallSearch.configuration())
        #expect(try other.summary(of: 1).state == .running)
        #expect(throws: Self.isRunning) { try other.run(1).claim() }
        // Its own search is not kept from it; a second search with the same value is.
        try started?.begin()
        #expect(throws: InvalidArgument("run 1 is running in another search")) { try started?.begin() }
        started = nil
        #expect(try other.summary(of: 1).state == .interrupted)
        let resumed = try other.run(1)
        try resumed.claim()
        #expect(throws: Self.isRunning) { try store.run(1).claim() }
        #expect(try store.summary(of: 1).state == .running)
        _ = try SmallSearch.search(SmallSearch.configuration(children: 2)).run(storingIn: resumed)
        #expect(try store.summary(of: 1).state == .finished)
        #expect(throws: InvalidArgument("run 1 is finished already")) { try store.run(1).claim() }
    }

    @Test func storesRunsAndSummariesSayWhatTheyAre() throws {
        let store = try RunStore(path: path), run = try store.start(SmallSearch.configuration())
        #expect("\(store)" == "the store '\(path)'")
        #expect("\(try store.summary(of: 1))" == "1  running  reinforce on digits  0/10 children  seed 5")
        #expect("\(run)" == "run 1 of the store '\(path)'")
    }

    /// Another process may have the number that a killed one had: in a container it always does.
    @Test func theNumberOfAProcessIsNoLock() throws {
        let store = try RunStore(path: path)
        _ = try store.start(SmallSearch.configuration())
        try sql("UPDATE run SET state = 'running', process = \(getpid())", in: path)
        #expect(try store.summary(of: 1).state == .interrupted)
        try store.run(1).claim()
    }

    @Test func aNumberThatARunOfADeletedStoreHasIsLeftOut() throws {
        let old = try RunStore(path: path).start(SmallSearch.configuration())
        for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + end) }
        #expect(throws: RunStoreProblem(store: path, fact: .moved)) {
            let state = RandomStrategy(for: .smallCNN, seed: 1).state
            try old.add(StrategyUpdate(state, observedChildren: 0), seconds: 0)
        }
        #expect(try RunStore(path: path).start(SmallSearch.configuration()).id == 2)
        #expect(old.id == 1)
    }

    @Test func aNewStoreIsMadeByManyAtOnce() throws {
        let failures = Mutex<[String]>([])
        DispatchQueue.concurrentPerform(iterations: 16) { [path] _ in
            do {
                _ = try RunStore(path: path).start(SmallSearch.configuration())
            } catch {
                failures.withLock { $0.append("\(error)") }
            }
        }
        #expect(failures.withLock { $0 } == [])
        let runs = try RunStore(path: path, for: .reading).summaries().map { try $0.get().run }
        #expect(runs == (1...16).reversed())
    }

    /// A store that an earlier version was killed in while it made it: GRDB's own table, and nothing else.
    @Test func aStoreThatWasHalfMadeIsMade() throws {
        try sql("CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)", in: path)
        #expect(try RunStore(path: path, for: .reading).summaries().isEmpty)
        #expect(try RunStore(path: path).start(SmallSearch.configuration()).id == 1)
    }

    static let others: [(statement: String, fact: RunStoreProblem.Fact)] = [
        ("CREATE TABLE run (id INTEGER PRIMARY KEY, what TEXT)", .foreign),
        ("CREATE TABLE note (text TEXT)", .foreign),
        ("CREATE TABLE grdb_migrations (identifier TEXT); INSERT INTO grdb_migrations VALUES ('v1')", .foreign),
        ("CREATE TABLE grdb_migrations (version INTEGER); CREATE TABLE run (id INTEGER)", .foreign),
        (
            """
            CREATE TABLE grdb_migrations (identifier TEXT);
            INSERT INTO grdb_migrations VALUES ('runs, children and updates'), ('tables of tomorrow')
            """, .newer
        ),
        (
            """
            CREATE TABLE grdb_migrations (identifier TEXT); CREATE TABLE run (id INTEGER PRIMARY KEY);
            INSERT INTO grdb_migrations VALUES ('runs, children and updates')
            """, .damaged
        ),
    ]

    @Test(arguments: others.indices) func theDatabaseOfAnotherProgramIsLeftAsItIs(_ index: Int) throws {
        let (statement, fact) = Self.others[index]
        try sql(statement, in: path)
        let before = FileManager.default.contents(atPath: path)
        for use in [RunStore.Use.reading, .writing, .creating] {
            #expect(throws: RunStoreProblem(store: path, fact: fact)) { try RunStore(path: path, for: use) }
        }
        #expect(FileManager.default.contents(atPath: path) == before)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["runs.sqlite"])
    }

    /// What is read where nothing can be written is a copy, with what the log holds and the file does not yet.
    @Test func aCopyHasWhatTheLogHas() throws {
        let store = try RunStore(path: path)
        let run = try store.start(SmallSearch.configuration())
        let copy = try TemporaryCopy(of: RunStoreLocation(path))
        #expect(FileManager.default.fileExists(atPath: copy.path + "-wal"))
        let state = try RunStore(path: copy.path, for: .reading).summary(of: run.id).state
        #expect(state == .interrupted)
    }

    @Test func aStoreThatWasOpenedForReadingIsNotWritten() throws {
        _ = try RunStore(path: path).start(SmallSearch.configuration())
        let run = try RunStore(path: path, for: .reading).run(1)
        let problem = RunStoreProblem(store: path, fact: .unwritable("it was opened for reading"))
        #expect(throws: problem) { try run.claim() }
    }

    @Test func storesSayWhatIsWrongWithThem() throws {
        #expect(throws: InvalidArgument("there is no run 7 in this store")) { try RunStore(path: path).run(7) }
        let text = try folder.write("notes.txt", "this is no database, and never was one")
        #expect(throws: RunStoreProblem(store: text, fact: .noDatabase)) { try RunStore(path: text) }
    }
}
