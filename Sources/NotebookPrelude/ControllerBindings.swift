import ArchitectureSearch
import Autodiff
import Notebook
import PolicyGradient
import TextDisplay

extension TokenWorld: ForeignBridged {}
extension Controller: ForeignBridged {}

extension Library {
    /// The search as a world, token by token, and its LSTM policy: what the other bindings do for numbered states.
    mutating func addController() {
        define("TokenWorld(choices:rewards:)") { (choices: [Int], rewards: [Double]) in
            if let problem = TokenWorld.problem(choices: choices, rewards: rewards) { throw problem }
            return TokenWorld(choices: choices, rewards: rewards)
        }
        define("TokenWorld.choices") { (world: TokenWorld) in world.choices }
        define("TokenWorld.horizon") { (world: TokenWorld) in world.horizon }
        define("TokenWorld.logProbability(of:)") { (world: TokenWorld, τ: Trajectory<[Int]>) in
            try check(τ, world.choices)
            return world.logProbability(of: τ)
        }
        define("Controller(for:seed:)") { (world: TokenWorld, seed: Int) in
            try checkSize(world.choices, 32)
            return Controller(for: world, seed: seed)
        }
        define("Controller(for:units:seed:)") { (world: TokenWorld, units: Int, seed: Int) in
            try checkSize(world.choices, units)
            return Controller(for: world, units: units, seed: seed)
        }
        define("Controller(for:seed:)") { (space: SearchSpace, seed: Int) in Controller(for: space, seed: seed) }
        define("Controller.parameterCount") { (π: Controller) in π.parameterCount }
        define("Controller.parameters") { (π: Controller) in π.parameters }
        define("Controller.logProbability(of:)") { (π: Controller, τ: Trajectory<[Int]>) in
            try check(τ, π.choiceCounts)
            return π.logProbability(of: τ)
        }
        define("Controller.logProbabilities(in:)") { (π: Controller, tokens: [Int]) in
            try check(tokens, π.choiceCounts)
            return π.logProbabilities(in: tokens)
        }
        define("Controller.probabilities(in:)") { (π: Controller, tokens: [Int]) in
            try check(tokens, π.choiceCounts)
            return π.probabilities(in: tokens)
        }
        define("Controller.entropy(in:)") { (π: Controller, tokens: [Int]) in
            try check(tokens, π.choiceCounts)
            return π.entropy(in: tokens)
        }
        addSteps(of: Controller.self, atMost: 10_000)
        addSurrogates(of: Controller.self, check: { try check($1, $0) }, weights: { w, _ in try ofTokens(w) })
        addControllerEstimates()
    }

    private mutating func addControllerEstimates() {
        define("rollout(_:in:seed:)") { (π: Controller, world: TokenWorld, seed: Int) in
            try check(π, world)
            try checkFinite(π)
            return rollout(π, in: world, seed: seed)
        }
        define("rollouts(_:in:count:seed:)") { (π: Controller, world: TokenWorld, count: Int, seed: Int) in
            try check(π, world)
            try checkFinite(π)
            guard 0...100_000 ~= count, count * world.horizon <= 1_000_000 else {
                throw InvalidArgument("count is 0 to 100000, and no more than 1000000 tokens in all; not \(count)")
            }
            return rollouts(π, in: world, count: count, seed: seed)
        }
        define("trajectoryCount(in:)") { (world: TokenWorld) in world.choices.reduce(1.0) { $0 * Double($1) } }
        define("expectedReturn(_:in:)") { (π: Controller, world: TokenWorld) in
            try checkEnumerable(π, world)
            return expectedReturn(π, in: world)
        }
        define("exactMoments(of:_:in:)") { (w: AnyWeights, π: Controller, world: TokenWorld) in
            try checkEnumerable(π, world)
            guard π.parameterCount <= 500 else {
                throw InvalidArgument(
                    "the covariance of \(π.parameterCount) parameters is too large to enumerate here: use fewer units")
            }
            let weights = try ofTokens(w)
            guard weights.isPerTrajectory else {
                throw InvalidArgument("'\(weights.name)' depends on the batch")
            }
            let result = exactMoments(of: weights, π, in: world)
            try w.failure?.rethrow()
            return result
        }
    }
}

private func checkSize(_ choices: [Int], _ units: Int) throws {
    let weights = Double(units) * (8 * Double(units) + 2 * Double(choices.reduce(0, +)))
    guard 1...1000 ~= units, weights <= 1e6 else {
        throw InvalidArgument("a controller has 1 to 1000 units, and at most a million weights; not \(units) units")
    }
}

private func check(_ π: Controller, _ world: TokenWorld) throws {
    guard π.choiceCounts == world.choices else {
        throw InvalidArgument("the controller is for choices \(π.choiceCounts), the world has \(world.choices)")
    }
}

private func checkEnumerable(_ π: Controller, _ world: TokenWorld) throws {
    try check(π, world)
    try checkFinite(π)
    let tokens = world.choices.reduce(Double(world.horizon)) { $0 * Double($1) }
    guard tokens * Double(π.units) <= 2e6 else {
        throw InvalidArgument("the world has too many architectures for a controller of \(π.units) units to enumerate")
    }
}

/// Tokens after which a decision is still to be made.
private func check(_ tokens: [Int], _ choices: [Int]) throws {
    for (decision, (token, count)) in zip(tokens, choices).enumerated() where !(0..<count ~= token) {
        throw InvalidArgument("decision \(decision) has the tokens 0 to \(count - 1); not \(token)")
    }
    guard tokens.count < choices.count else {
        throw InvalidArgument("\(tokens) leaves nothing to decide: all of the \(choices.count) tokens are chosen")
    }
}

private func check(_ τ: Trajectory<[Int]>, _ choices: [Int]) throws {
    for step in τ.steps {
        try check(step.state, choices)
        try check(step.state.count == choices.count - 1 ? [] : step.state + [step.action], choices)
        guard 0..<choices[step.state.count] ~= step.action else {
            throw InvalidArgument("decision \(step.state.count) has no token \(step.action)")
        }
    }
}

private func check(_ batch: [Trajectory<[Int]>], _ π: Controller) throws {
    guard !batch.isEmpty else { throw InvalidArgument("the batch is empty") }
    // Every token is a step of the LSTM in one graph.
    guard batch.reduce(0, { $0 + $1.count }) * π.units <= 2_000_000 else {
        throw InvalidArgument("the batch has too many tokens for the gradient of a controller of \(π.units) units")
    }
    for τ in batch { try check(τ, π.choiceCounts) }
}

private func ofTokens(_ w: AnyWeights) throws -> StepWeights<[Int]> {
    guard let tokens = w.tokens else {
        throw InvalidArgument("these weights are for worlds of numbered states, and the trajectories are of tokens")
    }
    return tokens
}
