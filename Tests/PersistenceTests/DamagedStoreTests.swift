import ArchitectureSearch
import GRDB
import TestSupport
import Testing
import TextDisplay

@testable import Persistence

/// Whatever a store holds, a run that can't be read is an error that says so, and the other runs are as they were.
@Suite struct DamagedStoreTests {
    private let folder = TemporaryFolder()

    struct Damage: Sendable, CustomTestStringConvertible {
        let sql: String
        let problem: String
        var testDescription: String { sql }
    }

    /// Of the columns that a list of the runs shows.
    static let ofRuns = [
        Damage(sql: "started = 'not a date'", problem: "run 1: the column 'started' can't be read"),
        Damage(sql: "seconds = 'x'", problem: "run 1: the column 'seconds' can't be read"),
        Damage(sql: "test = 'x'", problem: "run 1: the column 'test' can't be read"),
        Damage(sql: "state = x'FF00'", problem: "run 1: the column 'state' can't be read"),
        Damage(sql: "state = 'asleep'", problem: "run 1: a run can't be 'asleep'"),
        Damage(sql: "configuration = x'FF00'", problem: "run 1: the column 'configuration' can't be read"),
        Damage(sql: "configuration = 'not JSON'", problem: "run 1: the configuration can't be read"),
        Damage(
            sql: "configuration = json_set(configuration, '$.strategy', 'magic')",
            problem: "run 1: the configuration can't be read: see 'strategy' in it"),
        Damage(
            sql: "configuration = json_remove(configuration, '$.training.epochs')",
            problem: "run 1: the configuration can't be read: see 'training.epochs' in it"),
        Damage(
            sql: "configuration = json_set(configuration, '$.batch', json('null'))",
            problem: "run 1: the configuration can't be read: see 'batch' in it"),
    ]

    @Test(arguments: ofRuns) func aDamagedRunIsNamed(_ damage: Damage) throws {
        try withStore { store in
            _ = try store.start(SearchConfiguration())
            try store.damage("UPDATE run SET \(damage.sql) WHERE id = 1")
            #expect(throws: InvalidArgument(damage.problem)) { try store.run(1) }
            let runs = try store.summaries()
            #expect(runs.count == 2)
            #expect(throws: Never.self) { try runs[0].get() }
            #expect(throws: InvalidArgument(damage.problem)) { try runs[1].get() }
        }
    }

    /// Of what a run goes on from.
    static let ofStates = [
        Damage(
            sql: "run SET observedChildren = -1", problem: "run 1: -1 children are said to be learned from; there are 8"
        ),
        Damage(
            sql: "run SET observedChildren = 9", problem: "run 1: 9 children are said to be learned from; there are 8"),
        Damage(
            sql: "run SET strategyState = NULL",
            problem: "run 1: the strategy has learned from 8 children; its state is missing"),
        Damage(
            sql: "run SET strategyState = json_set(strategyState, '$.parameters[0][1]', 'x')",
            problem: "run 1: the state of its strategy can't be read: see 'parameters.0.1' in it"),
        Damage(
            sql: "run SET strategyState = json_insert(strategyState, '$.parameters[#]', json('[1]'))", problem: state),
        Damage(sql: "run SET strategyState = json_remove(strategyState, '$.parameters[0][0]')", problem: state),
        Damage(sql: "run SET strategyState = json_set(strategyState, '$.optimizer[1]', json('[]'))", problem: state),
        Damage(
            sql: "run SET strategyState = json_set(strategyState, '$.proposed', 9223372036854775807)", problem: state),
        Damage(
            sql: """
                run SET strategyState = json_set(strategyState, '$.population', \
                json('[{"architecture": {"tokens": [99, 99]}, "reward": 1}]'))
                """, problem: state),
        Damage(
            sql: "child SET child = json_set(child, '$.architecture.tokens[0]', 99) WHERE number = 3", problem: child),
        Damage(
            sql: "child SET child = json_set(child, '$.architecture.tokens[0]', -1) WHERE number = 3", problem: child),
        Damage(sql: "child SET child = json_set(child, '$.result.reward', -1.7e308) WHERE number = 3", problem: child),
        Damage(
            sql: "child SET child = json_set(child, '$.repeats', 9223372036854775807) WHERE number = 3", problem: child),
        Damage(sql: "child SET child = json_set(child, '$.number', 7) WHERE number = 3", problem: child),
        Damage(sql: "child SET child = 'not JSON' WHERE number = 3", problem: "run 1: child 3 can't be read"),
        Damage(
            sql: "child SET child = json_set(child, '$.result.outcome', 'lost') WHERE number = 3",
            problem: "run 1: child 3 can't be read: see 'result.outcome' in it"),
        Damage(sql: "child SET child = x'FF' WHERE number = 3", problem: "run 1: child 3 can't be read"),
    ]
    static let state = "run 1: the state that is stored is not of this strategy in the space 'smallCNN'"
    static let child = "run 1: what is stored as child 3 is no child of the space 'smallCNN'"

    @Test(arguments: ofStates) func aRunDoesNotGoOnFromWhatCanNotBe(_ damage: Damage) throws {
        try withStore { store in
            let run = try store.run(1)
            #expect(try SmallSearch.run(run, until: 8) == nil)
            try store.damage("UPDATE " + damage.sql)
            #expect(throws: InvalidArgument(damage.problem)) { try SmallSearch.search().run(storingIn: run) }
        }
    }

    /// A store with a run that has just been started.
    private func withStore(_ body: (RunStore) throws -> Void) throws {
        let store = try RunStore(path: folder.path + "/runs.sqlite")
        _ = try store.start(SmallSearch.configuration())
        try body(store)
    }
}

extension RunStore {
    fileprivate func damage(_ sql: String) throws { try file.write { try $0.execute(sql: sql) } }
}
