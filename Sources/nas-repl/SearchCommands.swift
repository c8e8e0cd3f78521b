import ArchitectureSearch
import ArgumentParser
import Autodiff
import ChildNet
import Foundation
import Persistence
import TextDisplay

extension StrategyName: ExpressibleByArgument {}
extension RewardRule: ExpressibleByArgument {}

/// `nas-repl search`
struct SearchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search", abstract: "Search for an architecture: propose, train, learn, and test the best once.")

    @Option(
        help: "The data set: digits, fashion-mnist, or a folder with IDX files as MNIST's, or with CIFAR-10's batches.")
    var data =
        "digits"
    @Option(help: "The search space: smallCNN, zoph (also zoph-8, zoph-4-strides, zoph-4-chain), or a JSON file.")
    var space =
        "smallCNN"
    @Option(help: "How architectures are proposed.") var strategy = StrategyName.reinforce
    @Option(help: "The number of children.") var children = 24
    @Option(help: "Children between two updates of the strategy.") var batch = 8
    @Option(help: "Passes of each child over the training images.") var epochs: Int?
    @Option(help: "What the strategy sees: accuracy, or cubed, the best of the last five epochs to the third power.")
    var reward = RewardRule.accuracy
    @Option(help: "Children trained at once; by default one a core. The result does not depend on it.") var workers:
        Int?
    @Option(help: "The seed of everything random.") var seed = 1
    @OptionGroup var store: StoreOption
    @Flag(help: "Print one JSON object a line.") var json = false

    func validate() throws {
        do {
            let configuration = configuration("digits", try SearchSpace.named(space))
            if let problem = configuration.problem { throw problem }
        } catch {
            throw ValidationError(sentence(of: error))
        }
        try checkWorkers(workers)
    }

    private func configuration(_ data: String, _ space: SearchSpace) -> SearchConfiguration {
        var training = TrainingSettings()
        if let epochs { training.epochs = epochs }
        return SearchConfiguration(
            data: data, space: space, strategy: strategy, children: children, batch: batch, training: training,
            reward: reward, seed: seed)
    }

    func run() throws {
        try reportingErrors {
            let data: DataSet
            do {
                data = try DataSet.named(self.data)
            } catch let error as InvalidArgument {
                throw ValidationError(error.description)
            }
            let space = try SearchSpace.named(space)
            let configuration = configuration(data.source, space)
            let search = try Search(configuration, data: data, space: space)
            let run = try store.open(for: .creating).start(configuration)
            try report(search, in: run, of: store, workers: workers, json: json)
        }
    }
}

private func checkWorkers(_ workers: Int?) throws {
    if let problem = workers.flatMap(ThreadExecutor.problem) { throw ValidationError(problem.description) }
}

/// Where runs are kept.
struct StoreOption: ParsableArguments {
    @Option(
        name: .customLong("store"),
        help: "The file that runs are kept in; by default nas-repl/runs.sqlite in your data folder.")
    var path: String?

    /// - Throws: ``RunStoreProblem``, or ``InvalidArgument`` that says what to do about it.
    func open(for use: RunStore.Use) throws -> RunStore {
        do {
            return try opened(for: use)
        } catch let problem as RunStoreProblem where problem.fact == .absent {
            throw absence(problem)
        } catch let problem as RunStoreProblem where path == nil && use == .creating {
            throw InvalidArgument("\(problem); --store names another file, and XDG_DATA_HOME another folder")
        }
    }

    /// The store to read; nil where nobody has named one and nothing was searched yet.
    func openIfThere() throws -> RunStore? {
        do {
            return try opened(for: .reading)
        } catch let problem as RunStoreProblem where problem.fact == .absent {
            if path == nil { return nil }
            throw absence(problem)
        }
    }

    private func absence(_ problem: RunStoreProblem) -> InvalidArgument {
        let folder = path.flatMap { path in path.lastIndex(of: "/").map { String(path[..<$0]) } } ?? ""
        if !folder.isEmpty && !FileManager.default.fileExists(atPath: folder) {
            return InvalidArgument("\(problem): there is no folder '\(folder)'")
        }
        return InvalidArgument("\(problem): \(command("search")) makes one")
    }

