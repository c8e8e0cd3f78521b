import NotebookPrelude
import Testing

@testable import Notebook

/// A cell reaches the library's declarations as a program does.
@Suite struct BindingTests {
    /// Cells with what they show last, each in a session of its own.
    static let cells: [(cell: String, shows: String)] = [
        // Defaults are optional labels, in any combination.
        ("TrainingSettings(momentum: 0.5).momentum", "0.5"),
        ("TrainingSettings(epochs: 2, weightDecay: 0).epochs", "2"),
        ("GridWorld(rows: 2, columns: 3, horizon: 4).slip", "0.2"),
        ("GridWorld(rows: 2, columns: 3, horizon: 4, slip: 0).slip", "0.0"),
        (
            "convolution(Tensor(repeating: 1, shape: [1, 2, 2, 1]), Tensor(repeating: -1, shape: [1, 1, 1, 1]), "
                + "bias: Tensor([0.5]), stride: 2, rectified: true).elements", "[0.0]"
        ),
        // Initializers, nested types and what is implicit.
        (
            "let τ = Trajectory(steps: [.init(state: 0, action: 1, reward: -1), .init(state: 1, action: 0, reward: 2.5)], "
                + "finalState: 3); (τ.return, τ.steps[1].reward, τ.finalState)", "(1.5, 2.5, 3)"
        ),
        (
            "Trajectory(steps: [Trajectory.Step(state: [0, 1], action: 1, reward: 0.5)], finalState: [0, 1, 1]).states",
            "[[0, 1]]"
        ),
        ("Trajectory<Int>.Step(state: 4, action: 1, reward: 0).state", "4"),
        ("Outcome(state: 1, probability: 0.5, reward: 1)", "→ 1 with p = 0.5, r = 1"),
        ("digits.count(DataSet.Part.test) == digits.count(.test)", "true"),
        ("DataSet.Part.test", "test"),
        ("let s: SearchSpace = .named(\"zoph-4-chain\"); s.name", "\"zoph-4-chain\""),
        ("let d: DataSet = .named(\"digits\"); d.classes", "10"),
        ("StepWeights.rewardToGo(discount: 0.5).normalized.name", "\"reward-to-go, γ = 0.5, normalized\""),
        (
            "let w: StepWeights<Int> = .rewardToGo.normalized; (w - .movingAverage(MovingAverageBaseline())).name",
            "\"reward-to-go, normalized − moving average\""
        ),
        // Generators and models change where they stand.
        ("var g = RandomGenerator(seed: 7); let a = g.uniform(); a != g.uniform()", "true"),
        ("var g = RandomGenerator(seed: 7); let h = g; g.normal() != 0 && h == RandomGenerator(seed: 7)", "true"),
        (
            "let w = Bandit([1.0]); var g = RandomGenerator(seed: 1); let π = SoftmaxPolicy(for: w, seed: 1); "
                + "rollout(π, in: w, using: &g).return + Double(g == RandomGenerator(seed: 1) ? 1 : 0)", "1.0"
        ),
        (
            "let w = Bandit([0, 1]); var π = SoftmaxPolicy(for: w, seed: 1); var adam = Adam(learningRate: 0.5); "
                + "let before = expectedReturn(π, in: w).value; adam.update(&π, with: ∇(-expectedReturn(π, in: w))); "
                + "expectedReturn(π, in: w).value > before", "true"
        ),
        (
            "var gs = [RandomGenerator(seed: 1), RandomGenerator(seed: 1)]; gs[0].uniform(); gs[0] == gs[1]", "false"
        ),
        // A controller is a policy like any other.
        (
            "let w = TokenWorld(choices: [2, 2], rewards: [0, 1, 0, 0.5]); let π = Controller(for: w, units: 3, seed: 1); "
                + "GradientChecker().check(of: π) { expectedReturn($0, in: w) }.passed", "true"
        ),
        (
            "let w = TokenWorld(choices: [2], rewards: [0, 1]); let π = Controller(for: w, units: 2, seed: 1); "
                + "compareEstimators([.totalReturn, .rewardToGo], π, in: w, samples: 10, seed: 1).rows.count", "2"
        ),
        (
            "let w = TokenWorld(choices: [2, 3], rewards: [0.1, 0.9, 0.3, 0.5, 0.2, 0.7]); "
                + "(enumerate(w).count, trajectoryCount(in: w))", "(6, 6.0)"
        ),
        // Networks, with numbers in Float.
        (
            "let n = Network<Float>([.dense(units: 3)], input: digits.imageShape, classes: 2, seed: 1); "
                + "(n.parameters[0].shape, n.parameters.count, n.parameters[0].value == n.parameters[0].value)",
            "([64, 3], 4, true)"
        ),
        ("Tensor([1.0, 2.0, 3.0]).clamped(to: 1.5...2.5).elements", "[1.5, 2.0, 2.5]"),
        ("Tensor([[1.0, 2.0], [3.0, 4.0]]).rows([1, 0]).elements", "[3.0, 4.0, 1.0, 2.0]"),
        (
            "SearchConfiguration(data: \"digits\", space: .smallCNN, children: 4, seed: 1).strategy == .reinforce",
            "true"
        ),
        ("search(digits, strategy: .random, children: 1, seed: 1).children.count", "1"),
        // A network is used, and trained by hand, in Float.
        (
            "let n = Network<Float>([.dense(units: 3)], input: digits.imageShape, classes: 10, seed: 1); "
                + "let images = digits.batch(.test, [0, 1]).images; (n.logits(images).shape, n.predictions(images).count, "
                + "n.parameterCount)", "([2, 10], 2, 235)"
        ),
        (
            "var n = Network<Float>([.dense(units: 3)], input: digits.imageShape, classes: 10, seed: 1); "
                + "let batch = digits.batch(.training, [0, 1, 2, 3]); "
                + "func loss() -> Tensor { softmaxCrossEntropy(n.logits(batch.images), labels: batch.labels) }; "
                + "let before = loss().value; n -= 0.1 * ∇loss(); loss().value < before", "true"
        ),
        (
            "var n = Network<Float>([.dense(units: 3)], input: digits.imageShape, classes: 2, seed: 1); "
                + "n.parameters[3].value = Tensor([2, 3]); n.parameters[3].value.elements", "[2.0, 3.0]"
        ),
        (
            "let s = SearchSpace.smallCNN; var g = RandomGenerator(seed: 1); let a = s.randomArchitecture(using: &g); "
                + "a != s.randomArchitecture(using: &g)", "true"
        ),
        ("[Layer.maxPooling, .meanPooling, .dense(units: 3)].count", "3"),
        ("[Layer.maxPooling, .meanPooling].map { \"\\($0)\" }", "[\"max pool 2×2\", \"mean pool 2×2\"]"),
        ("Tensor([.pi, 1]).elements[1]", "1.0"),
        ("Plot(x: [1, 2], [\"a\": [1, 2]]).curves.count", "1"),
        ("StepWeights.one([Trajectory(steps: [.init(state: 0, action: 0, reward: 1)], finalState: 0)])", "[[1.0]]"),
        ("var w = StepWeights(\"all\", ofBatch: { batch in batch.map { $0.rewards } }); w.isPerTrajectory", "false"),
    ]

