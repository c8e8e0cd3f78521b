import Foundation
import TestSupport
import Testing

/// Wherever a store is, or is not: a sentence with the file and what to do, and no file that a reading command has made.
@Suite struct StorePlaceTests {
    private let folder = TemporaryFolder()
    private var contents: [String] {
        ((try? FileManager.default.subpathsOfDirectory(atPath: folder.path)) ?? []).sorted()
    }

    /// Runs a shell script in this test's folder, with `nas-repl` as `$program`.
    private func shell(_ script: String, environment: [String: String] = [:]) throws -> Program.Result {
        let shell = Program(["-c", script], folder: folder)
        shell.process.executableURL = URL(fileURLWithPath: "/bin/sh")
        shell.process.currentDirectoryURL = folder.url
        shell.process.environment?["program"] = Program.path
        shell.process.environment?.merge(environment) { _, new in new }
        try shell.start()
        return shell.result()
    }

    /// What is at a place, made by a shell; the place; and the sentence about it.
    static let places: [(make: String, store: String, sentence: String)] = [
        (":", "typo.sqlite", "there is no store 'typo.sqlite': 'nas-repl search --store typo.sqlite' makes one"),
        (":", "m", "there is no store 'm': 'nas-repl search --store m' makes one"),
        (":", "/m", "there is no store '/m': 'nas-repl search --store /m' makes one"),
        (":", "no/typo.sqlite", "there is no store 'no/typo.sqlite': there is no folder 'no'"),
        (":", ":memory:", "there is no store ':memory:': 'nas-repl search --store \":memory:\"' makes one"),
        (":", "", "a store has a name: --store FILE"),
        (":", "/dev/null", "'/dev/null' is a device or a pipe; a store of runs is a file"),
        ("mkfifo pipe", "pipe", "'pipe' is a device or a pipe; a store of runs is a file"),
        ("mkdir here", "here", "'here' is a folder; a store of runs is a file"),
        ("touch file", "/dev/null/runs", "the store '/dev/null/runs' can't be there: '/dev/null' is no folder"),
        (
            "echo 'a text that is no database, and never was' > text", "text",
            "'text' is no store of runs, or a damaged one: it is not a database"
        ),
        (
            "printf 'SQLite format 3\\0' > begun", "begun",
            "'begun' is no store of runs, or a damaged one: it is not a database"
        ),
        (
            "\"$program\" search --children 1 --epochs 1 --store all > out; head -c 10000 all > cut", "cut",
            "the store 'cut' is damaged; what is left of it may be saved by sqlite3's command .recover"
        ),
        ("touch empty", "empty", "there is no run 1 in this store"),
    ]

    @Test(arguments: places.indices) func readingCommandsSayWhatIsThereAndMakeNothing(_ index: Int) throws {
        let (make, store, sentence) = Self.places[index]
        #expect(try shell(make).status == 0)
        let before = contents
        for command in ["report 1", "resume 1"] {
            let result = try shell("\"$program\" \(command) --store '\(store)'")
            #expect(result.status == 1 && result.output == "")
            #expect(result.errors == "error: \(sentence)\n")
        }
        let list = try shell("\"$program\" runs --store '\(store)'")
        if store == "empty" {
            #expect(list.output == "no runs yet: 'nas-repl search --store empty' makes one\n" && list.status == 0)
        } else {
            #expect(list.errors == "error: \(sentence)\n" && list.status == 1)
        }
        #expect(contents == before)
    }

