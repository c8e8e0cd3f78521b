import Autodiff
import TextDisplay

/// V(s) ≈ E[G | s], the reward-to-go to be expected from a state, fitted to trajectories by least squares.
///
/// V(s) = φ(s)·v with the v that minimizes Σ (Gᵢ − V(sᵢ))² over all steps. With one feature for each state, V(s) is the mean of the
/// rewards-to-go that followed s, and 0 where no step was taken.
///
///     let V = StateValue(fittedTo: rollouts(π, in: world, count: 200, seed: 1), in: world)
///     V(0)
public struct StateValue: Sendable, CustomStringConvertible {
    /// V(s) of every state.
    public let values: [Double]

    /// A value for each state on its own.
    public init(fittedTo batch: [Trajectory<Int>], in world: some FiniteWorld, discount γ: Double = 1) {
        require(Self.problem(fittedTo: batch, in: world))
        require(PolicyGradient.problem(withDiscount: γ))
        let count = world.stateCount
        var sums = [Double](repeating: 0, count: count), visits = sums
        for τ in batch {
            for (state, G) in zip(τ.states, τ.rewardsToGo(discount: γ)) {
                sums[state] += G
                visits[state] += 1
            }
        }
        values = zip(sums, visits).map { $1 == 0 ? 0 : $0 / $1 }
    }

    /// A value that is linear in the world's features, and so also known in states that were not visited.
    public init(
        fittedTo batch: [Trajectory<Int>], inFeaturesOf world: some FiniteWorld, discount γ: Double = 1
    ) {
        require(Self.problem(fittedTo: batch, in: world))
        require(world.problemOfFeatures)
        require(
            world.features(of: 0).count <= 200, "\(world.features(of: 0).count) features are too many for a regression")
        require(PolicyGradient.problem(withDiscount: γ))
        let features = (0..<world.stateCount).map(world.features(of:))
        // The normal equations Σᵢ φ(sᵢ)φ(sᵢ)ᵀ v = Σᵢ φ(sᵢ) Gᵢ
        var equations = LinearSystem(count: features[0].count)
        for τ in batch {
            for (state, G) in zip(τ.states, τ.rewardsToGo(discount: γ)) {
                equations.add(outerProductOf: features[state], times: 1, right: G)
            }
        }
        let v = equations.solution
        values = features.map { zip($0, v).reduce(0) { $0 + $1.0 * $1.1 } }
    }

    /// V(s)
    public func callAsFunction(_ state: Int) -> Double {
        require(self.problem(of: state))
        return values[state]
    }

    /// Why there is no value of a state, or nil where there is one.
    package func problem(of state: Int) -> InvalidArgument? {
        values.indices ~= state
            ? nil : InvalidArgument("there is no state \(state): the states are 0 to \(values.count - 1)")
    }

    /// Why values can't be fitted to a batch in a world, or nil where they can.
    package static func problem(
        fittedTo batch: [Trajectory<Int>], in world: some FiniteWorld
    ) -> InvalidArgument? {
        for τ in batch {
            if let state = τ.states.first(where: { !(0..<world.stateCount ~= $0) }) {
                return InvalidArgument("the trajectory visits state \(state); there are \(world.stateCount) here")
            }
        }
        return nil
    }

    /// V(s) of every state.
    public var description: String { "V(s) = \(Tensor(values))" }
}

/// Normal equations A x = b with a symmetric A, summed up term by term.
struct LinearSystem {
    private var A: [[Double]]
    private var b: [Double]

    init(count: Int) {
        A = Array(repeating: Array(repeating: 0, count: count), count: count)
        b = Array(repeating: 0, count: count)
    }

    /// A ← A + w φφᵀ,  b ← b + w φ y
    mutating func add(outerProductOf φ: [Double], times w: Double, right y: Double) {
        for i in φ.indices where φ[i] != 0 {
            for j in φ.indices { A[i][j] += w * φ[i] * φ[j] }
            b[i] += w * φ[i] * y
        }
    }

    /// A ← A + w G for a matrix G of inner products,  b ← b + w y
    mutating func add(_ G: [[Double]], _ y: [Double], times w: Double) {
        for i in y.indices {
            for j in y.indices { A[i][j] += w * G[i][j] }
            b[i] += w * y[i]
        }
    }

    /// x, by Gauss's elimination with the largest pivot; 0 for unknowns that no equation decides.
    var solution: [Double] {
        var A = A, b = b
        let count = b.count
        let scale = A.joined().reduce(0) { max($0, abs($1)) }
        var pivots: [(row: Int, column: Int)] = []
        for column in 0..<count {
            let used = Set(pivots.map(\.row))
            guard
                let row = (0..<count).filter({ !used.contains($0) }).max(by: { abs(A[$0][column]) < abs(A[$1][column]) }
                ),
                abs(A[row][column]) > 1e-12 * scale
            else { continue }
            for other in 0..<count where other != row && A[other][column] != 0 {
                let factor = A[other][column] / A[row][column]
                for j in 0..<count { A[other][j] -= factor * A[row][j] }
                b[other] -= factor * b[row]
            }
            pivots.append((row, column))
        }
        var x = [Double](repeating: 0, count: count)
        for (row, column) in pivots { x[column] = b[row] / A[row][column] }
        return x
    }
}
