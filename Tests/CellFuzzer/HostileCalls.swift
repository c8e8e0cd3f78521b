import Autodiff
import Foundation
import NotebookPrelude

@testable import Notebook

/// Calls of everything that is bound, with arguments of the right types that nobody should give.
///
/// Values that calls give are given to later calls: so every type of the library has its own, good ones and odd ones.
final class HostileCalls {
    private let library = Library.prelude
    private let bindings: [Binding]
    private var generator: RandomGenerator
    /// Values of the library, by the name of their type.
    private var pool: [String: [Value]] = [:]
    private static let poolLimit = 60

    init(seed: Int) {
        generator = RandomGenerator(seed: seed)
        bindings = library.bindingsInOrder
        for cell in Self.beginnings { keepValues(of: cell) }
    }

    /// Good values to begin with: one of each type that others are made of.
    private static let beginnings = [
        "GridWorld(rows: 2, columns: 3, horizon: 3)", "Bandit([0.2, 0.9])", "ChainWorld(length: 4, horizon: 3)",
        "ArchitectureWorld(rewards: [0.1, 0.7], steps: 2)",
        "TokenWorld(choices: [2, 3], rewards: [0.1, 0.9, 0.3, 0.5, 0.2, 0.7])",
        "SoftmaxPolicy(for: GridWorld(rows: 2, columns: 3, horizon: 3), seed: 1)",
        "SoftmaxPolicy(for: Bandit([0.2, 0.9]), seed: 1)",
        "LinearPolicy(for: ChainWorld(length: 4, horizon: 3), seed: 1)",
        "NetworkPolicy(for: GridWorld(rows: 2, columns: 3, horizon: 3), hidden: 3, seed: 1)",
        "Controller(for: TokenWorld(choices: [2, 3], rewards: [0.1, 0.9, 0.3, 0.5, 0.2, 0.7]), units: 3, seed: 1)",
        "rollouts(SoftmaxPolicy(for: GridWorld(rows: 2, columns: 3, horizon: 3), seed: 1), in: GridWorld(rows: 2, columns: 3, horizon: 3), count: 9, seed: 1)",
        "rollouts(SoftmaxPolicy(for: Bandit([0.2, 0.9]), seed: 1), in: Bandit([0.2, 0.9]), count: 3, seed: 1)",
        "rollouts(Controller(for: TokenWorld(choices: [2, 3], rewards: [0.1, 0.9, 0.3, 0.5, 0.2, 0.7]), units: 3, seed: 1), in: TokenWorld(choices: [2, 3], rewards: [0.1, 0.9, 0.3, 0.5, 0.2, 0.7]), count: 9, seed: 1)",
        "StepWeights.rewardToGo", "StepWeights.totalReturn - .leaveOneOut", "Baseline.constant(0.5)",
        "Baseline.batchMean",
        "Tensor([1.0, -2.0, 0.5])", "Tensor([[1.0, 2.0], [3.0, 4.0]])", "Tensor(repeating: 1.0, shape: [2, 8, 8, 3])",
        "Tensor(repeating: 0.5, shape: [3, 3, 3, 4])", "Tensor(repeating: 0.5, shape: [4])", "Tensor(1.0)",
        "Tensor([Double]())",
        "Parameter(\"θ\", Tensor([1.0, 2.0]))", "Parameter(\"θ\", Tensor([1.0, 2.0])).tensor",
        "∇(Parameter(\"θ\", Tensor([1.0, 2.0])).tensor * 2).sum()", "GradientChecker()", "RandomGenerator(seed: 3)",
        "Adam(learningRate: 0.1)", "SGD(learningRate: 0.1)", "MovingAverageBaseline()", "digits", "digits.imageShape",
        "SearchSpace.smallCNN", "SearchSpace.zoph(depth: 2)", "SearchSpace.smallCNN.randomArchitecture(seed: 1)",
        "[Layer.maxPooling, Layer.convolution(height: 3, width: 3, filters: 4), Layer.dense(units: 3)]",
        "Layer.dropout(rate: 0.5)",
        "Network<Float>([.convolution(height: 3, width: 3, filters: 2, normalized: true), .maxPooling], input: digits.imageShape, classes: 10, seed: 1)",
        "TrainingSettings(epochs: 1)", "LearningRateSchedule.cosine", "Augmentation.none", "DataSet.Part.test",
        "StrategyName.random",
        "SearchConfiguration(data: \"digits\", space: .smallCNN, children: 2, seed: 1)",
        "EvolutionStrategy(for: .smallCNN, seed: 1)", "RandomStrategy(for: .smallCNN, seed: 1)",
        "ReinforceStrategy(for: .smallCNN, seed: 1)", "ExpertStrategy(for: .smallCNN)",
        "enumerate(Bandit([0.2, 0.9]))", "Heatmap([[1.0, 2.0]])", "Plot(\"a\", [1.0, 2.0])",
        "StateValue(fittedTo: rollouts(SoftmaxPolicy(for: Bandit([0.2, 0.9]), seed: 1), in: Bandit([0.2, 0.9]), count: 3, seed: 1), in: Bandit([0.2, 0.9]))",
    ]

