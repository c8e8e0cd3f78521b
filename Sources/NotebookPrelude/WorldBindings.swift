import Autodiff
import Notebook
import PolicyGradient
import TextDisplay

/// Any of the finite worlds, for functions that take one.
struct AnyWorld: FiniteWorld, Bridged {
    let world: any FiniteWorld
    var horizon: Int { world.horizon }
    var initialStates: [(state: Int, probability: Double)] { world.initialStates }
    var stateCount: Int { world.stateCount }
    var actionNames: [String] { world.actionNames }
    func outcomes(of action: Int, in state: Int) -> [Outcome<Int>] { world.outcomes(of: action, in: state) }
    func isTerminal(_ state: Int) -> Bool { world.isTerminal(state) }
    func features(of state: Int) -> [Double] { world.features(of: state) }

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
    mutating func addWorlds() {
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
        define("ArchitectureWorld(rewards:steps:)") { (rewards: [Double], steps: Int) in
            if let problem = ArchitectureWorld.problem(rewards: rewards, steps: steps) { throw problem }
            return ArchitectureWorld(rewards: rewards, steps: steps)
        }
        for type in ["GridWorld", "Bandit", "ChainWorld", "ArchitectureWorld"] {
            define("\(type).stateCount") { (world: AnyWorld) in world.stateCount }
            define("\(type).actionCount") { (world: AnyWorld) in world.actionCount }
            define("\(type).actionNames") { (world: AnyWorld) in world.actionNames }
            define("\(type).outcomes(of:in:)") { (world: AnyWorld, action: Int, state: Int) in
                guard 0..<world.actionCount ~= action, 0..<world.stateCount ~= state else {
                    throw InvalidArgument(
                        "there are the actions 0 to \(world.actionCount - 1) and the states 0 to \(world.stateCount - 1); not "
                            + "action \(action) in state \(state)")
                }
                return world.outcomes(of: action, in: state)
            }
            define("\(type).isTerminal(_:)") { (world: AnyWorld, state: Int) in
                0..<world.stateCount ~= state && world.isTerminal(state)
            }
            define("\(type).features(of:)") { (world: AnyWorld, state: Int) in
                guard 0..<world.stateCount ~= state else {
                    throw InvalidArgument("there is no state \(state): the states are 0 to \(world.stateCount - 1)")
                }
                return world.features(of: state)
            }
            define("\(type).horizon") { (world: AnyWorld) in world.horizon }
            define("\(type).logProbability(of:)") { (world: AnyWorld, τ: Trajectory<Int>) in
                try checkStates(τ, world.stateCount)
                return world.logProbability(of: τ)
            }
        }
    }

    mutating func addTrajectories() {
        addMembers(of: Trajectory<Int>.self)
        addMembers(of: Trajectory<[Int]>.self)
        define("Outcome.state") { (outcome: Outcome<Int>) in outcome.state }
        define("Outcome.probability") { (outcome: Outcome<Int>) in outcome.probability }
        define("Outcome.reward") { (outcome: Outcome<Int>) in outcome.reward }
    }

    private mutating func addMembers<State: Bridged>(of type: Trajectory<State>.Type) {
        define(operator: "==") { (a: Trajectory<State>, b: Trajectory<State>) in a == b }
        define(operator: "!=") { (a: Trajectory<State>, b: Trajectory<State>) in a != b }
        define("Trajectory.return") { (τ: Trajectory<State>) in τ.return }
        define("Trajectory.discountedReturn(_:)") { (τ: Trajectory<State>, γ: Double) in
            τ.discountedReturn(try checkedDiscount(γ))
        }
        define("Trajectory.states") { (τ: Trajectory<State>) in τ.states }
        define("Trajectory.actions") { (τ: Trajectory<State>) in τ.actions }
        define("Trajectory.rewards") { (τ: Trajectory<State>) in τ.rewards }
        define("Trajectory.rewardsToGo") { (τ: Trajectory<State>) in τ.rewardsToGo }
        define("Trajectory.rewardsToGo(discount:)") { (τ: Trajectory<State>, γ: Double) in
            τ.rewardsToGo(discount: try checkedDiscount(γ))
        }
        define("Trajectory.finalState") { (τ: Trajectory<State>) in τ.finalState }
        define("Trajectory.count") { (τ: Trajectory<State>) in τ.count }
    }
}

private func gridWorld(_ rows: Int, _ columns: Int, _ horizon: Int, _ slip: Double?) throws -> GridWorld {
    if let problem = GridWorld.problem(rows: rows, columns: columns, horizon: horizon, slip: slip ?? 0) {
        throw problem
    }
    return slip.map { GridWorld(rows: rows, columns: columns, horizon: horizon, slip: $0) }
        ?? GridWorld(rows: rows, columns: columns, horizon: horizon)
}
