import Autodiff
import PolicyGradient

// Checks of exercises 1 to 4: log-probabilities and the two gradients.

/// Worlds of different shapes, small enough to enumerate, with a policy's logits.
private let situations: [(name: String, world: any FiniteWorld, logits: Tensor<Double>)] = [
    ("4 states, 4 actions, 3 moves", GridWorld(rows: 2, columns: 2, horizon: 3), random([4, 4], 1)),
    ("5 states, 2 actions, 4 moves", ChainWorld(length: 5, horizon: 4), random([5, 2], 2)),
    ("1 state, 3 actions, 1 move", Bandit([0.1, 0.5, 0.9]), random([1, 3], 3)),
]

func random(_ shape: [Int], _ seed: Int) -> Tensor<Double> {
    var generator = RandomGenerator(seed: 1000 + seed)
    return generator.normalTensor(shape: shape)
}

/// Trajectories of the policy with these logits; an episode may end early, so that their lengths differ.
private func trajectories(_ world: some FiniteWorld, _ logits: Tensor<Double>, _ count: Int) -> [Trajectory<Int>] {
    rollouts(SoftmaxPolicy(logits: logits), in: world, count: count, seed: 11)
}

/// Σ P(τ) f(τ), the exact expectation of something that an attempt computes from one trajectory.
private func expected(
    _ world: some FiniteWorld, _ logits: Tensor<Double>, _ f: (Trajectory<Int>) throws -> Tensor<Double>
) throws -> Tensor<Double> {
    let π = SoftmaxPolicy(logits: logits)
    var total: Tensor<Double>?
    for item in enumerate(world) {
        let term = try f(item.trajectory)
        let weighted = (item.environmentProbability * exp(π.logProbability(of: item.trajectory)).value) * term
        if let sum = total, sum.shape != weighted.shape {
            throw Refusal(
                diagnosis: "the result has shape \(term.shape) for one trajectory and \(sum.shape) for another")
        }
        total = total.map { $0 + weighted } ?? weighted
    }
    return total!
}

extension Exercise {
    static let softmaxLogProbability = Exercise(
        1, "softmaxLogProbability", "the softmax's log-probability and its gradient", points: 6,
        why: """
            Σᵦ exp θᵦ has the derivative exp θᵦ, so that its logarithm has π(b): that is what every logit loses.
            The logit of the action taken gains 1. The components add up to 0, because only differences of logits count.
            """
    ) { attempt in
        for (count, seed) in [(3, 1), (5, 2), (2, 3), (1, 4)] {
            for action in 0..<count {
                let logits = random([count], seed)
                let yours = try attempt.softmaxLogProbability(action, logits)
                let situation = "action \(action) of \(count)"
                let truth = logSoftmax(logits)[action].value
                try expect(
                    yours.value, equals: truth, "log π(a)", situation,
                    mistakes: [
                        ("π(a): the logarithm is missing", Double.exp(truth)),
                        ("the logit: the normalization is missing", logits.elements[action]),
                        ("−log π(a): a sign", -truth),
                    ])
                if count == 1 {
                    try expect(yours.gradient, equals: Tensor([0]), "the gradient", situation)
                    continue
                }
                let π = softmax(logits).elements
                let hot = π.indices.map { $0 == action ? 1.0 : 0 }
                try expectGradients(
                    [("logits", yours.gradient)], at: [logits], situation,
                    mistakes: [
                        (
                            "the gradient of π(a), not of its logarithm",
                            [Tensor(zip(hot, π).map { π[action] * ($0 - $1) })]
                        ),
                        ("without the −π(b)", [Tensor(hot)]), ("without the [a = b]", [Tensor(π.map { -$0 })]),
                    ]
                ) { logSoftmax($0[0])[action] }
            }
        }
        // Large logits are no excuse for infinities where the exponentials themselves are still finite.
        let large = Tensor([300.0, 299, 200])
        try expect(
            try attempt.softmaxLogProbability(1, large).value, equals: logSoftmax(large)[1].value, "log π(a)",
            "logits 300, 299 and 200")
    }

    static let trajectoryLogProbability = Exercise(
        2, "trajectoryLogProbability", "log π(τ), a sum over the steps", points: 6,
        why: """
            The policy decides step by step, each time knowing only the state: π(τ) is a product, and its logarithm a sum.
            Summed over all trajectories, π(τ) p(τ) gives exactly 1, which was checked by enumerating them.
            """
    ) { attempt in
        for (name, world, logits) in situations {
            let π = SoftmaxPolicy(logits: logits)
            for τ in trajectories(world, logits, 6) {
                let truth = π.logProbability(of: τ).value
                let terms = τ.steps.map { π.logProbabilities(in: $0.state).elements[$0.action] }
                try expect(
                    try attempt.trajectoryLogProbability(τ, logits), equals: truth, "log π(τ)", "\(name): \(τ)",
                    mistakes: [
                        ("the mean over the steps, not the sum", truth / Double(τ.count)),
                        ("the sum without the last step", truth - terms.last!),
                        ("the sum without the first step", truth - terms[0]),
                        ("π(τ): the logarithm is missing", Double.exp(truth)),
                        ("the sum of the probabilities", terms.reduce(0) { $0 + Double.exp($1) }),
                        (
                            "with p(τ) in it: the world's probabilities are no part of log π",
                            truth + world.logProbability(of: τ).value
                        ),
                    ])
            }
            let total = enumerate(world).reduce(0.0) { sum, item in
                guard let value = try? attempt.trajectoryLogProbability(item.trajectory, logits) else { return .nan }
                return sum + item.environmentProbability * Double.exp(value)
            }
            try expect(total, equals: 1, "Σ π(τ) p(τ) over all trajectories", name)
            let empty = Trajectory<Int>(steps: [], finalState: 0)
            try expect(
                try attempt.trajectoryLogProbability(empty, logits), equals: 0, "log π(τ)", "a trajectory without steps"
            )
        }
    }

