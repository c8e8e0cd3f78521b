import Autodiff
import PolicyGradient
import TextDisplay

// Checks of exercises 5, 6, 7 and 12: weights, a baseline, an estimate, an update.

extension Exercise {
    static let rewardsToGo = Exercise(
        5, "rewardsToGo", "discounted rewards-to-go", points: 6,
        why: """
            Gᵢ = rᵢ + γ Gᵢ₊₁, from the end: n steps instead of n²/2.
            An action can't have caused what came before it; leaving that out keeps ∇J and takes some of its noise away.
            """
    ) { attempt in
        let cases: [([Double], Double)] = [
            ([1, 2, 3], 1), ([1, 2, 3, 4], 0.5), ([0.5, -1, 2, 0, 3], 0.9), ([2], 0.9), ([], 0.9), ([1, 1, 1], 0),
            (random([20], 5).elements, 0.97),
        ]
        for (rewards, γ) in cases {
            let truth = reference(rewards, γ)
            let whole = rewards.isEmpty ? 0 : truth[0]
            var sums: [Double] = []
            for (i, r) in rewards.enumerated() { sums.append((sums.last ?? 0) + Double.pow(γ, i) * r) }
            try expect(
                Tensor(try attempt.rewardsToGo(rewards, γ)), equals: Tensor(truth), "G",
                "rewards \(Tensor(rewards)), γ = \(formatted(γ))",
                mistakes: [
                    ("the whole return at every step", Tensor(rewards.map { _ in whole })),
                    ("without the discount", Tensor(reference(rewards, 1))),
                    ("the rewards so far, not those to come", Tensor(sums)),
                    ("without the reward of the step itself", Tensor(zip(truth, rewards).map { $0 - $1 })),
                    (
                        "discounted from the beginning of the trajectory, not from step i",
                        Tensor(truth.enumerated().map { Double.pow(γ, $0) * $1 })
                    ),
                    ("the rewards themselves", Tensor(rewards)),
                ])
        }
    }

    /// Σⱼ≥ᵢ γʲ⁻ⁱ rⱼ, as it is written.
    private static func reference(_ rewards: [Double], _ γ: Double) -> [Double] {
        rewards.indices.map { i in
            (i..<rewards.count).reduce(0) { $0 + Double.pow(γ, $1 - i) * rewards[$1] }
        }
    }

    static let varianceMinimizingBaseline = Exercise(
        6, "varianceMinimizingBaseline", "the baseline that minimizes the variance", points: 8,
        why: """
            Σ‖zₙ‖²(rₙ − b)² is a parabola in b; its derivative is zero at the mean of the returns weighted by ‖z‖².
            Any b leaves the expectation alone, so that the one of least noise is free to choose.
            """
    ) { attempt in
        for (count, parameters, seed) in [(4, 3, 1), (7, 2, 2), (2, 5, 3), (1, 4, 4), (9, 9, 5)] {
            let scores = random([count, parameters], seed), returns = random([count], seed + 50).elements
            let b = try attempt.varianceMinimizingBaseline(scores, returns)
            let rows = (0..<count).map { n in Array(scores.elements[n * parameters..<(n + 1) * parameters]) }
            func weighted(_ norm: ([Double]) -> Double) -> Double {
                zip(rows, returns).reduce(0) { $0 + norm($1.0) * $1.1 } / rows.reduce(0) { $0 + norm($1) }
            }
            func square(_ row: [Double]) -> Double { row.reduce(0) { $0 + $1 * $1 } }
            let columns = (0..<parameters).map { k in rows.map { $0[k] } }
            let byColumn =
                zip(columns, returns).reduce(0) { $0 + square($1.0) * $1.1 } / columns.reduce(0) { $0 + square($1) }
            try expect(
                b, equals: weighted(square), "b*", "\(count) trajectories, \(parameters) parameters",
                mistakes: [
                    ("the plain mean of the returns: the norms are missing", returns.reduce(0, +) / Double(count)),
                    ("weighted by ‖z‖, not by ‖z‖²", weighted { square($0).squareRoot() }),
                    ("weighted by the sum of z, not by ‖z‖²", weighted { $0.reduce(0, +) }),
                    ("Σ ‖z‖² r without the division", weighted(square) * rows.reduce(0) { $0 + square($1) }),
                    (
                        "divided by the number of trajectories",
                        weighted(square) * rows.reduce(0) { $0 + square($1) } / Double(count)
                    ),
                    ("over the wrong axis: columns of the scores, not rows", byColumn),
                ])
            // It is where the slope of the parabola vanishes.
            func spread(_ b: Double) -> Double {
                zip(rows, returns).reduce(0) { $0 + square($1.0) * ($1.1 - b) * ($1.1 - b) }
            }
            let slope = (spread(b + 1e-3) - spread(b - 1e-3)) / 2e-3
            try expect(1 + slope, equals: 1, "1 + the slope of Σ‖z‖²(r − b)² at b*", "\(count) trajectories")
        }
    }

