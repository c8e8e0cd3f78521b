import Autodiff

/// Trajectories with their probabilities, and the score ∇log π(a|s) of every action taken in them, each computed once.
///
/// Everything that is measured about an estimator is a sum over such a sample: all trajectories of a world, or a batch.
struct TrajectorySample<State: Hashable & Sendable> {
    struct Choice: Hashable {
        let state: State
        let action: Int
    }

    let trajectories: [Trajectory<State>]
    /// P(τ) = π(τ) p(τ) of each, or 1/N for a batch.
    let probabilities: [Double]
    let parameterCount: Int
    private let scores: [Choice: [Double]]

    /// Every trajectory of a world, with its probability where `behavior` acts.
    init(enumerating world: some World<State>, under behavior: some Policy<State>, scoresOf π: some Policy<State>) {
        let all = everyTrajectory(of: world)
        let trajectories = all.map { $0.trajectory }
        let steps = trajectories.flatMap(\.steps)
        var probabilities = all.map { $0.environmentProbability }
        if !steps.isEmpty {
            let logProbabilities = behavior.logProbabilities(of: steps.map { $0.action }, in: steps.map { $0.state })
                .detached
            let πτ = exp(logProbabilities.sums(ofLengths: trajectories.map(\.count))).elements
            probabilities = zip(probabilities, πτ).map { $0 * $1 }
        }
        self.init(trajectories, probabilities, scoresOf: π)
    }

    /// A batch, each of whose trajectories counts the same.
    init(_ batch: [Trajectory<State>], scoresOf π: some Policy<State>) {
        self.init(batch, batch.map { _ in 1 / Double(batch.count) }, scoresOf: π)
    }

    @specialized(where State == AnyState, P == AnyPolicy)
    private init<P: Policy<State>>(_ trajectories: [Trajectory<State>], _ probabilities: [Double], scoresOf π: P) {
        self.trajectories = trajectories
        self.probabilities = probabilities
        parameterCount = π.parameterCount
        var scores: [Choice: [Double]] = [:]
        for step in trajectories.lazy.flatMap(\.steps) {
            let choice = Choice(state: step.state, action: step.action)
            if scores[choice] == nil { scores[choice] = π.score(of: step.action, in: step.state) }
        }
        self.scores = scores
    }

    /// The estimate of one trajectory, g(τ) = Σᵢ wᵢ ∇log π(aᵢ|sᵢ).
    @specialized(where State == Int)
    @specialized(where State == AnyState)
    func estimate(_ τ: Trajectory<State>, weights: [Double]) -> [Double] {
        var total = [Double](repeating: 0, count: parameterCount)
        for i in 0..<τ.steps.count where weights[i] != 0 {
            let w = weights[i]
            let score = scores[Choice(state: τ.steps[i].state, action: τ.steps[i].action)]!
            for k in total.indices { total[k] += w * score[k] }
        }
        return total
    }

    /// The estimate of a batch, ĝ = (1/n) Σ g(τ).
    @specialized(where State == AnyState)
    func estimate(_ batch: [Trajectory<State>], weights: StepWeights<State>) -> [Double] {
        var total = [Double](repeating: 0, count: parameterCount)
        for (τ, w) in zip(batch, weights(batch)) {
            let part = estimate(τ, weights: w)
            for k in total.indices { total[k] += part[k] / Double(batch.count) }
        }
        return total
    }
}
