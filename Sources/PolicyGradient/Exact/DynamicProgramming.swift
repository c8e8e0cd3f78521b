import Autodiff
import TextDisplay

/// The values of a finite world by backward induction, with the policy's probabilities or with the best action.
///
/// Q(s, a) with k moves left is Σ p(s′|s, a) (r + V(s′) with k − 1 moves left); V is 0 in a terminal state and when no move is left.
private func actionValues(in world: some FiniteWorld, then V: [Double]) -> [[Double]] {
    (0..<world.stateCount).map { state in
        (0..<world.actionCount).map { action in
            world.isTerminal(state)
                ? 0
                : world.outcomes(of: action, in: state).reduce(0) { $0 + $1.probability * ($1.reward + V[$1.state]) }
        }
    }
}

/// Why backward induction takes too long in a world, or nil where it does not: it goes through every state, action and move.
package func problem(ofInductionIn world: some FiniteWorld) -> InvalidArgument? {
    if Double(world.stateCount) * Double(world.actionCount) * Double(world.horizon) <= 1e8 { return nil }
    return InvalidArgument(
        "\(world.stateCount) states, \(world.actionCount) actions and \(world.horizon) moves are too many for induction"
    )
}

/// Why the values of every state for every number of moves do not fit, or nil where they do.
package func problem(ofValuesIn world: some FiniteWorld) -> InvalidArgument? {
    if Double(world.stateCount) * Double(world.horizon + 1) <= 5e6 { return nil }
    return InvalidArgument("the values of \(world.stateCount) states for \(world.horizon) moves do not fit")
}

/// Q(s, a) with the whole horizon left and the best action ever after: V(s′) = maxₐ Q(s′, a).
private func optimalActionValues(in world: some FiniteWorld) -> [[Double]] {
    let zeros = [Double](repeating: 0, count: world.actionCount)
    var Q = [[Double]](repeating: zeros, count: world.stateCount)
    for _ in 0..<world.horizon { Q = actionValues(in: world, then: Q.map { $0.max()! }) }
    return Q
}

/// V(s) of a policy with k = 0, 1, …, horizon moves left: a list of state values for each k.
///
/// V₀ = 0,  Vₖ(s) = Σₐ π(a|s) Σ_s′ p(s′|s, a) (r + Vₖ₋₁(s′)). The last list, at the first state, is J(θ) once more: by a recursion
/// over states (Bellman) and not over trajectories, so that it also reaches worlds too large to enumerate.
public func stateValues(of π: some Policy<Int>, in world: some FiniteWorld) -> [[Double]] {
    require(π.problem(for: world))
    require(problem(ofInductionIn: world))
    require(problem(ofValuesIn: world))
    let probabilities = (0..<world.stateCount).map { π.probabilities(in: $0) }
    var V = [[Double](repeating: 0, count: world.stateCount)]
    for _ in 0..<world.horizon {
        let Q = actionValues(in: world, then: V.last!)
        V.append(zip(probabilities, Q).map { innerProduct($0, $1) })
    }
    return V
}

/// The largest expected return that any policy reaches, also one that knows how many moves are left.
///
/// Vₖ(s) = maxₐ Σ_s′ p(s′|s, a) (r + Vₖ₋₁(s′)). A policy of this library sees the state alone, so that it may stay a little below.
public func optimalReturn(in world: some FiniteWorld) -> Double {
    require(problem(ofInductionIn: world))
    let V = optimalActionValues(in: world).map { $0.max()! }
    return world.initialStates.reduce(0) { $0 + $1.probability * V[$1.state] }
}

/// An expert to imitate: π(a|s) = softmax(Q(s, a)/T), with the best possible values Q when the whole horizon is left.
///
/// - Parameter temperature: T > 0; the smaller, the more surely the expert takes the best action.
public func expertPolicy(for world: some FiniteWorld, temperature: Double = 0.05) -> SoftmaxPolicy {
    require(problem(ofInductionIn: world))
    require(
        temperature >= 1e-6 && temperature.isFinite,
        "a temperature is at least 0.000001; not \(formatted(temperature))")
    let Q = optimalActionValues(in: world)
    return SoftmaxPolicy(logits: Tensor(Q.map { $0.map { $0 / temperature } }))
}