    /// How many bindings there are.
    var count: Int { bindings.count }

    private func keepValues(of cell: String) {
        let scope = Scope()
        let library = library
        let value = LargeStack.value(within: .seconds(30)) { () -> Value? in
            let evaluator = Evaluator(
                library: library, stop: StopSignal(), cell: 0, stackSize: 1 << 22, print: { _ in }, showStatus: { _ in }
            )
            guard let statement = try? CellParser.parse(cell, cell: 0).first,
                case .expression(let expression) = statement.kind
            else { return nil }
            return try? evaluator.settled(expression, in: scope)
        }
        guard let value = value ?? nil else { fatalError("a beginning fails: \(cell)") }
        keep(value)
    }

    /// Keeps what a call gave, and what is in it.
    private func keep(_ value: Value) {
        switch value {
        case .foreign(let foreign):
            let name = String(foreign.typeName.prefix { $0 != "<" })
            var known = pool[name] ?? []
            if known.count < Self.poolLimit {
                known.append(value)
            } else {
                // The first ones are good ones.
                known[10 + generator.uniform(below: known.count - 10)] = value
            }
            pool[name] = known
        case .array(let list): for element in list.elements.prefix(4) { keep(element) }
        case .tuple(let tuple): for element in tuple.elements { keep(element.value) }
        default: break
        }
    }

    /// Calls one binding.
    ///
    /// - Parameter say: is told what the call is, before it is made.
    func callNext(_ number: Int, say: (String) -> Void) {
        let binding = bindings[number % bindings.count]
        var types = binding.parameters.map(\.type)
        let isMember = [.method, .mutating, .property, .setter].contains(binding.kind)
        if isMember { types.insert(String(binding.base.prefix { $0 != "." }), at: 0) }
        if isMember, binding.base.split(separator: ".").count == 3 {
            types[0] = binding.base.split(separator: ".").prefix(2).joined(separator: ".")
        }
        var values: [Value?] = []
        for type in types {
            if type.contains(" = "), generator.uniform() < 0.5 {
                values.append(nil)
            } else {
                values.append(value(of: String(type.split(separator: " = ")[0])))
            }
        }
        let shown = values.map { $0.map { String($0.shown.prefix(120)) } ?? "default" }.joined(separator: "; ")
        say("\(binding.kind) \(binding.base)(\(shown))".replacingOccurrences(of: "\n", with: " "))
        let library = library, given = values
        let deadline = ContinuousClock.now + .milliseconds(50)
        let stop = StopSignal { ContinuousClock.now > deadline }
        let result = LargeStack.value(within: .seconds(60)) { () -> (Value, [Value])? in
            let evaluator = Evaluator(
                library: library, stop: stop, cell: 0, stackSize: 1 << 22, print: { _ in }, showStatus: { _ in })
            Thread.current.threadDictionary[Callback.runningKey] = evaluator
            var frame = Arguments(given, evaluator)
            guard let value = try? evaluator.fitting({ try binding.call(&frame) }) else { return nil }
            // What a cell shows must be sayable, too.
            _ = value.shown
            return (value, frame.changes.map(\.value))
        }
        guard let (value, changes) = result ?? nil else { return }
        keep(value)
        for change in changes { keep(change) }
    }

    // MARK: Arguments

    private func one<Element>(of list: [Element]) -> Element { list[generator.uniform(below: list.count)] }

