import Autodiff
import TextDisplay

/// The scalar whose gradient is an estimate of the policy gradient ∇J(θ).
///
/// (1/N) Σₙ Σᵢ wₙᵢ log π(aₙᵢ|sₙᵢ), averaged over trajectories; the ``StepWeights`` are numbers through which nothing flows. With
/// the default, the total return, it is REINFORCE (Williams 1992): (1/N) Σₙ r(τₙ) log π(τₙ). With every weight 1 it is the
/// log-likelihood of imitation learning; nothing else changes. Its *value* measures nothing: it is not a loss, and not the
/// performance. The batch must not be empty.
///
///     surrogate(π, batch, weights: .rewardToGo)
public func surrogate<State>(
    _ π: some Policy<State>, _ batch: [Trajectory<State>], weights: StepWeights<State> = .totalReturn
) -> Tensor<Double> {
    require(π.problem(withBatch: batch))
    require(weights.problem(with: batch))
    let steps = batch.flatMap(\.steps)
    if steps.isEmpty { return Tensor(0) }
    let w = Tensor(Array(weights(batch).joined()))
    // (1/N) Σₙ Σᵢ wₙᵢ log π(aₙᵢ|sₙᵢ)
    return (w * π.logProbabilities(of: steps.map { $0.action }, in: steps.map { $0.state })).sum() / Double(batch.count)
}

/// The mean log-likelihood of demonstrations, (1/N) Σₙ log π(τₙ): what imitation learning maximizes.
///
/// It is the ``surrogate(_:_:weights:)`` with every weight 1.
public func logLikelihood<State>(
    _ π: some Policy<State>, _ demonstrations: [Trajectory<State>]
) -> Tensor<Double> {
    require(π.problem(withBatch: demonstrations))
    return surrogate(π, demonstrations, weights: .one)
}

/// The mean entropy bonus of a batch, (1/N) Σₙ Σᵢ H(π(·|sₙᵢ)), differentiable, averaged over trajectories.
///
/// Added to a surrogate with a small factor it keeps the policy from becoming certain too early (Williams and Peng 1991).
/// The gradient is that of the entropy *in the states visited*; that the policy also decides which states it visits is left
/// out. It is a change of the objective: with it, the estimate is biased for ∇J by design.
public func entropyBonus<State>(_ π: some Policy<State>, _ batch: [Trajectory<State>]) -> Tensor<Double> {
    require(π.problem(withBatch: batch))
    // Every state once, times the number of visits, in the order of the first visit.
    var order: [State] = []
    var visits: [State: Double] = [:]
    for state in batch.flatMap(\.states) {
        if visits[state] == nil { order.append(state) }
        visits[state, default: 0] += 1
    }
    return order.reduce(Tensor(0)) { $0 + visits[$1]! * π.entropy(in: $1) } / Double(batch.count)
}

/// PPO's clipped surrogate (Schulman et al. 2017, equation 7), for several steps on one batch of the old policy π′.
///
/// (1/N) Σₙ Σᵢ min(ρᵢ Aᵢ, clip(ρᵢ, 1 − ε, 1 + ε) Aᵢ) with ρᵢ = π(aᵢ|sᵢ)/π′(aᵢ|sᵢ), averaged over trajectories. At π = π′ its gradient is
/// the surrogate's with the weights A. Once a ratio has left 1 ± ε in the direction that its advantage rewards, its
/// gradient is zero: the batch has said what it can say. Biased away from π′, deliberately: it also leaves out how the new policy
/// changes the states that are visited.
///
/// - Parameters:
///   - advantages: the weights Aᵢ, such as `.rewardToGo - .value(V)`.
///   - ε: how far a probability may move, relative to itself.
public func clippedSurrogate<State>(
    _ π: some Policy<State>, _ batch: [Trajectory<State>], from old: some Policy<State>,
    advantages: StepWeights<State>, clip ε: Double = 0.2
) -> Tensor<Double> {
    require(π.problem(withBatch: batch))
    require(old.problem(with: batch))
    require(advantages.problem(with: batch))
    require(0...1 ~= ε, "ε is 0 to 1; not \(formatted(ε))")
    let steps = batch.flatMap(\.steps)
    if steps.isEmpty { return Tensor(0) }
    let (actions, states) = (steps.map { $0.action }, steps.map { $0.state })
    let A = Tensor(Array(advantages(batch).joined()))
    let ρ = exp(π.logProbabilities(of: actions, in: states) - old.logProbabilities(of: actions, in: states).detached)
    return minimum(ρ * A, ρ.clamped(to: 1 - ε...1 + ε) * A).sum() / Double(batch.count)
}
