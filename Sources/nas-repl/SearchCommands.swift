import ArchitectureSearch
import ArgumentParser
import Autodiff
import ChildNet
import Foundation

extension StrategyName: ExpressibleByArgument {}
extension RewardRule: ExpressibleByArgument {}

/// `nas-repl search`
struct SearchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search", abstract: "Search for an architecture: propose, train, learn, and test the best once.")

    @Option(help: "The data set: digits, fashion-mnist, or a folder with MNIST's or CIFAR-10's files.") var data =
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
            throw ValidationError("\(error)")
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
        let data: DataSet
        do {
            data = try DataSet.named(self.data)
        } catch let error as InvalidArgument {
            throw ValidationError(error.description)
        } catch {
            printError("error: \(error)")
            throw ExitCode(1)
        }
        try reportingErrors {
            let space = try SearchSpace.named(space)
            let configuration = configuration(data.source, space)
            let search = try Search(configuration, data: data, space: space)
            let run = try store.open().start(configuration)
            try report(search, in: run, workers: workers, json: json)
        }
    }
}

private func checkWorkers(_ workers: Int?) throws {
    if let workers, !(1...1024 ~= workers) { throw ValidationError("workers is 1 to 1024; not \(workers)") }
}

/// Where runs are kept.
struct StoreOption: ParsableArguments {
    @Option(
        name: .customLong("store"),
        help: "The file that runs are kept in; by default nas-repl/runs.sqlite in your data folder.")
    var path: String?

    func open() throws -> RunStore { try RunStore(path: path ?? RunStore.standardPath()) }
}

/// Runs a stored search to its end and prints its events and its result.
private func report(_ search: Search, in run: StoredRun, workers: Int?, json: Bool) throws {
    let configuration = search.configuration, space = search.space
    Interrupt.catchSignals()
    try run.setState(.running)
    let executor = workers.map { ThreadExecutor(workers: $0) } ?? ThreadExecutor()
    if !json {
        print(
            "run \(run.id): \(configuration.strategy.rawValue), \(configuration.children) children on \(configuration.data)"
        )
    }
    let result = try search.run(on: executor, storingIn: run, shouldStop: { Interrupt.happened }) { event in
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
    Terminal.showStatus("")
    guard let result else {
        printError("interrupted: 'nas-repl resume \(run.id)' goes on with it")
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
    } catch {
        Terminal.showStatus("")
        printError(Terminal.red("error: \(error)"))
        throw ExitCode(1)
    }
}

private func printJSON(_ value: some Encodable) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .iso8601
    if let data = try? encoder.encode(value) { printNow(String(decoding: data, as: UTF8.self) + "\n") }
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
            let runs = try store.open().summaries()
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
                let configuration = run.configuration
                if json {
                    printJSON(
                        Line(
                            run: run.run, state: run.state, children: run.children, of: configuration.children,
                            strategy: configuration.strategy, data: configuration.data, space: configuration.space,
                            seed: configuration.seed, started: run.started, seconds: run.seconds, test: run.test))
                } else {
                    let test = run.test.map { "  test \(percent($0))" } ?? ""
                    print(
                        "\(run.run)  \(run.state.rawValue)  \(configuration.strategy.rawValue) on \(configuration.data)  "
                            + "\(run.children)/\(configuration.children) children  seed \(configuration.seed)\(test)")
                }
            }
            if runs.isEmpty && !json { print("no runs yet: 'nas-repl search' makes one") }
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
            let store = try store.open()
            let stored = try store.run(number)
            let state = try store.summary(of: number).state
            if state == .running {
                printError("run \(number) is running in another process")
                throw ExitCode(1)
            }
            if state == .finished {
                printError("run \(number) is finished already: 'nas-repl report \(number)' shows it")
                throw ExitCode(1)
            }
            let configuration = try stored.configuration()
            let data = try DataSet.named(configuration.data)
            let search = try Search(configuration, data: data, space: configuration.searchSpace())
            try report(search, in: stored, workers: workers, json: json)
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
            let store = try store.open()
            let stored = try store.run(number), summary = try store.summary(of: number)
            let space = try summary.configuration.searchSpace()
            print(
                "run \(number), \(summary.state.rawValue): \(summary.configuration.strategy.rawValue) on "
                    + "\(summary.configuration.data), seed \(summary.configuration.seed)")
            let children = try stored.children(in: space)
            for child in children.sorted(by: { ($1.reward, $0.number) < ($0.reward, $1.number) }).prefix(10) {
                print(
                    "  child \(child.number)  \(child.outcome)  \(space.choices(child.architecture).joined(separator: " "))"
                )
            }
            if children.count > 10 { print("  … and \(children.count - 10) more") }
            if let test = summary.test { print("test accuracy of the best: \(percent(test))") }
            // Without its data a run is still worth a report.
            if let best = children.max(by: { ($0.reward, $1.number) < ($1.reward, $0.number) }),
                let data = try? DataSet.named(summary.configuration.data), best.result.outcome != .refused
            {
                print("\nchild \(best.number):")
                printDiagram(of: best, in: space, on: data)
            }
        }
    }
}
