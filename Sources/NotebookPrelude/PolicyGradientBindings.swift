import Autodiff
import Notebook
import PolicyGradient

extension GridWorld: ForeignBridged {}
extension Bandit: ForeignBridged {}
extension ChainWorld: ForeignBridged {}
extension SoftmaxPolicy: ForeignBridged {}
extension Trajectory: Bridged, ForeignBridged where State == Int {}

/// Any of the finite worlds, for functions that take one.
struct AnyWorld: FiniteWorld, Bridged {
    let world: any FiniteWorld
    var horizon: Int { world.horizon }
    var initialStates: [(state: Int, probability: Double)] { world.initialStates }
    var stateCount: Int { world.stateCount }
    var actionNames: [String] { world.actionNames }
    func outcomes(of action: Int, in state: Int) -> [Outcome<Int>] { world.outcomes(of: action, in: state) }
    func isTerminal(_ state: Int) -> Bool { world.isTerminal(state) }

    static func bridge(_ value: Value, _ evaluator: Evaluator) -> AnyWorld? {
        guard case .foreign(let foreign) = value, let world = foreign.value as? any FiniteWorld & Sendable else {
            return nil
        }
        return AnyWorld(world: world)
    }
    var bridged: Value { .none }
    static var notebookName: String { "World" }
}

extension Library {
    mutating func addPolicyGradient() {
        addWorlds()
        addPolicies()
        addExpectations()
    }

    private mutating func addWorlds() {
        define("GridWorld(rows:columns:horizon:)") { (rows: Int, columns: Int, horizon: Int) in
            try gridWorld(rows, columns, horizon, nil)
        }
        define("GridWorld(rows:columns:horizon:slip:)") { (rows: Int, columns: Int, horizon: Int, slip: Double) in
            try gridWorld(rows, columns, horizon, slip)
        }
        define("Bandit(_:)") { (probabilities: [Double]) in
            if let problem = Bandit.problem(probabilities) { throw problem }
            return Bandit(probabilities)
        }
        define("ChainWorld(length:horizon:)") { (length: Int, horizon: Int) in
            if let problem = ChainWorld.problem(length: length, horizon: horizon) { throw problem }
            return ChainWorld(length: length, horizon: horizon)
        }
        for type in ["GridWorld", "Bandit", "ChainWorld"] {
            define("\(type).stateCount") { (world: AnyWorld) in world.stateCount }
            define("\(type).actionCount") { (world: AnyWorld) in world.actionCount }
            define("\(type).actionNames") { (world: AnyWorld) in world.actionNames }
            define("\(type).horizon") { (world: AnyWorld) in world.horizon }
            define("\(type).logProbability(of:)") { (world: AnyWorld, τ: Trajectory<Int>) in
                try checkStates(τ, world.stateCount)
                return world.logProbability(of: τ)
            }
        }
        define("Trajectory.return") { (τ: Trajectory<Int>) in τ.return }
        define("Trajectory.states") { (τ: Trajectory<Int>) in τ.states }
        define("Trajectory.actions") { (τ: Trajectory<Int>) in τ.actions }
        define("Trajectory.rewards") { (τ: Trajectory<Int>) in τ.rewards }
        define("Trajectory.rewardsToGo") { (τ: Trajectory<Int>) in τ.rewardsToGo }
        define("Trajectory.finalState") { (τ: Trajectory<Int>) in τ.finalState }
        define("Trajectory.count") { (τ: Trajectory<Int>) in τ.count }
    }

