import Foundation
import Notebook
import NotebookPrelude
import Testing
import TextDisplay

/// Cells that no one should write. Each must end in an error or a value, in little memory, and leave the session usable.
@Suite struct NonsenseTests {
    static let cells: [String] =
        [
            "((((", "]]", "(Int.min..<0).count", "(Int.min..<0).map { $0 }", "Tensor(5e-324)",
            "var t = (1, 1); for i in 0..<60 { t = (t, t) }",
            "var d = [0: 0]; for i in 0..<1_000_000 { d = [0: d] }", "x.reverse().reverse().reverse()",
            "-(-9223372036854775808)",
            "Tensor(repeating: 1.0, shape: [0, Int.max, Int.max])",
            "matmul(Tensor(repeating: 0.0, shape: [100_000, 1]), Tensor(repeating: 0.0, shape: [1, 100_000]))",
            "weightedMean([1, 2], weights: [1.0, 1.0]) { $0 == 1 ? Tensor([1.0, 2.0]) : Tensor([1.0, 2.0, 3.0]) }",
            "{{{", "\"", "\"\\(", "let", "let let", "var = 3", "func", "func (", "if", "for in",
            "switch { }", "...",
            "1 +", "+ 1 +", "a.b.c", "$0", "$$", "@", "#if", "#selector(x)", "\\", "`", "let `x", "∇", "∇∇∇", "∇1",
            "∇[1]", "π", "🙂🙂",
            "let x: = 3", "x = x", "1 = 2", "f() = 3", "[1][2]", "[][0]", "[1][-1]", "[1, 2][1...5]", "[1, 2][5..<1]",
            "5...1",
            "(0...Int.max).count", "Int.max + 1", "Int.min - 1", "-Int.min", "Int.min / -1", "Int.max * 2",
            "abs(Int.min)", "1 % 0",
            "1 << 1000", "1 >> -5", "Int(1e300)", "Int(Double.nan)", "9999999999999999999999", "Double(\"x\")!", "nil!",
            "nil + 1",
            "Array(repeating: 0, count: 1 << 60)", "Array(repeating: 0, count: -1)",
            "String(repeating: \"x\", count: 1 << 60)",
            "Array(0..<Int.max)", "(0..<Int.max).map { $0 }", "Array(stride(from: 0, to: 1, by: 0))",
            "stride(from: 0, to: 1e18, by: 1e-9)",
            "func f(_ n: Int) -> Int { f(n + 1) }; f(0)", "func f(_ n: Int) -> Int { 1 + f(n + 1) * 2 }; f(0)",
            "let y = { (f: Int) in f }; y(y)", "var a = [1]; a = [[a]]; a.append(a)",
            "var a = [0]; for i in 0..<100 { a += a }",
            "var a: [Any] = []; for i in 0..<100_000 { a = [a] }", "var s = \"x\"; for i in 0..<100 { s += s }",
            "var f = { 1 }; for i in 0..<100_000 { let g = f; f = { g() + 1 } }; 1", "[3, 1].sorted { _ in true }",
            "[1].reduce(0)",
            "[1].map(1)", "[1, \"a\"].sorted()", "[1, 2, 3].sorted { a, b in a }", "[1].prefix(-1)", "[1].removeLast()",
            "var e = [Int](); e.removeLast()", "var e = [1]; e.insert(2, at: 9)", "var e = [1]; e.remove(at: 5)",
            "guard false else { }", "return 5", "break", "continue", "switch 3 { case 4: 1 }", "let (a, b) = 3",
            "let (a, b) = (1, 2, 3)",
            "class A {}", "import Nothing", "async let x = 3", "try await f()", "try! f()",
            "Tensor([[1.0], [2.0, 3.0]])", "Tensor([[]])",
            "Tensor([1.0]) + Tensor([1.0, 2.0]) + Tensor([1.0, 2.0, 3.0])", "Tensor([1.0, 2.0]).value",
            "Tensor([1.0])[5]", "Tensor(1.0)[0]",
            "Tensor([1.0, 2.0]).reshaped([3])", "Tensor(repeating: 0, shape: [1 << 40])",
            "Tensor(repeating: 0, shape: [-1])",
            "Tensor(repeating: 0, shape: [1 << 31, 1 << 33])", "matmul(Tensor([1.0]), Tensor([1.0]))",
            "softmax(Tensor(1.0))",
            "softmax(Tensor(repeating: 0, shape: [3, 0]))", "∇Tensor([1.0, 2.0])", "mean([]) { $0 }",
            "mean([1]) { \"a\" }",
            "mean([1, 2]) { Tensor(Array(repeating: 1.0, count: $0)) }",
            "weightedMean([1], weights: []) { Tensor(1.0) }",
            "GridWorld(rows: 0, columns: 0, horizon: 0)", "GridWorld(rows: 1 << 40, columns: 1 << 40, horizon: 3)",
            "GridWorld(rows: 2, columns: 3, horizon: 4, slip: 7)", "Bandit([])", "Bandit([2.0])",
            "ChainWorld(length: 0, horizon: 1)",
            "let w = GridWorld(rows: 9, columns: 9, horizon: 50); expectedReturn(SoftmaxPolicy(for: w, seed: 1), in: w)",
            "rollout(SoftmaxPolicy(for: Bandit([0.5]), seed: 1), in: ChainWorld(length: 3, horizon: 3), seed: 1)",
            "SoftmaxPolicy(logits: Tensor([1.0]))", "SoftmaxPolicy(for: Bandit([0.5]), seed: 1).probabilities(in: 9)",
            "var p = SoftmaxPolicy(for: Bandit([0.5]), seed: 1); p += ∇Tensor(1.0); p += 3",
            "Network<Float>([.maxPooling, .maxPooling, .maxPooling, .maxPooling], input: digits.imageShape, classes: 10, seed: 1)",
            "Network<Float>([.convolution(height: 0, width: 1 << 50, filters: -1)], input: digits.imageShape, classes: 10, seed: 1)",
            "search(digits, space: .nothing, children: 1, seed: 1)", "search(digits, children: 0, seed: 1)",
            "search(digits, children: -5, seed: 1)", "digits.count(.everything)", "TrainingSettings(epochs: 0)",
            "Network<Float>([.convolution(height: 1, width: 1, filters: 65536)], input: digits.imageShape, classes: 65536, seed: 1)",
            "Network<Float>(Array(repeating: .dense(units: 10000), count: 100), input: digits.imageShape, classes: 10, seed: 1)",
            "GradientChecker().check([\"x\": 1]) { $0 }", "GradientChecker().check([\"x\": Tensor(1.0)]) { 3 }",
        ] + [
            String(repeating: "(", count: 10_000),
            String(repeating: "[", count: 10_000) + String(repeating: "]", count: 10_000),
        ]
        + [
            String(repeating: "-", count: 10_000) + "1", "1" + String(repeating: " + 1", count: 4_000),
            String(repeating: "!", count: 5_000) + "true",
        ]