    static let importanceWeightedReturn = Exercise(
        7, "importanceWeightedReturn", "the return of one policy from the trajectories of another", points: 8,
        why: """
            E over π′ of (π/π′) r is Σ π′ p (π/π′) r = Σ π p r: the old probability cancels, and so does the world's.
            Summed over all trajectories of the old policy, your estimate is J(θ) of the new one, exactly.
            """
    ) { attempt in
        let cases: [(String, any FiniteWorld)] = [
            ("4 states, 4 actions", GridWorld(rows: 2, columns: 2, horizon: 3)),
            ("3 states, 2 actions", ChainWorld(length: 3, horizon: 5)), ("1 state, 2 actions", Bandit([0.3, 0.6])),
        ]
        for (seed, (name, world)) in cases.enumerated() {
            let shape = [world.stateCount, world.actionCount]
            let logits = random(shape, 20 + seed), oldLogits = random(shape, 30 + seed)
            let π = SoftmaxPolicy(logits: logits), old = SoftmaxPolicy(logits: oldLogits)
            for count in [6, 2, 1] {
                let batch = rollouts(old, in: world, count: count, seed: 4)
                let returns = batch.map { $0.return }
                let ratios = importanceWeights(of: batch, from: old, to: π)
                func mean(_ terms: [Double]) -> Double { terms.reduce(0, +) / Double(count) }
                let truth = mean(zip(ratios, returns).map(*))
                let perStep = zip(batch, returns).map { τ, r in
                    τ.steps.reduce(0) {
                        $0 + π.probabilities(in: $1.state)[$1.action] / old.probabilities(in: $1.state)[$1.action]
                    } * r
                }
                try expect(
                    try attempt.importanceWeightedReturn(logits, oldLogits, batch), equals: truth, "Ĵ",
                    "\(name), \(count) trajectories",
                    mistakes: [
                        ("the mean return of the old policy: the ratio is missing", mean(returns)),
                        ("with the ratio upside down, π′/π", mean(zip(ratios, returns).map { $1 / $0 })),
                        ("the sum over the trajectories, not the mean", truth * Double(count)),
                        (
                            "divided by the sum of the ratios: that estimator is biased",
                            truth * Double(count) / ratios.reduce(0, +)
                        ),
                        ("with the logarithm of the ratio", mean(zip(ratios, returns).map { Double.log($0) * $1 })),
                        ("with the sum of the steps' ratios, not their product", mean(perStep)),
                        ("the mean ratio: the return is missing", mean(ratios)),
                    ])
            }
            var total = 0.0
            for item in enumerate(world) {
                let probability = item.environmentProbability * exp(old.logProbability(of: item.trajectory)).value
                total += probability * (try attempt.importanceWeightedReturn(logits, oldLogits, [item.trajectory]))
            }
            try expect(
                total, equals: expectedReturn(π, in: world).value, "the expectation of the estimate",
                "\(name), against the exact J(θ)")
        }
    }

    static let controllerUpdate = Exercise(
        12, "controllerUpdate", "one update of a controller", points: 8,
        why: """
            An architecture better than the baseline becomes more probable, one that is worse less probable, each by its margin.
            Only differences from the baseline move the controller: adding 1 to all rewards and to b changes nothing.
            """
    ) { attempt in
        for (decisions, choices, count, seed) in [(3, 4, 5, 1), (2, 2, 1, 2), (4, 3, 8, 3), (3, 3, 2, 4)] {
            var generator = RandomGenerator(seed: seed)
            let update = ControllerUpdate(
                logits: random([decisions, choices], 40 + seed),
                architectures: (0..<count).map { _ in (0..<decisions).map { _ in generator.uniform(below: choices) } },
                rewards: (0..<count).map { _ in generator.uniform() }, baseline: 0.4 + 0.1 * Double(seed),
                learningRate: 0.3, decay: 0.8)
            let situation = "\(count) architectures of \(decisions) decisions with \(choices) choices"
            let yours = try attempt.controllerUpdate(update)
            guard yours.logits.shape == update.logits.shape else {
                throw Refusal(
                    diagnosis: "the new logits have shape \(yours.logits.shape), and should have \(update.logits.shape)"
                )
            }
            func surrogate(_ logits: Tensor<Double>, less b: Double) -> Tensor<Double> {
                mean(Array(zip(update.architectures, update.rewards))) { tokens, reward in
                    (reward - b) * logSoftmax(logits).picking(tokens).sum()
                }
            }
            let b = update.decay * update.baseline + (1 - update.decay) * update.rewards.reduce(0, +) / Double(count)
            func gradient(less b: Double) -> Tensor<Double> {
                let θ = Parameter("logits", update.logits)
                return (∇surrogate(θ.tensor, less: b))[θ]!
            }
            let truth = gradient(less: update.baseline)
            let step = (yours.logits - update.logits) / update.learningRate
            try expectGradients(
                [("the step (new − old logits)/α", step)], at: [update.logits], situation,
                mistakes: [
                    ("without the baseline", [gradient(less: 0)]),
                    ("with the baseline after these rewards", [gradient(less: b)]),
                    ("the sum over the architectures, not the mean", [Double(count) * truth]),
                    ("without the learning rate", [truth / update.learningRate]),
                    ("a step down: the gradient is to be climbed", [-truth]),
                ]
            ) { surrogate($0[0], less: update.baseline) }
            try expect(
                yours.baseline, equals: b, "the new baseline", situation,
                mistakes: [
                    ("the old baseline", update.baseline),
                    (
                        "with λ and 1 − λ exchanged",
                        (1 - update.decay) * update.baseline + update.decay * update.rewards.reduce(0, +)
                            / Double(count)
                    ),
                    (
                        "with the sum of the rewards, not their mean",
                        update.decay * update.baseline + (1 - update.decay) * update.rewards.reduce(0, +)
                    ),
                ])
        }
    }
}
