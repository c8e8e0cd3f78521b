import Autodiff

/// The scores ∇log π(a|s) of every action taken in some trajectories, each computed once.
struct Scores<State: Hashable & Sendable> {
    private struct Choice: Hashable {
        let state: State
        let action: Int
    }
    private var known: [Choice: [Double]] = [:]
    let parameterCount: Int

    init(of trajectories: [Trajectory<State>], under π: some Policy<State>) {
        parameterCount = π.parameterCount
        for step in trajectories.lazy.flatMap(\.steps) {
            let choice = Choice(state: step.state, action: step.action)
            if known[choice] == nil { known[choice] = π.score(of: step.action, in: step.state) }
        }
    }

    /// Σᵢ wᵢ ∇log π(aᵢ|sᵢ)
    @specialized(where State == Int)
    func sum(_ τ: Trajectory<State>, weights: [Double]) -> [Double] {
        var total = [Double](repeating: 0, count: parameterCount)
        for i in 0..<τ.steps.count where weights[i] != 0 {
            let w = weights[i]
            let score = known[Choice(state: τ.steps[i].state, action: τ.steps[i].action)]!
            for k in total.indices { total[k] += w * score[k] }
        }
        return total
    }
}

/// P(τ) = π(τ) p(τ) of every trajectory of an enumerated world.
func probabilities<State>(
    of all: [EnumeratedTrajectory<State>], under π: some Policy<State>
) -> [(trajectory: Trajectory<State>, probability: Double)] {
    let steps = all.flatMap(\.trajectory.steps)
    if steps.isEmpty { return all.map { ($0.trajectory, $0.environmentProbability) } }
    let logProbabilities = π.logProbabilities(of: steps.map(\.action), in: steps.map(\.state)).detached
    let πτ = exp(logProbabilities.sums(ofLengths: all.map(\.trajectory.count))).elements
    return zip(all, πτ).map { ($0.trajectory, $0.environmentProbability * $1) }
}