    private mutating func addPolicies() {
        define("SoftmaxPolicy(for:seed:)") { (world: AnyWorld, seed: Int) in SoftmaxPolicy(for: world, seed: seed) }
        define("SoftmaxPolicy(logits:)") { (logits: Tensor<Double>) in
            guard logits.shape.count == 2, logits.shape.allSatisfy({ $0 > 0 }) else {
                throw InvalidArgument(
                    "the logits are a matrix [states, actions]; this tensor has shape \(logits.shape)")
            }
            return SoftmaxPolicy(logits: logits)
        }
        define("SoftmaxPolicy.θ") { (π: SoftmaxPolicy) in π.θ }
        define("SoftmaxPolicy.parameterCount") { (π: SoftmaxPolicy) in π.parameterCount }
        define("SoftmaxPolicy.logProbability(of:)") { (π: SoftmaxPolicy, τ: Trajectory<Int>) in
            try check(π, τ)
            return π.logProbability(of: τ)
        }
        define("SoftmaxPolicy.logProbabilities(in:)") { (π: SoftmaxPolicy, state: Int) in
            π.logProbabilities(in: try checked(state, π))
        }
        define("SoftmaxPolicy.probabilities(in:)") { (π: SoftmaxPolicy, state: Int) in
            π.probabilities(in: try checked(state, π))
        }
        define(operator: "+=") { (π: SoftmaxPolicy, step: Gradient<Double>) in
            var π = π
            π += step
            return π
        }
        define(operator: "-=") { (π: SoftmaxPolicy, step: Gradient<Double>) in
            var π = π
            π -= step
            return π
        }
        define("rollout(_:in:seed:)") { (π: SoftmaxPolicy, world: AnyWorld, seed: Int) in
            try check(π, world)
            return rollout(π, in: world, seed: seed)
        }
        define("rollouts(_:in:count:seed:)") { (π: SoftmaxPolicy, world: AnyWorld, count: Int, seed: Int) in
            try check(π, world)
            guard 0...1_000_000 ~= count, count * world.horizon <= 50_000_000 else {
                throw InvalidArgument("count is 0 to 1000000, and no more than 50000000 steps in all; not \(count)")
            }
            return rollouts(π, in: world, count: count, seed: seed)
        }
    }

    private mutating func addExpectations() {
        define("trajectoryCount(in:)") { (world: AnyWorld) in trajectoryCount(in: world) }
        define("expectedReturn(_:in:)") { (π: SoftmaxPolicy, world: AnyWorld) in
            try checkEnumerable(π, world)
            return expectedReturn(π, in: world)
        }
        define("expectation(_:in:of:)") { (π: SoftmaxPolicy, world: AnyWorld, f: Callback) in
            try checkEnumerable(π, world)
            var failure: (any Error)?
            let result = expectation(π, in: world) { τ in
                do {
                    return failure == nil ? try f(τ.bridged, returning: Double.self) : 0
                } catch {
                    failure = error
                    return 0
                }
            }
            if let failure { throw failure }
            return result
        }
        define("surrogate(_:_:)") { (π: SoftmaxPolicy, batch: [Trajectory<Int>]) in
            try check(π, batch)
            return surrogate(π, batch)
        }
    }
}

private func gridWorld(_ rows: Int, _ columns: Int, _ horizon: Int, _ slip: Double?) throws -> GridWorld {
    if let problem = GridWorld.problem(rows: rows, columns: columns, horizon: horizon, slip: slip ?? 0) {
        throw problem
    }
    return slip.map { GridWorld(rows: rows, columns: columns, horizon: horizon, slip: $0) }
        ?? GridWorld(rows: rows, columns: columns, horizon: horizon)
}

private func check(_ π: SoftmaxPolicy, _ world: AnyWorld) throws {
    guard π.stateCount == world.stateCount, π.actionCount == world.actionCount else {
        throw InvalidArgument(
            "the policy is for \(π.stateCount) states and \(π.actionCount) actions, the world has \(world.stateCount) "
                + "and \(world.actionCount)")
    }
}

private func checkEnumerable(_ π: SoftmaxPolicy, _ world: AnyWorld) throws {
    try check(π, world)
    guard trajectoryCount(in: world) <= Double(enumerationLimit) else {
        throw InvalidArgument("the world has more than \(enumerationLimit) trajectories: too many to enumerate")
    }
    // Every step of every trajectory has a row of logits.
    let numbers = trajectoryCount(in: world) * Double(world.horizon) * Double(world.actionCount)
    guard numbers <= 5e7 else {
        throw InvalidArgument("the world's trajectories have too many steps and actions to enumerate")
    }
}

private func checkStates(_ τ: Trajectory<Int>, _ stateCount: Int) throws {
    if let state = τ.states.first(where: { $0 >= stateCount }) {
        throw InvalidArgument("the trajectory visits state \(state); there are \(stateCount) here")
    }
}

private func check(_ π: SoftmaxPolicy, _ τ: Trajectory<Int>) throws {
    try checkStates(τ, π.stateCount)
    if let action = τ.actions.first(where: { $0 >= π.actionCount }) {
        throw InvalidArgument("the trajectory takes action \(action); the policy has \(π.actionCount)")
    }
}

private func check(_ π: SoftmaxPolicy, _ batch: [Trajectory<Int>]) throws {
    guard !batch.isEmpty else { throw InvalidArgument("the batch is empty") }
    for τ in batch { try check(π, τ) }
}

private func checked(_ state: Int, _ π: SoftmaxPolicy) throws -> Int {
    guard 0..<π.stateCount ~= state else {
        throw InvalidArgument("there is no state \(state): the states are 0 to \(π.stateCount - 1)")
    }
    return state
}
