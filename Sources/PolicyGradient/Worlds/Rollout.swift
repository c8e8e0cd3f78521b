import Autodiff
import TextDisplay

/// One trajectory: the policy acts in the world until the episode is over.
///
/// s₀ ~ p(s₀),  aᵢ ~ π(·|sᵢ),  sᵢ₊₁ ~ p(·|sᵢ, aᵢ). The same seed gives the same trajectory; it is the first that
/// ``rollouts(_:in:count:seed:)`` gives for that seed.
///
///     let world = GridWorld(rows: 2, columns: 3, horizon: 4)
///     let π = SoftmaxPolicy(for: world, seed: 1)
///     let τ = rollout(π, in: world, seed: 7)
///     τ.return
public func rollout<State>(
    _ π: some Policy<State>, in world: some World<State>, seed: Int
) -> Trajectory<State> {
    require(π.problem(samplingIn: world))
    var generator = RandomGenerator(seed: seed, stream: 0)
    return rollout(π, in: world, using: &generator)
}

/// Independent trajectories of a policy, the n-th of them drawn from the n-th stream of the seed.
///
///     let batch = rollouts(π, in: world, count: 256, seed: 7)
///     mean(batch) { $0.return }
public func rollouts<State>(
    _ π: some Policy<State>, in world: some World<State>, count: Int, seed: Int
) -> [Trajectory<State>] {
    require(π.problem(samplingIn: world))
    require(problem(sampling: count, in: world))
    var known: [State: [Double]] = [:]
    return (0..<count).map { n in
        var generator = RandomGenerator(seed: seed, stream: n)
        return rollout(π, in: world, using: &generator, known: &known)
    }
}

/// One trajectory, with random numbers from a generator that the caller holds.
public func rollout<State>(
    _ π: some Policy<State>, in world: some World<State>, using generator: inout RandomGenerator
) -> Trajectory<State> {
    require(π.problem(samplingIn: world))
    var known: [State: [Double]] = [:]
    return rollout(π, in: world, using: &generator, known: &known)
}

/// Why so many trajectories of a world are too many to hold, or nil where they are not.
package func problem(sampling count: Int, in world: some World) -> InvalidArgument? {
    if 0...1_000_000 ~= count, count * min(world.horizon, 50_000_001) <= 50_000_000 { return nil }
    return InvalidArgument("count is 0 to 1000000, and no more than 50000000 steps in all; not \(count)")
}

/// - Parameter known: π(·|s) of the states met before; a batch meets most of them again and again.
@specialized(where P == AnyPolicy, W == AnyWorld)
private func rollout<P: Policy, W: World<P.State>>(
    _ π: P, in world: W, using generator: inout RandomGenerator, known: inout [P.State: [Double]]
) -> Trajectory<P.State> {
    let initial = world.initialStates
    var state = initial[generator.categorical(initial.map { $0.probability })].state
    var steps: [Trajectory<P.State>.Step] = []
    while steps.count < world.horizon && !world.isTerminal(state) {
        let probabilities = known[state] ?? π.probabilities(in: state)
        if known.count < 100_000 { known[state] = probabilities }
        let action = generator.categorical(probabilities)
        let outcomes = world.outcomes(of: action, in: state)
        let outcome = outcomes[generator.categorical(outcomes.map { $0.probability })]
        steps.append(.init(state: state, action: action, reward: outcome.reward))
        state = outcome.state
    }
    return Trajectory(steps: steps, finalState: state)
}
