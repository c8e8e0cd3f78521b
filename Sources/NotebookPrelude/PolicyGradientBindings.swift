import Autodiff
import Notebook
import PolicyGradient
import TextDisplay

extension GridWorld: ForeignBridged {}
extension Bandit: ForeignBridged {}
extension ChainWorld: ForeignBridged {}
extension ArchitectureWorld: ForeignBridged {}
extension SoftmaxPolicy: ForeignBridged {}
extension LinearPolicy: ForeignBridged {}
extension NetworkPolicy: ForeignBridged {}
extension Trajectory: Bridged, ForeignBridged {}
extension Outcome: Bridged, ForeignBridged where State == Int {}
extension StateValue: ForeignBridged {}
extension EstimatorMoments: ForeignBridged {}
extension EstimatorTable: ForeignBridged {}

/// Any of the policies for finite worlds, for functions that take one.
struct AnyPolicy: FinitePolicy, Bridged {
    var policy: any FinitePolicy
    var parameters: [Parameter<Double>] {
        get { policy.parameters }
        set { policy.parameters = newValue }
    }
    var stateCount: Int { policy.stateCount }
    var actionCount: Int { policy.actionCount }
    func logits(in states: [Int]) -> Tensor<Double> { policy.logits(in: states) }

    static func bridge(_ value: Value, _ evaluator: Evaluator) -> AnyPolicy? {
        guard case .foreign(let foreign) = value, let policy = foreign.value as? any FinitePolicy else { return nil }
        return AnyPolicy(policy: policy)
    }
    var bridged: Value { .foreign(Value.Foreign(policy, typeName: "\(type(of: policy))")) }
    static var notebookName: String { "Policy" }
}

extension Library {
    mutating func addPolicyGradient() {
        addWorlds()
        addTrajectories()
        addPolicies()
        addExpectations()
        addEstimators()
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
        define("LinearPolicy(for:seed:)") { (world: AnyWorld, seed: Int) in
            try checkFeatures(world)
            return LinearPolicy(for: world, seed: seed)
        }
        define("NetworkPolicy(for:hidden:seed:)") { (world: AnyWorld, hidden: Int, seed: Int) in
            try checkFeatures(world)
            guard 1...10_000 ~= hidden else {
                throw InvalidArgument("the hidden layer has 1 to 10000 units; not \(hidden)")
            }
            return NetworkPolicy(for: world, hidden: hidden, seed: seed)
        }
        define("SoftmaxPolicy.θ") { (π: SoftmaxPolicy) in π.θ }
        define("LinearPolicy.W") { (π: LinearPolicy) in π.W }
        for type in ["SoftmaxPolicy", "LinearPolicy", "NetworkPolicy"] {
            define("\(type).parameterCount") { (π: AnyPolicy) in π.parameterCount }
            define("\(type).parameters") { (π: AnyPolicy) in π.parameters }
            define("\(type).logProbability(of:)") { (π: AnyPolicy, τ: Trajectory<Int>) in
                try check(π, τ)
                return π.logProbability(of: τ)
            }
            define("\(type).logProbabilities(in:)") { (π: AnyPolicy, state: Int) in
                π.logProbabilities(in: try checked(state, π))
            }
            define("\(type).probabilities(in:)") { (π: AnyPolicy, state: Int) in
                π.probabilities(in: try checked(state, π))
            }
            define("\(type).entropy(in:)") { (π: AnyPolicy, state: Int) in π.entropy(in: try checked(state, π)) }
            define("\(type).score(of:in:)") { (π: AnyPolicy, action: Int, state: Int) in
                guard 0..<π.actionCount ~= action else {
                    throw InvalidArgument("there is no action \(action): the actions are 0 to \(π.actionCount - 1)")
                }
                return π.score(of: action, in: try checked(state, π))
            }
        }
        define("GradientChecker.check(of:_:)") { (checker: GradientChecker, π: AnyPolicy, f: Callback) in
            let failure = NotedError()
            let report = checker.check(of: π) { moved in
                failure.value(or: Tensor(0)) {
                    let y = try f(moved.bridged, returning: Tensor<Double>.self)
                    guard y.count == 1 else {
                        throw InvalidArgument("∇ needs a scalar; this tensor has shape \(y.shape)")
                    }
                    return y
                }
            }
            try failure.rethrow()
            return report
        }
        define("rollout(_:in:seed:)") { (π: AnyPolicy, world: AnyWorld, seed: Int) in
            try check(π, world)
            try checkFinite(π)
            return rollout(π, in: world, seed: seed)
        }
        define("rollouts(_:in:count:seed:)") { (π: AnyPolicy, world: AnyWorld, count: Int, seed: Int) in
            try check(π, world)
            try checkFinite(π)
            guard 0...1_000_000 ~= count, count * world.horizon <= 50_000_000 else {
                throw InvalidArgument("count is 0 to 1000000, and no more than 50000000 steps in all; not \(count)")
            }
            return rollouts(π, in: world, count: count, seed: seed)
        }
    }

