import Autodiff
import TextDisplay

/// A table of logits θ, a row for each state and a column for each action: π(a|s) = exp θₛₐ / Σᵦ exp θₛᵦ.
///
/// The simplest policy that can represent every choice in a finite world.
///
///     let world = GridWorld(rows: 2, columns: 3, horizon: 4)
///     let π = SoftmaxPolicy(for: world, seed: 1)
///     π.probabilities(in: 0)      // four numbers that add up to 1
public struct SoftmaxPolicy: FinitePolicy, CustomStringConvertible {
    /// The logits, of shape `[states, actions]`.
    public var θ: Parameter<Double> {
        get { logits }
        set {
            require(Self.problem(setting: [newValue], to: [self.θ]))
            logits = newValue
        }
    }
    private var logits: Parameter<Double>

    /// A policy for a finite world whose logits are drawn from a normal distribution with standard deviation ½.
    public init(for world: some FiniteWorld, seed: Int) {
        var generator = RandomGenerator(seed: seed)
        self.init(logits: generator.normalTensor(shape: [world.stateCount, world.actionCount], standardDeviation: 0.5))
    }

    /// A policy with the given logits, of shape `[states, actions]`.
    public init(logits: Tensor<Double>) {
        require(
            logits.shape.count == 2 && logits.count > 0,
            "the logits are a matrix [states, actions]; this tensor has shape \(logits.shape)")
        self.logits = Parameter("θ", logits)
    }

    /// θ alone.
    public var parameters: [Parameter<Double>] {
        get { [θ] }
        set {
            require(Self.problem(setting: newValue, to: self.parameters))
            θ = newValue[0]
        }
    }

    /// The number of states that the policy knows.
    public var stateCount: Int { θ.shape[0] }
    /// The number of actions in each of them.
    public var actionCount: Int { θ.shape[1] }
    /// The logits of the given states, a row for each: shape `[states.count, actions]`.
    public func logits(in states: [Int]) -> Tensor<Double> { θ.tensor.rows(states) }

    /// The probabilities π(a|s), a row for each state.
    public var description: String { "SoftmaxPolicy, π(a|s) =\n\(softmax(θ.value))" }
}