    private func opened(for use: RunStore.Use) throws -> RunStore {
        guard let path else { return try RunStore.standard(for: use) }
        if path.isEmpty { throw InvalidArgument("a store has a name: --store FILE") }
        return try RunStore(path: path, for: use)
    }

    /// A command on this store, as a person types it: `'nas-repl resume 1 --store runs.sqlite'`.
    func command(_ words: String) -> String {
        guard let path else { return "'nas-repl \(words)'" }
        let isPlain = path.allSatisfy { $0.isLetter || $0.isNumber || "/._-+,=@%".contains($0) } && path.first != "-"
        let escaped = path.map { "\\\"$`".contains($0) ? "\\\($0)" : String($0) }.joined()
        let file = isPlain ? path : "\"\(escaped)\""
        return "'nas-repl \(words) --store\(path.first == "-" ? "=" : " ")\(file)'"
    }
}

/// Runs a stored search to its end and prints its events and its result.
private func report(_ search: Search, in run: StoredRun, of store: StoreOption, workers: Int?, json: Bool) throws {
    let configuration = search.configuration, space = search.space
    Interrupt.catchSignals()
    let executor = workers.map { ThreadExecutor(workers: $0) } ?? ThreadExecutor()
    if !json {
        print(
            "run \(run.id): \(configuration.strategy), \(configuration.children) children on \(configuration.data)"
        )
    }
    let result: SearchResult?
    do {
        result = try search.run(on: executor, storingIn: run, shouldStop: { Interrupt.happened }) { event in
            switch event {
            case .child(let child, let progress):
                if json {
                    printJSON(ChildEvent(child, space))
                } else {
                    Terminal.showStatus(progress.line(width: Terminal.width))
                }
            case .update(let progress):
                if !json { Terminal.showStatus(progress.line(width: Terminal.width)) }
            }
        }
    } catch let problem as RunStoreProblem {
        let next =
            problem.fact == .moved
            ? "if it was moved, 'nas-repl resume \(run.id) --store FILE' goes on with the run from there"
            : "once that is mended, \(store.command("resume \(run.id)")) goes on with the run"
        throw InvalidArgument("\(problem)\n\(next)")
    }
    Terminal.showStatus("")
    guard let result else {
        printError("interrupted: \(store.command("resume \(run.id)")) goes on with it")
        throw ExitCode(130)
    }
    if json {
        printJSON(FinishedEvent(run.id, result))
    } else {
        print(result)
        printDiagram(of: result.best, in: search.space, on: search.data)
        print(String(format: "%.1f s", result.seconds))
    }
}

/// The best child as a network, where it is one.
private func printDiagram(of child: Child, in space: SearchSpace, on data: DataSet) {
    let layers = space.layers(child.architecture)
    guard Network<Float>.problem(with: layers, input: data.imageShape, classes: data.classes) == nil else { return }
    print(Network<Float>(layers, input: data.imageShape, classes: data.classes, seed: 0))
}

/// Turns what goes wrong while a command works into a message and exit code 1.
private func reportingErrors(_ body: () throws -> Void) throws {
    do {
        try body()
    } catch let code as ExitCode {
        throw code
    } catch let usage as ValidationError {
        throw usage
    } catch {
        Terminal.showStatus("")
        printError(Terminal.red("error: \(sentence(of: error))"))
        throw ExitCode(1)
    }
}

/// What went wrong, in words: our own errors say it themselves, those of a library are for programmers.
private func sentence(of error: any Error) -> String {
    switch error {
    case let error as InvalidArgument: error.description
    case let error as RunStoreProblem: error.description
    case let error as DataFileError: error.description
    default: "this failed for a reason that nas-repl does not know"
    }
}

private func printJSON(_ value: some Encodable) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .iso8601
    if let data = try? encoder.encode(value) {
        printNow(VisibleText.escapedJSON(String(decoding: data, as: UTF8.self)) + "\n")
    }
}

private struct ChildEvent: Encodable {
    let event = "child"
    let child: Int
    let architecture: [String]
    let outcome: ChildResult.Outcome
    let validation: Double
    let reward: Double
    let parameters: Int
    let repeats: Int?
    let seconds: Double
    let reason: String?