    @Test func noneOfThemEndsTheSession() {
        #expect(Self.cells.count >= 100)
        let session = Session(library: .prelude, print: { _ in })
        for cell in Self.cells { session.run(cell) }
        #expect(session.run("1 + 1").values == ["2"])
    }

    /// Estimators given what belongs to another world, or more than there is room for: each ends in an error.
    static let mismatches: [String] = [
        "surrogate(q, B, weights: .rewardToGo - .value(V))", "exactMoments(of: .rewardToGo - .value(V), q, in: b)",
        "clippedSurrogate(q, B, from: q, advantages: .rewardToGo - .value(V))",
        "compareEstimators([.rewardToGo - .value(V)], q, in: b, samples: 10, seed: 1)",
        "surrogate(q, B, weights: StepWeights.rewardToGo.importanceWeighted(from: p, to: p))",
        "importanceWeights(of: B, from: p, to: p)", "surrogate(p, B)", "V(4)", "V(-1)",
        "StateValue(fittedTo: B, in: s)",
        "gradientAscent(from: p, learningRate: 1, steps: 100_001) { π, step in ∇surrogate(π, B) }",
        "gradientAscent(from: p, learningRate: 1, steps: 1) { π, step in 1.0 }",
        "exactMoments(of: .rewardToGo - .leaveOneOut, p, in: s, batch: Int.max)",
        "exactMoments(of: StepWeights(\"none\") { τ in [] }, p, in: s)",
        "exactMoments(of: StepWeights(\"nothing\") { τ in nothing }, p, in: s)",
        "exactMoments(of: .rewardToGo - Baseline(\"nothing\") { state in nothing }, p, in: s)",
        "var t = StepWeights.rewardToGo; for i in 0..<30000 { t = t - .constant(1) }",
        "let w = ChainWorld(length: 200000, horizon: 10000); stateValues(of: SoftmaxPolicy(for: w, seed: 1), in: w)",
        "expertPolicy(for: s, temperature: 5e-324)", "τ.rewardsToGo(discount: 2)",
        "TokenWorld(choices: [2, 0], rewards: [])", "TokenWorld(choices: [2, 3], rewards: [1])",
        "Controller(for: TokenWorld(choices: [2], rewards: [0, 1]), units: 1000, seed: 1)",
        "Controller(for: TokenWorld(choices: [2], rewards: [0, 1]), seed: 1).probabilities(in: [2])",
        "surrogate(Controller(for: TokenWorld(choices: [2], rewards: [0, 1]), seed: 1), B)",
        "Plot(x: [1], [\"a\": [1.0, 2.0]])", "DataSet.named(\"nothing\")", "GradientChecker().check(of: p) { $0 }",
        "func f(_ n: Int) -> [Double] { f(n + 1) }; exactMoments(of: StepWeights(\"r\") { τ in f(0) }, q, in: b)",
        "Network<Float>([.meanOverSpace], input: ImageShape(height: 65536, width: 65536, channels: 1), classes: 2, seed: 1)",
        "concatenation(of: [Tensor(repeating: 1.0, shape: [1, 1000, 1000, 1]), Tensor(repeating: 1.0, shape: [1, 1, 1, 100000])])",
        "dense(Tensor(repeating: 1.0, shape: [200000, 1]), Tensor(repeating: 1.0, shape: [1, 200000]), "
            + "bias: Tensor(repeating: 1.0, shape: [200000]))",
        "layerTimes(of: Network<Float>([.convolution(height: 1, width: 1, filters: 30000)], input: digits.imageShape, classes: 10, "
            + "seed: 1), batchSize: 4096, seed: 1)",
        "Network<Float>([.convolution(height: 7000, width: 7000, filters: 1, stride: 8)], input: digits.imageShape, classes: 10, "
            + "seed: 1)",
        "confusionTable(of: Network<Float>([.meanOverSpace], input: digits.imageShape, classes: 20000, seed: 1), on: digits, .test)",
        "SearchSpace(file: \"nothing.json\")", "DataSet.named(\"\")",
        "var settings = TrainingSettings(); settings.gradientLimit = -1.0",
        "var checker = GradientChecker(); checker.step = 0.0",
        "p += 1e300 * ∇expectedReturn(p, in: s); p += 1e308 * ∇expectedReturn(p, in: s); rollout(p, in: b, seed: 1)",
    ]

