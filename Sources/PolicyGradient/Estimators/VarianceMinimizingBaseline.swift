import Autodiff
import TextDisplay

// The estimate of one trajectory is g(τ) = Σᵢ wᵢ zᵢ with the scores zᵢ = ∇log π(aᵢ|sᵢ). A baseline b = Σₖ vₖ φₖ(s) makes it
// g − Σₖ vₖ uₖ with uₖ = Σᵢ φₖ(sᵢ) zᵢ. Since E[uₖ] = 0, the expectation stays, and the variance E‖g − Σₖ vₖ uₖ‖² − ‖E g‖² is least where v
// solves a least-squares problem:
//
//     Σₗ E[uₖ·uₗ] vₗ = E[uₖ·g]      for every k
//
// With one constant φ it is b* = E[‖∇log π(τ)‖² r(τ)] / E[‖∇log π(τ)‖²] for the total return (Greensmith, Bartlett and Baxter 2004).

extension Baseline {
    /// The constant that makes the variance of an estimator smallest, exactly, by enumeration. Unbiased.
    ///
    /// For the total return, b* = E[‖∇log π(τ)‖² r(τ)] / E[‖∇log π(τ)‖²]: the mean return, with trajectories of long scores counting more.
    /// The world must have at most ``enumerationLimit`` trajectories.
    public static func varianceMinimizing(
        for weights: StepWeights<State> = .totalReturn, _ π: some Policy<State>, in world: some World<State>
    ) -> Baseline {
        require(π.problem(ofMomentsIn: world))
        require(weights.problem(in: world))
        let all = TrajectorySample(enumerating: world, under: π, scoresOf: π)
        let b = solved(weights, all, features: [{ _ in 1 }])[0]
        return Baseline("variance-minimizing constant") { _ in b }
    }

    /// The estimate of the same constant from a batch. Unbiased for batches other than this one.
    public static func varianceMinimizing(
        for weights: StepWeights<State> = .totalReturn, _ π: some Policy<State>,
        estimatedFrom batch: [Trajectory<State>]
    ) -> Baseline {
        require(π.problem(withBatch: batch))
        require(π.problemOfParameters)
        require(weights.problem(with: batch))
        let b = solved(weights, TrajectorySample(batch, scoresOf: π), features: [{ _ in 1 }])[0]
        return Baseline("variance-minimizing constant") { _ in b }
    }

    /// The function of the state that makes the variance of an estimator smallest, exactly, by enumeration. Unbiased.
    ///
    /// No other baseline that depends on the state alone has less variance with these weights.
    public static func varianceMinimizingPerState(
        for weights: StepWeights<State> = .rewardToGo, _ π: some Policy<State>, in world: some World<State>
    ) -> Baseline {
        require(π.problem(ofMomentsIn: world))
        require(weights.problem(in: world))
        let all = TrajectorySample(enumerating: world, under: π, scoresOf: π)
        var order: [State: Int] = [:]
        for state in all.trajectories.flatMap(\.states) where order[state] == nil { order[state] = order.count }
        let numbers = order
        let v = solved(
            weights, all,
            features: (0..<numbers.count).map { k in { @Sendable (state: State) in numbers[state] == k ? 1 : 0 } })
        return Baseline("variance-minimizing b(s)") { numbers[$0].map { v[$0] } ?? 0 }
    }

    private static func solved(
        _ weights: StepWeights<State>, _ sample: TrajectorySample<State>, features φ: [@Sendable (State) -> Double]
    ) -> [Double] {
        var equations = LinearSystem(count: φ.count)
        for ((τ, probability), w) in zip(
            zip(sample.trajectories, sample.probabilities), weights(sample.trajectories))
        {
            let states = τ.states
            let g = sample.estimate(τ, weights: w)
            let visited = φ.indices.filter { k in states.contains { φ[k]($0) != 0 } }
            let u = visited.map { k in sample.estimate(τ, weights: states.map { φ[k]($0) }) }
            var G = [[Double]](repeating: [Double](repeating: 0, count: φ.count), count: φ.count)
            var y = [Double](repeating: 0, count: φ.count)
            for (i, k) in visited.enumerated() {
                for (j, l) in visited.enumerated() { G[k][l] = innerProduct(u[i], u[j]) }
                y[k] = innerProduct(u[i], g)
            }
            equations.add(G, y, times: probability)
        }
        return equations.solution
    }
}

func innerProduct(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