    @Test(arguments: cells.indices) func aCellReachesIt(_ i: Int) {
        let (cell, expected) = Self.cells[i]
        let outcome = Session(library: .prelude, print: { _ in }).run(cell)
        #expect(outcome.error == nil, "\(cell): \(outcome.error?.message ?? "")")
        #expect(outcome.values.last == expected, "\(cell)")
    }

    /// What does not fit is told with what does.
    static let errors: [(cell: String, message: String)] = [
        (
            "GridWorld(rows: 2, columns: 3)",
            "'GridWorld' does not take (rows: Int, columns: Int): there is GridWorld(rows: Int, columns: Int, horizon: Int, "
                + "slip: Double = 0.2)"
        ),
        (
            "GridWorld(rows: 0, columns: 3, horizon: 1)",
            "a grid has 1 to 1000 rows and columns, and at least two cells; not 0×3"
        ),
        ("DataSet.Prt.test", "DataSet has no member 'Prt': did you mean 'Part'?"),
        ("digits.count(.tset)", "unknown '.tset': did you mean '.test'?"),
        ("let w = .rewardToGo", "'.rewardToGo' is a member of which type? Write the type before the dot"),
        (
            "RandomGenerator(seed: 1).uniform()",
            "'uniform' changes its object: call it on a variable, declared with 'var'"
        ),
        ("let g = RandomGenerator(seed: 1); g.uniform()", "'g' is a constant: declare it with 'var' to change it"),
        (
            "var g = RandomGenerator(seed: 1); let w = Bandit([1.0]); rollout(SoftmaxPolicy(for: w, seed: 1), in: w, using: g)",
            "'rollout' does not take (SoftmaxPolicy, in: Bandit, using: RandomGenerator): there is rollout(_: Policy, in: World, "
                + "seed: Int) and rollout(_: Policy, in: World, using: inout RandomGenerator)"
        ),
        (
            "let b = Bandit([1.0]); let π = SoftmaxPolicy(for: b, seed: 1); rollout(π, in: TokenWorld(choices: [2], rewards: "
                + "[0, 1]), seed: 1)", "the policy's states are numbers, not lists of tokens"
        ),
        (
            "var π = SoftmaxPolicy(for: Bandit([1.0]), seed: 1); π.parameters = []",
            "the parameters have the shapes [[1, 1]], not []"
        ),
        ("[Layer.maxPooling, .nope]", "Layer has no member 'nope'"),
        ("let π: SoftmaxPolicy = Bandit([1.0])", "expected SoftmaxPolicy, not Bandit"),
        ("StrategyName(rawValue: \"random\")", "a cell can't make a 'StrategyName' so: it has no initializer here"),
        ("Adam(beta1: 5)", "beta1 is at least 0 and less than 1; not 5.0"),
        ("var s = SGD(learningRate: 1); s.momentum = 3", "momentum is at least 0 and less than 1; not 3.0"),
        ("var g = RandomGenerator(seed: 1); g.categorical([])", "there is nothing to draw from"),
        (
            "func f(_ g: inout Int) { }",
            "'inout' parameters of a cell's own functions are not known to the notebook"
        ),
        ("TrainingSettings(momentum: 7)", "momentum is at least 0 and less than 1; not 7.0"),
    ]