    static let likelihoodGradient = Exercise(
        3, "likelihoodGradient", "imitation learning: the gradient of the mean log-likelihood", points: 8,
        why: """
            Each step pulls the logits of its state towards the action that was demonstrated: [a = b] − π(b|s).
            On the policy's own trajectories the pulls cancel on average, E[∇log π(τ)] = 0: enumerated, and found to be so.
            """
    ) { attempt in
        try checkGradient(attempt.likelihoodGradient, weight: { _ in 1 }, mistakes: [])
        for (name, world, logits) in situations {
            let mean = try expected(world, logits) { try attempt.likelihoodGradient(logits, [$0]) }
            try expectSmall(mean, "E[∇log π(τ)] over all trajectories", name)
        }
    }

    static let reinforceGradient = Exercise(
        4, "reinforceGradient", "REINFORCE: the gradient of imitation, weighted by the return", points: 10,
        why: """
            ∇π = π ∇log π turns the gradient of an expectation into an expectation, which a mean over samples estimates.
            Summed over all trajectories your estimate is ∇J to twelve digits: it is unbiased, though each sample is noise.
            """
    ) { attempt in
        try checkGradient(
            attempt.reinforceGradient, weight: { $0.return },
            mistakes: [
                ("the likelihood's gradient: the return was left out", { τ in τ.steps.map { _ in 1 } }),
                ("weighted by the reward-to-go, not by the whole return", { $0.rewardsToGo }),
                ("weighted by each step's own reward", { $0.rewards }),
                ("weighted by the mean reward of a step", { τ in τ.steps.map { _ in 1 / Double(τ.count) * τ.return } }),
                ("weighted by the last reward only", { τ in τ.steps.map { _ in τ.rewards.last! } }),
            ])
        for (name, world, logits) in situations {
            let π = SoftmaxPolicy(logits: logits)
            let J = ∇expectedReturn(π, in: world)
            let mean = try expected(world, logits) { try attempt.reinforceGradient(logits, [$0]) }
            try expect(mean, equals: J[π.θ]!, "the expectation of the estimate", "\(name), against the exact ∇J")
        }
    }
}

private func expectSmall(_ yours: Tensor<Double>, _ what: String, _ situation: String) throws {
    // Differences are relative to the largest true value, and here that is 0.
    try expect(1 + yours, equals: Tensor(repeating: 1, shape: yours.shape), "1 + " + what, situation)
}

/// Holds a gradient over trajectories against the finite differences of the surrogate with these weights.
private func checkGradient(
    _ gradient: (Tensor<Double>, [Trajectory<Int>]) throws -> Tensor<Double>,
    weight: @escaping @Sendable (Trajectory<Int>) -> Double,
    mistakes: [(name: String, weights: @Sendable (Trajectory<Int>) -> [Double])]
) throws {
    let weights = StepWeights<Int>("truth") { τ in
        let w = weight(τ)
        return τ.steps.map { _ in w }
    }
    for (name, world, logits) in situations {
        for count in [7, 2, 1] {
            let batch = trajectories(world, logits, count)
            func exact(_ weights: StepWeights<Int>) -> Tensor<Double> {
                let π = SoftmaxPolicy(logits: logits)
                return (∇surrogate(π, batch, weights: weights))[π.θ] ?? Tensor(repeating: 0, shape: logits.shape)
            }
            let truth = exact(weights)
            // A bandit's arm may have paid nothing: a gradient of zero that shows nothing.
            if truth.elements.allSatisfy({ $0 == 0 }) { continue }
            let steps = Double(batch.reduce(0) { $0 + $1.count })
            var known = [
                ("the sum over the trajectories, not the mean", [Double(count) * truth]),
                ("divided by the number of steps, not of trajectories", [Double(count) / steps * truth]),
            ]
            known += mistakes.map { ($0.name, [exact(StepWeights($0.name, $0.weights))]) }
            let last = batch.map { Trajectory(steps: Array($0.steps.dropLast()), finalState: $0.finalState) }
            let π = SoftmaxPolicy(logits: logits)
            let returns = batch.map(weight)
            let terms = Tensor(zip(last, returns).flatMap { τ, w in τ.steps.map { _ in w } })
            if last.contains(where: { $0.count > 0 }) {
                let steps = last.flatMap(\.steps)
                let missing =
                    ∇((terms * π.logProbabilities(of: steps.map(\.action), in: steps.map(\.state))).sum()
                    / Double(count))
                known.append(("the truth without the last step of each trajectory", [missing[π.θ]!]))
            }
            try expectGradients(
                [("logits", try gradient(logits, batch))], at: [logits], "\(name), \(count) trajectories",
                mistakes: known
            ) { surrogate(TensorPolicy(logits: $0[0]), batch, weights: weights) }
        }
    }
}

/// A table of logits that need not be a parameter, for checking functions of tensors.
private struct TensorPolicy: FinitePolicy {
    let logits: Tensor<Double>
    var parameters: [Parameter<Double>] {
        get { [] }
        set {}
    }
    var stateCount: Int { logits.shape[0] }
    var actionCount: Int { logits.shape[1] }
    func logits(in states: [Int]) -> Tensor<Double> { logits.rows(states) }
}
