import Autodiff

/// A table of logits θ, a row for each state and a column for each action: π(a|s) = exp θₛₐ / Σᵦ exp θₛᵦ.
///
/// The simplest policy that can represent every choice in a finite world.
///
///     let world = GridWorld(rows: 2, columns: 3, horizon: 4)
///     let π = SoftmaxPolicy(for: world, seed: 1)
///     π.probabilities(in: 0)      // four numbers that add up to 1
public struct SoftmaxPolicy: FinitePolicy, CustomStringConvertible {
    /// The logits, of shape `[states, actions]`.
    public var θ: Parameter<Double>

    /// A policy for a finite world whose logits are drawn from a normal distribution with standard deviation ½.
    public init(for world: some FiniteWorld, seed: Int) {
        var generator = RandomGenerator(seed: seed)
        self.init(logits: generator.normalTensor(shape: [world.stateCount, world.actionCount], standardDeviation: 0.5))
    }

    /// A policy with the given logits, of shape `[states, actions]`.
    public init(logits: Tensor<Double>) {
        precondition(logits.shape.count == 2, "the logits are a matrix [states, actions], not \(logits.shape)")
        θ = Parameter("θ", logits)
    }

    public var parameters: [Parameter<Double>] {
        get { [θ] }
        set { θ = newValue[0] }
    }

    public var stateCount: Int { θ.shape[0] }
    public var actionCount: Int { θ.shape[1] }
    public func logits(in states: [Int]) -> Tensor<Double> { θ.tensor.rows(states) }

    /// The probabilities π(a|s), a row for each state.
    public var description: String { "SoftmaxPolicy, π(a|s) =\n\(softmax(θ.value))" }
}
