import Autodiff
import Notebook
import PolicyGradient
import TextDisplay

extension Library {
    mutating func addEstimators() {
        addWeights()
        addBaselines()
        addSurrogates()
        addMoments()
    }

    private mutating func addWeights() {
        define(constant: "StepWeights.one", AnyWeights(.one, .one))
        define(constant: "StepWeights.totalReturn", AnyWeights(.totalReturn, .totalReturn))
        define(constant: "StepWeights.rewardToGo", AnyWeights(.rewardToGo, .rewardToGo))
        define("static StepWeights.rewardToGo(discount:)") { (γ: Double) in
            let γ = try checkedDiscount(γ)
            return AnyWeights(.rewardToGo(discount: γ), .rewardToGo(discount: γ))
        }
        define("static StepWeights.discounted(_:)") { (γ: Double) in
            let γ = try checkedDiscount(γ)
            return AnyWeights(.discounted(γ), .discounted(γ))
        }
        define("StepWeights(_:_:)") { (name: String, f: Callback) in AnyWeights(name, f) }
        define("StepWeights.name") { (w: AnyWeights) in w.states?.name ?? w.tokens?.name }
        define("StepWeights.normalized") { (w: AnyWeights) in
            try w.combined(w.states?.normalized, w.tokens?.normalized)
        }
        define(operator: "-") { (w: AnyWeights, b: AnyBaseline) in
            let states = w.states.flatMap { w in b.states.map { w - $0 } }
            var result = try w.combined(states, w.tokens.flatMap { w in b.tokens.map { w - $0 } })
            result.failure = .both(w.failure, b.failure)
            result.stateCount = [w.stateCount, b.stateCount].compactMap(\.self).min()
            return result
        }
        define("StepWeights.importanceWeighted(from:to:)") { (w: AnyWeights, old: AnyPolicy, π: AnyPolicy) in
            guard old.stateCount == π.stateCount, old.actionCount == π.actionCount else {
                throw InvalidArgument("the two policies are for different worlds")
            }
            var result = try w.combined(w.states?.importanceWeighted(from: old, to: π), nil)
            result.stateCount = min(w.stateCount ?? .max, π.stateCount)
            result.actionCount = min(w.actionCount ?? .max, π.actionCount)
            return result
        }
        define("importanceWeights(of:from:to:)") { (batch: [Trajectory<Int>], old: AnyPolicy, π: AnyPolicy) in
            for τ in batch {
                try check(old, τ)
                try check(π, τ)
            }
            return importanceWeights(of: batch, from: old, to: π)
        }
    }

    private mutating func addBaselines() {
        define(constant: "Baseline.batchMean", AnyBaseline(states: .batchMean, tokens: .batchMean))
        define(constant: "Baseline.leaveOneOut", AnyBaseline(states: .leaveOneOut, tokens: .leaveOneOut))
        define("static Baseline.constant(_:)") { (b: Double) in
            AnyBaseline(states: .constant(b), tokens: .constant(b))
        }
        define("Baseline(_:_:)") { (name: String, b: Callback) in AnyBaseline(name, b) }
        define("static Baseline.value(_:)") { (V: StateValue) in
            var baseline = AnyBaseline(states: .value(V), tokens: nil)
            baseline.stateCount = V.values.count
            return baseline
        }
        define("static Baseline.varianceMinimizing(_:in:)") { (π: AnyPolicy, world: AnyWorld) in
            try checkMoments(π, world)
            return AnyBaseline(states: .varianceMinimizing(π, in: world), tokens: nil)
        }
        define("static Baseline.varianceMinimizing(for:_:in:)") { (w: AnyWeights, π: AnyPolicy, world: AnyWorld) in
            try checkMoments(π, world)
            let result = Baseline.varianceMinimizing(for: try ofStates(w, in: world), π, in: world)
            try w.failure?.rethrow()
            return AnyBaseline(states: result, tokens: nil)
        }
        define("static Baseline.varianceMinimizingPerState(_:in:)") { (π: AnyPolicy, world: AnyWorld) in
            try checkMoments(π, world)
            return AnyBaseline(states: .varianceMinimizingPerState(π, in: world), tokens: nil)
        }
        define("StateValue(fittedTo:in:)") { (batch: [Trajectory<Int>], world: AnyWorld) in
            for τ in batch { try checkStates(τ, world.stateCount) }
            return StateValue(fittedTo: batch, in: world)
        }
        define("StateValue(fittedTo:inFeaturesOf:)") { (batch: [Trajectory<Int>], world: AnyWorld) in
            for τ in batch { try checkStates(τ, world.stateCount) }
            guard world.features(of: 0).count <= 200 else {
                throw InvalidArgument("\(world.features(of: 0).count) features are too many for a regression here")
            }
            return StateValue(fittedTo: batch, inFeaturesOf: world)
        }
        define("static Baseline.varianceMinimizing(_:estimatedFrom:)") { (π: AnyPolicy, batch: [Trajectory<Int>]) in
            try check(π, batch)
            return AnyBaseline(states: .varianceMinimizing(π, estimatedFrom: batch), tokens: nil)
        }
        define("static Baseline.varianceMinimizingPerState(for:_:in:)") {
            (w: AnyWeights, π: AnyPolicy, world: AnyWorld) in
            try checkMoments(π, world)
            let result = Baseline.varianceMinimizingPerState(for: try ofStates(w, in: world), π, in: world)
            try w.failure?.rethrow()
            return AnyBaseline(states: result, tokens: nil)
        }
        define("StateValue.callAsFunction(_:)") { (V: StateValue, state: Int) in
            guard V.values.indices ~= state else {
                throw InvalidArgument("there is no state \(state): the states are 0 to \(V.values.count - 1)")
            }
            return V(state)
        }
        define("StateValue.values") { (V: StateValue) in V.values }
    }