    @Test func whatBelongsToAnotherWorldIsRefused() {
        let session = Session(library: .prelude, print: { _ in })
        let setUp = session.run(
            """
            let s = GridWorld(rows: 2, columns: 2, horizon: 2)
            var p = SoftmaxPolicy(for: s, seed: 1)
            let b = GridWorld(rows: 3, columns: 3, horizon: 3)
            let q = SoftmaxPolicy(for: b, seed: 1)
            let B = rollouts(q, in: b, count: 50, seed: 1)
            let τ = B[0]
            let V = StateValue(fittedTo: rollouts(p, in: s, count: 20, seed: 1), in: s)
            """)
        #expect(setUp.error == nil)
        for cell in Self.mismatches { #expect(session.run(cell).error != nil, "\(cell)") }
        // Extreme curves are drawn.
        #expect(session.run("Plot(\"a\", [-1.7e308, 1.7e308, 5e-324])").error == nil)
    }

    /// A closure that the library kept from an earlier cell stops with the cell that calls it.
    @Test func aKeptClosureStopsWithTheCellThatCallsIt() {
        let isCalled = DispatchSemaphore(value: 0)
        let session = Session(library: .prelude, print: { _ in isCalled.signal() })
        session.run("let w = ChainWorld(length: 12, horizon: 10); let π = SoftmaxPolicy(for: w, seed: 1); var n = 0")
        session.run("let weights = StepWeights(\"slow\") { τ in n += 1; print(n); while n > 0 {}; return τ.rewards }")
        let stop = StopSignal()
        let waiter = Thread {
            isCalled.wait()
            stop.raise()
        }
        waiter.start()
        #expect(session.run("exactMoments(of: weights, π, in: w)", stop: stop).error?.message == "interrupted")
        // Nobody calls it for the other trajectories, now or later.
        usleep(300_000)
        #expect(session.run("n").values == ["1"])
    }
}
