import Autodiff
import TextDisplay

/// A trajectory with the environment's part of its probability: p(s₀) Πᵢ p(sᵢ₊₁|sᵢ, aᵢ).
public struct EnumeratedTrajectory<State: Hashable & Sendable>: Sendable {
    /// The trajectory τ.
    public let trajectory: Trajectory<State>
    /// The environment's part of its probability; times π(τ) it is the probability of τ.
    public let environmentProbability: Double
}

extension EnumeratedTrajectory: CustomStringConvertible {
    /// The trajectory and the environment's part of its probability.
    public var description: String { "\(trajectory), p = \(formatted(environmentProbability))" }
}

/// More trajectories than this are not enumerated.
public let enumerationLimit = 1_000_000

/// Every trajectory that a world can produce, whatever the policy.
///
/// There must be at most ``enumerationLimit`` of them: ask `trajectoryCount(in:)` first.
public func enumerate<State>(_ world: some World<State>) -> [EnumeratedTrajectory<State>] {
    require(problem(enumerating: trajectoryCount(in: world), of: world))
    return everyTrajectory(of: world)
}

/// Depth first: every action in every state, and everything that may come of it.
@specialized(where W == AnyWorld)
func everyTrajectory<W: World>(of world: W) -> [EnumeratedTrajectory<W.State>] {
    var found: [EnumeratedTrajectory<W.State>] = []
    var steps: [Trajectory<W.State>.Step] = []
    func visit(_ state: W.State, _ probability: Double) {
        if steps.count == world.horizon || world.isTerminal(state) {
            found.append(
                EnumeratedTrajectory(
                    trajectory: Trajectory(steps: steps, finalState: state), environmentProbability: probability))
            return
        }
        for action in 0..<world.actionCount(in: state) {
            for outcome in world.outcomes(of: action, in: state) {
                steps.append(.init(state: state, action: action, reward: outcome.reward))
                visit(outcome.state, probability * outcome.probability)
                steps.removeLast()
            }
        }
    }
    for (state, probability) in world.initialStates { visit(state, probability) }
    return found
}

/// Why every trajectory of a world can't be enumerated, or nil where it can.
///
/// - Parameter count: how many there are.
package func problem(enumerating count: Double, of world: some World) -> InvalidArgument? {
    if count > Double(enumerationLimit) {
        return InvalidArgument("the world has more than \(enumerationLimit) trajectories: too many to enumerate")
    }
    return count * Double(world.horizon) <= 5e7
        ? nil : InvalidArgument("the world's trajectories have too many steps to enumerate")
}

/// The number of trajectories that a world can produce, counted state by state without making them.
///
/// A floating-point number because it grows as (actions × outcomes)^horizon. Counting stops, with ∞, once it exceeds
/// ``enumerationLimit``.
@specialized(where W == AnyWorld)
public func trajectoryCount<W: World>(in world: W) -> Double {
    // The number of ways to have reached each state, time step by time step.
    var ways: [W.State: Double] = [:]
    for (state, _) in world.initialStates { ways[state, default: 0] += 1 }
    var ended = 0.0
    for _ in 0..<world.horizon {
        var next: [W.State: Double] = [:]
        var total = 0.0
        for (state, count) in ways {
            if world.isTerminal(state) {
                ended += count
                continue
            }
            for action in 0..<world.actionCount(in: state) {
                for outcome in world.outcomes(of: action, in: state) {
                    next[outcome.state, default: 0] += count
                    total += count
                }
                if ended + total > Double(enumerationLimit) { return .infinity }
            }
        }
        ways = next
    }
    return ended + ways.values.reduce(0, +)
}

/// The exact expectation of a function of the trajectory, as a differentiable scalar.
///
/// E[f(τ)] = Σ_τ π(τ) p(τ) f(τ), the sum over every trajectory of the world; π(τ) = Πᵢ π(aᵢ|sᵢ) depends on θ. The
/// world must have at most ``enumerationLimit`` trajectories.
public func expectation<State>(
    _ π: some Policy<State>, in world: some World<State>, of f: (Trajectory<State>) -> Double
) -> Tensor<Double> {
    require(π.problem(enumerating: world))
    return summed(π, over: world, f)
}

/// Σ_τ π(τ) p(τ) f(τ)
@specialized(where P == AnyPolicy, W == AnyWorld)
private func summed<P: Policy, W: World<P.State>>(
    _ π: P, over world: W, _ f: (Trajectory<P.State>) -> Double
) -> Tensor<Double> {
    let all = everyTrajectory(of: world)
    let steps = all.flatMap(\.trajectory.steps)
    if steps.isEmpty { return Tensor(all.reduce(0) { $0 + $1.environmentProbability * f($1.trajectory) }) }
    // All steps of all trajectories at once, so that the graph has six nodes and not millions.
    let logProbabilities = π.logProbabilities(of: steps.map { $0.action }, in: steps.map { $0.state })
    let πτ = exp(logProbabilities.sums(ofLengths: all.map(\.trajectory.count)))
    return (πτ * Tensor(all.map { $0.environmentProbability * f($0.trajectory) })).sum()
}

/// The expected return J(θ) = E[r(τ)], exactly, by enumerating every trajectory.
///
/// `∇expectedReturn(π, in: world)` is therefore the true policy gradient, against which every estimator can be held. The
/// world must have at most ``enumerationLimit`` trajectories.
///
///     let world = GridWorld(rows: 2, columns: 3, horizon: 4)
///     let π = SoftmaxPolicy(for: world, seed: 1)
///     ∇expectedReturn(π, in: world)
public func expectedReturn<State>(_ π: some Policy<State>, in world: some World<State>) -> Tensor<Double> {
    require(π.problem(enumerating: world))
    return expectation(π, in: world) { $0.return }
}

/// The expected discounted return E[Σᵢ γⁱ rᵢ], exactly, by enumerating every trajectory.
public func expectedReturn<State>(
    _ π: some Policy<State>, in world: some World<State>, discount γ: Double
) -> Tensor<Double> {
    require(π.problem(enumerating: world))
    require(PolicyGradient.problem(withDiscount: γ))
    return expectation(π, in: world) { $0.discountedReturn(γ) }
}