    /// A home below a file is one that nobody can write, whoever they are.
    @Test func aHomeThatCanNotBeWrittenIsNamed() throws {
        let environment = ["HOME": "/dev/null", "XDG_DATA_HOME": "relative"]
        let place = "the store '/dev/null/.local/share/nas-repl/runs.sqlite' can't be there: '/dev/null' is no folder"
        for command in ["runs", "report 1", "resume 1"] {
            let result = try shell("\"$program\" \(command)", environment: environment)
            #expect(result.status == 1 && result.errors == "error: \(place)\n")
        }
        let result = try shell("\"$program\" search --children 1", environment: environment)
        #expect(result.status == 1)
        #expect(
            result.errors == "error: \(place); --store names another file, and XDG_DATA_HOME another folder\n")
        #expect(contents == [])
    }

    @Test func theHomeIsHonoredWhereThereIsNoFolderForData() throws {
        let environment = ["HOME": folder.path + "/home", "XDG_DATA_HOME": "relative"]
        let none = try shell("\"$program\" runs", environment: environment)
        #expect(none.status == 0 && none.output == "no runs yet: 'nas-repl search' makes one\n")
        #expect(contents == [])
        #expect(try shell("\"$program\" search --children 1 --epochs 1", environment: environment).status == 0)
        #expect(contents.contains("home/.local/share/nas-repl/runs.sqlite") && !contents.contains("relative"))
        #expect(try shell("\"$program\" runs", environment: environment).output.hasPrefix("1  finished"))
    }

    /// The system lets the log of the store grow to 64 KB: as on a disk that is full.
    @Test func aRunWhoseStoreCanNotBeWrittenAnyMoreNamesTheCommandThatGoesOn() throws {
        let result = try shell(
            "trap '' XFSZ; ulimit -f 128; \"$program\" search --children 80 --epochs 1 --store 'my runs' --json")
        #expect(result.status == 1)
        let lines = result.errors.split(separator: "\n")
        #expect(lines.count == 2 && lines.first?.hasPrefix("error: ") == true && lines[0].contains("store 'my runs'"))
        #expect(lines.last == "once that is mended, 'nas-repl resume 1 --store \"my runs\"' goes on with the run")
        let resumed = try shell("\"$program\" resume 1 --store 'my runs' --json")
        #expect(resumed.status == 0 && resumed.output.contains("\"event\":\"finished\""), "\(resumed.errors)")
    }

    @Test func aStoreThatIsDeletedInMidRunIsMissed() throws {
        let result = try shell(
            """
            "$program" search --children 1000 --batch 4 --epochs 1 --store runs --json | {
                read -r first; rm runs runs-wal runs-shm; cat > /dev/null; }
            """)
        #expect(
            result.errors == """
                error: the store 'runs' was moved, deleted or replaced while it was in use
                if it was moved, 'nas-repl resume 1 --store FILE' goes on with the run from there

                """)
    }

    /// Whether this machine lets a test make a file system of its own.
    static let canMount = {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["unshare", "-rm", "sh", "-c", "mount -t tmpfs none /mnt"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    /// A killed process leaves what it wrote last in the log, which SQLite alone does not read where it can't write.
    @Test(.enabled(if: canMount)) func aStoreOfAKilledRunIsReadWhereNothingCanBeWritten() throws {
        let script = """
            set -e
            mkdir disk; mount -t tmpfs none disk; : > events
            "$program" search --children 200 --batch 4 --epochs 1 --store disk/runs --json >> events & search=$!
            while [ $(wc -l < events) -lt 6 ]; do sleep 0.02; done
            { kill -9 $search; wait $search; } 2> /dev/null || true
            cp disk/runs disk/copy; cp disk/runs-wal disk/copy-wal
            mount -o remount,ro disk
            ls disk > before
            for store in runs copy; do
                "$program" runs --store disk/$store
                "$program" report 1 --store disk/$store | head -n 1
                for command in 'resume 1' 'search --children 1'; do "$program" $command --store disk/$store 2>&1 || true; done
            done
            ls disk | diff before -
            """
        try folder.write("script", script)
        let result = try shell("unshare -rm sh script")
        #expect(result.status == 0 && result.errors == "", "\(result.errors)")
        let lines = result.output.split(separator: "\n")
        try #require(lines.count == 8, "\(result.output)")
        for (place, store) in [(0, "runs"), (4, "copy")] {
            #expect(lines[place].hasPrefix("1  interrupted  reinforce on digits"))
            #expect(lines[place + 1].hasPrefix("run 1, interrupted: reinforce on digits"))
            for line in lines[(place + 2)...(place + 3)] {
                #expect(
                    line == "error: the store 'disk/\(store)' can be read but not written: Read-only file system")
            }
        }
        #expect(lines[0] == lines[4])
    }
}