    private func value(of type: String) -> Value {
        if type.hasPrefix("inout ") { return value(of: String(type.dropFirst(6))) }
        if type.hasSuffix("?") { return generator.uniform() < 0.3 ? .none : value(of: String(type.dropLast())) }
        if type.contains("->") || type == "closure" { return closure(returning: type) }
        if type.hasPrefix("["), type.hasSuffix("]") { return list(of: String(type.dropFirst().dropLast())) }
        switch type {
        case "Int": return .int(one(of: Self.ints))
        case "Double", "Float": return .double(one(of: Self.doubles))
        case "Bool": return .bool(generator.uniform() < 0.5)
        case "String": return .string(one(of: Self.strings))
        case "State":
            return generator.uniform() < 0.5
                ? .int(one(of: Self.ints))
                : .list((0..<generator.uniform(below: 4)).map { _ in .int(one(of: [0, 1, 2, -1])) })
        case "Range<Int>":
            let (a, b) = (one(of: Self.ints), one(of: Self.ints))
            return .range(min(a, b)..<max(a, b), isClosed: false)
        case "ClosedRange<Double>": return .range(0..<2, isClosed: true)
        case "sequence": return list(of: one(of: ["Int", "Trajectory", "Double"]))
        case "World":
            return one(
                of: ["GridWorld", "Bandit", "ChainWorld", "ArchitectureWorld", "TokenWorld"].flatMap { pool[$0] ?? [] })
        case "FiniteWorld":
            return one(of: ["GridWorld", "Bandit", "ChainWorld", "ArchitectureWorld"].flatMap { pool[$0] ?? [] })
        case "Policy", "Parameterized":
            return one(of: ["SoftmaxPolicy", "LinearPolicy", "NetworkPolicy", "Controller"].flatMap { pool[$0] ?? [] })
        case "FinitePolicy":
            return one(of: ["SoftmaxPolicy", "LinearPolicy", "NetworkPolicy"].flatMap { pool[$0] ?? [] })
        default:
            if let known = pool[type], !known.isEmpty { return one(of: known) }
            return .none
        }
    }

    private func list(of type: String) -> Value {
        if type.contains(": ") {
            // A dictionary: pairs in their order.
            let name = String(type.split(separator: ": ")[1])
            return .list(
                (0..<generator.uniform(below: 3)).map { _ in
                    .tuple([(nil, .string(one(of: Self.strings))), (nil, value(of: name))])
                })
        }
        let count = one(of: [0, 1, 1, 2, 2, 3, 3, 4, 9, type == "Int" || type == "Double" ? 1000 : 5])
        // Now and then one value over and over.
        if generator.uniform() < 0.3 {
            let value = value(of: type)
            return .list((0..<count).map { _ in value })
        }
        return .list((0..<count).map { _ in value(of: type) })
    }

    private func closure(returning type: String) -> Value {
        let result = type.components(separatedBy: "-> ").last ?? "Double"
        let wanted = generator.uniform() < 0.8 ? result : one(of: ["Int", "String", "[Double]", "Tensor"])
        let values = (0..<3).map { _ in wanted == "closure" ? Value.double(0.5) : value(of: wanted) }
        // Sometimes it gives back what it is given.
        let echoes = generator.uniform() < 0.3
        let fails = generator.uniform() < 0.1
        let calls = NSLock()
        nonisolated(unsafe) var next = 0
        return .function(
            Value.Function(name: "hostile") { arguments, _ in
                if fails { throw CellError(.failure("no")) }
                if echoes, let first = arguments.first { return first.value }
                calls.lock()
                defer { calls.unlock() }
                next += 1
                return values[next % values.count]
            })
    }

    private static let ints = [
        0, 1, 1, 2, 2, 3, 3, 4, 5, 7, 8, -1, 10, 16, 64, 100, 1000, 65_536, 1 << 20, 1 << 31, 1 << 40, Int.max, Int.min,
        Int.max - 1,
    ]
    private static let doubles: [Double] = [
        0, 1, 1, -1, 0.5, 0.5, 0.9, 2, -0.0, 1e-320, 1e-12, 1e8, 1e300, -1e308, .nan, .infinity, -.infinity, 0.1,
    ]
    private static let strings = [
        "", "a", "θ", "W", "zoph-4", "zoph-4-chain", "smallCNN", "digits", "\u{0}", "🙂", "nothing.json", "../..",
        String(repeating: "x", count: 5000),
    ]
}