    private mutating func addExpectations() {
        define("trajectoryCount(in:)") { (world: AnyWorld) in trajectoryCount(in: world) }
        define("expectedReturn(_:in:)") { (π: AnyPolicy, world: AnyWorld) in
            try checkEnumerable(π, world)
            return expectedReturn(π, in: world)
        }
        define("expectation(_:in:of:)") { (π: AnyPolicy, world: AnyWorld, f: Callback) in
            try checkEnumerable(π, world)
            let failure = NotedError()
            let result = expectation(π, in: world) { τ in
                failure.value(or: 0) { try f(τ.bridged, returning: Double.self) }
            }
            try failure.rethrow()
            return result
        }
        define("expectedReturn(_:in:discount:)") { (π: AnyPolicy, world: AnyWorld, γ: Double) in
            try checkEnumerable(π, world)
            return expectedReturn(π, in: world, discount: try checkedDiscount(γ))
        }
        define("optimalReturn(in:)") { (world: AnyWorld) in
            try checkInduction(world)
            return optimalReturn(in: world)
        }
        define("stateValues(of:in:)") { (π: AnyPolicy, world: AnyWorld) in
            try check(π, world)
            try checkInduction(world)
            guard Double(world.stateCount) * Double(world.horizon + 1) <= 5e6 else {
                throw InvalidArgument("the values of \(world.stateCount) states for \(world.horizon) moves do not fit")
            }
            return stateValues(of: π, in: world)
        }
        define("expertPolicy(for:)") { (world: AnyWorld) in
            try checkInduction(world)
            return expertPolicy(for: world)
        }
        define("expertPolicy(for:temperature:)") { (world: AnyWorld, temperature: Double) in
            try checkInduction(world)
            guard temperature >= 1e-6, temperature.isFinite else {
                throw InvalidArgument("a temperature is at least 0.000001; not \(formatted(temperature))")
            }
            return expertPolicy(for: world, temperature: temperature)
        }
    }
}

func check(_ π: AnyPolicy, _ world: AnyWorld) throws {
    guard π.stateCount == world.stateCount, π.actionCount == world.actionCount else {
        throw InvalidArgument(
            "the policy is for \(π.stateCount) states and \(π.actionCount) actions, the world has \(world.stateCount) "
                + "and \(world.actionCount)")
    }
}

/// - Returns: the number of trajectories.
@discardableResult
func checkEnumerable(_ π: AnyPolicy, _ world: AnyWorld) throws -> Double {
    try check(π, world)
    let count = trajectoryCount(in: world)
    guard count <= Double(enumerationLimit) else {
        throw InvalidArgument("the world has more than \(enumerationLimit) trajectories: too many to enumerate")
    }
    // Every step of every trajectory has a row of logits.
    guard count * Double(world.horizon) * Double(world.actionCount) <= 5e7 else {
        throw InvalidArgument("the world's trajectories have too many steps and actions to enumerate")
    }
    return count
}

func checkStates(_ τ: Trajectory<Int>, _ stateCount: Int) throws {
    if let state = τ.states.first(where: { $0 >= stateCount }) {
        throw InvalidArgument("the trajectory visits state \(state); there are \(stateCount) here")
    }
}

func check(_ π: AnyPolicy, _ τ: Trajectory<Int>) throws {
    try checkStates(τ, π.stateCount)
    if let action = τ.actions.first(where: { $0 >= π.actionCount }) {
        throw InvalidArgument("the trajectory takes action \(action); the policy has \(π.actionCount)")
    }
}

func check(_ π: AnyPolicy, _ batch: [Trajectory<Int>]) throws {
    guard !batch.isEmpty else { throw InvalidArgument("the batch is empty") }
    for τ in batch { try check(π, τ) }
}

func checked(_ state: Int, _ π: AnyPolicy) throws -> Int {
    guard 0..<π.stateCount ~= state else {
        throw InvalidArgument("there is no state \(state): the states are 0 to \(π.stateCount - 1)")
    }
    return state
}

func checkedDiscount(_ γ: Double) throws -> Double {
    guard 0...1 ~= γ else { throw InvalidArgument("a discount is 0 to 1; not \(formatted(γ))") }
    return γ
}

private func checkFeatures(_ world: AnyWorld) throws {
    guard Double(world.stateCount) * Double(world.features(of: 0).count) <= 1e7 else {
        throw InvalidArgument("the features of \(world.stateCount) states do not fit")
    }
}

/// A policy whose probabilities are not numbers can't act.
func checkFinite(_ π: some Parameterized<Double>) throws {
    if let wrong = π.parameters.first(where: { !$0.value.sum().value.isFinite }) {
        throw InvalidArgument(
            "the policy's '\(wrong.name)' holds numbers that are not finite: a step that was too large?")
    }
}

/// What backward induction goes through: every state, action and move.
private func checkInduction(_ world: AnyWorld) throws {
    guard Double(world.stateCount) * Double(world.actionCount) * Double(world.horizon) <= 1e8 else {
        throw InvalidArgument(
            "\(world.stateCount) states, \(world.actionCount) actions and \(world.horizon) moves are too many for induction here"
        )
    }
}