    private mutating func addSurrogates() {
        addSteps(of: AnyPolicy.self, atMost: 100_000)
        addSurrogates(of: AnyPolicy.self, check: { try check($0, $1) }, weights: { try ofStates($0, on: $1) })
        define("clippedSurrogate(_:_:from:advantages:)") {
            (π: AnyPolicy, batch: [Trajectory<Int>], old: AnyPolicy, A: AnyWeights) in
            try clipped(π, batch, old, A, nil)
        }
        define("clippedSurrogate(_:_:from:advantages:clip:)") {
            (π: AnyPolicy, batch: [Trajectory<Int>], old: AnyPolicy, A: AnyWeights, ε: Double) in
            try clipped(π, batch, old, A, ε)
        }
    }

    private mutating func addMoments() {
        define("exactMoments(of:_:in:)") { (w: AnyWeights, π: AnyPolicy, world: AnyWorld) in
            try moments(w, π, π, world, 1)
        }
        define("exactMoments(of:_:in:batch:)") { (w: AnyWeights, π: AnyPolicy, world: AnyWorld, n: Int) in
            try moments(w, π, π, world, n)
        }
        define("exactMoments(of:_:sampledFrom:in:)") {
            (w: AnyWeights, π: AnyPolicy, old: AnyPolicy, world: AnyWorld) in
            try moments(w, π, old, world, 1)
        }
        define("sampledMoments(of:_:in:count:seed:)") {
            (w: AnyWeights, π: AnyPolicy, world: AnyWorld, count: Int, seed: Int) in
            try sampled(w, π, world, count, 1, seed)
        }
        define("sampledMoments(of:_:in:count:batch:seed:)") {
            (w: AnyWeights, π: AnyPolicy, world: AnyWorld, count: Int, n: Int, seed: Int) in
            try sampled(w, π, world, count, n, seed)
        }
        define("compareEstimators(_:_:in:samples:seed:)") {
            (all: [AnyWeights], π: AnyPolicy, world: AnyWorld, samples: Int, seed: Int) in
            try checkMoments(π, world)
            try checkSamples(samples, 1, world)
            let estimators = try all.map { try ofStates($0, in: world) }
            if let wrong = estimators.first(where: { !$0.isPerTrajectory }) {
                throw InvalidArgument("'\(wrong.name)' depends on the batch: use exactMoments(of:_:in:batch:)")
            }
            let table = compareEstimators(estimators, π, in: world, samples: samples, seed: seed)
            // All are asked before the first error is thrown, so that none stays noted.
            let errors = all.map { w in Result { try w.failure?.rethrow() } }
            for error in errors { try error.get() }
            return table
        }
        define("EstimatorMoments.name") { (m: EstimatorMoments) in m.name }
        define("EstimatorMoments.mean") { (m: EstimatorMoments) in m.mean }
        define("EstimatorMoments.variance") { (m: EstimatorMoments) in m.variance }
        define("EstimatorMoments.variances") { (m: EstimatorMoments) in m.variances }
        define("EstimatorMoments.covariance") { (m: EstimatorMoments) in m.covariance }
        define("EstimatorMoments.standardErrors") { (m: EstimatorMoments) in m.standardErrors }
        define("EstimatorMoments.worstDeviation(from:)") { (m: EstimatorMoments, truth: [Double]) in
            guard truth.count == m.mean.count else {
                throw InvalidArgument("\(truth.count) components for \(m.mean.count) parameters")
            }
            return m.worstDeviation(from: truth)
        }
    }
}