    @Test(arguments: errors.indices) func whatDoesNotFitIsTold(_ i: Int) {
        let (cell, message) = Self.errors[i]
        #expect(Session(library: .prelude, print: { _ in }).run(cell).error?.message == message, "\(cell)")
    }

    /// A closure that fails while the library calls it is the cell's error, and is called no more.
    @Test func aClosuresErrorIsTheCells() {
        let session = Session(library: .prelude, print: { _ in })
        session.run("let w = Bandit([0.5, 1]); let π = SoftmaxPolicy(for: w, seed: 1); var calls = 0")
        let outcome = session.run("expectation(π, in: w) { τ in calls += 1; return [1][calls] }")
        #expect(outcome.error?.message == "index 1 is out of range: there are 1 elements, from 0")
        #expect(session.run("calls").values == ["1"])
        // Nothing of it is left behind.
        #expect(session.run("expectation(π, in: w) { $0.return }.value > 0").values == ["true"])
    }

    /// What no cell reaches is little, and each has its reason; what is bound by hand is there.
    @Test func littleIsOutOfReach() {
        #expect(unreachableDeclarations.count <= 30, "\(unreachableDeclarations.count)")
        for (name, reason) in unreachableDeclarations + declarationsBoundByHand {
            #expect(reason.split(separator: " ").count >= 3, "\(name): \(reason)")
        }
        let names = Set(Library.prelude.allNames)
        // The forms that the library keeps for programs: a cell has the other one.
        let other = ["train(_:on:settings:seed:shouldStop:progress:)", "Plot(x:curves:logarithmic:)"]
        for (name, _) in declarationsBoundByHand where !other.contains(name) {
            #expect(names.contains(name), "\(name) is not bound")
        }
        #expect(names.count > 500)
    }
}