    init(_ child: Child, _ space: SearchSpace) {
        self.child = child.number
        architecture = space.choices(child.architecture)
        outcome = child.result.outcome
        validation = child.result.validation
        reward = child.reward
        reason = child.result.reason
        parameters = child.result.parameters
        repeats = child.repeats
        seconds = child.repeats == nil ? child.result.seconds : 0
    }
}

private struct FinishedEvent: Encodable {
    struct Best: Encodable {
        let architecture: [String]
        let validation: Double
        let test: Double
    }
    let event = "finished"
    let run: Int64
    let children: Int
    let seconds: Double
    let best: Best

    init(_ run: Int64, _ result: SearchResult) {
        self.run = run
        children = result.children.count
        seconds = result.seconds
        best = Best(architecture: result.choices, validation: result.validation, test: result.test)
    }
}

/// `nas-repl runs`
struct RunsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "runs", abstract: "List the runs, newest first.")
    @OptionGroup var store: StoreOption
    @Flag(help: "Print one JSON object a line.") var json = false

    private struct Line: Encodable {
        let run: Int64
        let state: RunState
        let children: Int
        let of: Int
        let strategy: StrategyName
        let data: String
        let space: String
        let seed: Int
        let started: Date
        let seconds: Double?
        let test: Double?
    }

    func run() throws {
        try reportingErrors {
            let runs = try store.openIfThere()?.summaries() ?? []
            var isDamaged = false
            for found in runs {
                let run: RunSummary
                switch found {
                case .success(let summary): run = summary
                case .failure(let problem):
                    // The others are shown all the same.
                    printError("error: \(problem)")
                    isDamaged = true
                    continue
                }
                if json {
                    let configuration = run.configuration
                    printJSON(
                        Line(
                            run: run.run, state: run.state, children: run.children, of: configuration.children,
                            strategy: configuration.strategy, data: configuration.data, space: configuration.space,
                            seed: configuration.seed, started: run.started, seconds: run.seconds, test: run.test))
                } else {
                    print(run)
                }
            }
            if runs.isEmpty && !json { print("no runs yet: \(store.command("search")) makes one") }
            if isDamaged { throw ExitCode(1) }
        }
    }
}

/// `nas-repl resume RUN`
struct ResumeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Go on with a run that was stopped or killed.")
    @Argument(help: ArgumentHelp("The number of the run.", valueName: "run")) var number: Int64
    @Option(help: "Children trained at once; by default one a core.") var workers: Int?
    @OptionGroup var store: StoreOption
    @Flag(help: "Print one JSON object a line.") var json = false

    func validate() throws { try checkWorkers(workers) }

    func run() throws {
        try reportingErrors {
            let run = try store.open(for: .writing).run(number)
            if try run.isFinished {
                throw InvalidArgument(
                    "run \(number) is finished already: \(store.command("report \(number)")) shows it")
            }
            // Before data are read, which may take long: two that are told to go on with it do not both begin.
            try run.claim()
            let configuration = try run.configuration()
            let data = try DataSet.named(configuration.data)
            let search = try Search(configuration, data: data, space: configuration.searchSpace())
            try report(search, in: run, of: store, workers: workers, json: json)
        }
    }
}

/// `nas-repl report RUN`
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "report", abstract: "Show a run and its children.")
    @Argument(help: ArgumentHelp("The number of the run.", valueName: "run")) var number: Int64
    @OptionGroup var store: StoreOption

    func run() throws {
        try reportingErrors {
            let store = try store.open(for: .reading)
            let stored = try store.run(number), summary = try store.summary(of: number)
            let space = try summary.configuration.searchSpace()
            print(
                "run \(number), \(summary.state): \(summary.configuration.title), seed \(summary.configuration.seed)")
            let children = try stored.children(in: space)
            for child in children.sorted(by: { $0.isBetter(than: $1) }).prefix(10) {
                print(
                    "  child \(child.number)  \(child.outcome)  \(space.choices(child.architecture).joined(separator: " "))"
                )
            }
            if children.count > 10 { print("  … and \(children.count - 10) more") }
            if let test = summary.test { print("test accuracy of the best: \(percent(test))") }
            // Without its data a run is still worth a report.
            if let best = children.best,
                let data = try? DataSet.named(summary.configuration.data), best.result.outcome != .refused
            {
                print("\nchild \(best.number):")
                printDiagram(of: best, in: space, on: data)
            }
        }
    }
}