/// The weights for a world of that many states and actions.
private func ofStates(_ w: AnyWeights, _ stateCount: Int, _ actionCount: Int) throws -> StepWeights<Int> {
    guard let states = w.states else {
        throw InvalidArgument("these weights are for token worlds, and the trajectories are not")
    }
    guard stateCount <= w.stateCount ?? .max, actionCount <= w.actionCount ?? .max else {
        throw InvalidArgument(
            "the weights '\(states.name)' are for \(w.stateCount ?? 0) states"
                + (w.actionCount.map { " and \($0) actions" } ?? "")
                + "; here there are \(stateCount) and \(actionCount)")
    }
    return states
}

private func ofStates(_ w: AnyWeights, in world: AnyWorld) throws -> StepWeights<Int> {
    try ofStates(w, world.stateCount, world.actionCount)
}

private func ofStates(_ w: AnyWeights, on batch: [Trajectory<Int>]) throws -> StepWeights<Int> {
    let steps = batch.lazy.flatMap(\.steps)
    return try ofStates(w, (steps.map(\.state).max() ?? -1) + 1, (steps.map(\.action).max() ?? -1) + 1)
}

private func clipped(
    _ π: AnyPolicy, _ batch: [Trajectory<Int>], _ old: AnyPolicy, _ A: AnyWeights, _ ε: Double?
) throws -> Tensor<Double> {
    try check(π, batch)
    try check(old, batch)
    if let ε, !(0...1 ~= ε) { throw InvalidArgument("ε is 0 to 1; not \(formatted(ε))") }
    let advantages = try ofStates(A, on: batch)
    let result =
        ε.map { clippedSurrogate(π, batch, from: old, advantages: advantages, clip: $0) }
        ?? clippedSurrogate(π, batch, from: old, advantages: advantages)
    try A.failure?.rethrow()
    return result
}

/// - Returns: the number of trajectories.
@discardableResult
private func checkMoments(_ π: AnyPolicy, _ world: AnyWorld) throws -> Double {
    let count = try checkEnumerable(π, world)
    try checkFinite(π)
    let parameters = Double(π.parameterCount)
    guard parameters <= 500, count * parameters * parameters <= 1e10 else {
        throw InvalidArgument("the covariance of \(π.parameterCount) parameters takes too long to enumerate here")
    }
    return count
}

private func checkSamples(_ count: Int, _ n: Int, _ world: AnyWorld) throws {
    guard 2...1_000_000 ~= count, 1...1_000_000 ~= n, count * n <= 1_000_000, count * n * world.horizon <= 50_000_000
    else {
        throw InvalidArgument(
            "2 to 1000000 trajectories in all are sampled, in batches of at least 1; not \(count) × \(n)")
    }
}

private func moments(
    _ w: AnyWeights, _ π: AnyPolicy, _ behavior: AnyPolicy, _ world: AnyWorld, _ n: Int
) throws -> EstimatorMoments {
    let count = try checkMoments(π, world)
    try check(behavior, world)
    let weights = try ofStates(w, in: world)
    guard n > 0 else { throw InvalidArgument("a batch has at least one trajectory; not \(n)") }
    // A count to the power of n; 2²⁰ is over the limit, and 1 to any power goes n calls deep.
    let batches = (0..<min(n, 20)).reduce(1.0) { batches, _ in batches * count }
    guard weights.isPerTrajectory || (n <= 20 && batches <= Double(enumerationLimit)) else {
        throw InvalidArgument(
            "'\(weights.name)' depends on the batch, and there are more than \(enumerationLimit) batches of \(n)")
    }
    let result = exactMoments(of: weights, π, sampledFrom: behavior, in: world, batch: n)
    try w.failure?.rethrow()
    return result
}

private func sampled(
    _ w: AnyWeights, _ π: AnyPolicy, _ world: AnyWorld, _ count: Int, _ n: Int, _ seed: Int
) throws -> EstimatorMoments {
    try check(π, world)
    try checkSamples(count, n, world)
    guard π.parameterCount <= 500 else {
        throw InvalidArgument("the covariance of \(π.parameterCount) parameters is too large here")
    }
    let result = sampledMoments(of: try ofStates(w, in: world), π, in: world, count: count, batch: n, seed: seed)
    try w.failure?.rethrow()
    return result
}
