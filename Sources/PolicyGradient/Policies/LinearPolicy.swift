import Autodiff
import TextDisplay

/// Logits that are linear in the features of the state: π(·|s) = softmax(φ(s) W).
///
/// What it learns in one state it knows in all that look alike; what the features do not tell apart, it cannot.
///
///     let world = GridWorld(rows: 2, columns: 3, horizon: 4)
///     let π = LinearPolicy(for: world, seed: 1)
///     π.parameterCount            // 3 features × 4 actions = 12
public struct LinearPolicy: FinitePolicy, CustomStringConvertible {
    /// φ(s), a row for each state: shape `[states, features]`.
    public let features: Tensor<Double>
    /// The weights W, of shape `[features, actions]`.
    public var W: Parameter<Double> {
        get { weights }
        set {
            require(Self.problem(setting: [newValue], to: [self.W]))
            weights = newValue
        }
    }
    private var weights: Parameter<Double>

    /// A policy for a finite world, of its states' features; the weights are normal with standard deviation ½.
    public init(for world: some FiniteWorld, seed: Int) {
        require(world.problemOfFeatures)
        var generator = RandomGenerator(seed: seed)
        features = world.featureMatrix
        weights = Parameter(
            "W", generator.normalTensor(shape: [features.shape[1], world.actionCount], standardDeviation: 0.5))
    }

    /// W alone.
    public var parameters: [Parameter<Double>] {
        get { [W] }
        set {
            require(Self.problem(setting: newValue, to: self.parameters))
            W = newValue[0]
        }
    }

    /// The number of states that the policy knows.
    public var stateCount: Int { features.shape[0] }
    /// The number of actions in each of them.
    public var actionCount: Int { W.shape[1] }
    /// The logits of the given states, a row for each: shape `[states.count, actions]`.
    public func logits(in states: [Int]) -> Tensor<Double> { matmul(features.rows(states), W.tensor) }

    /// The number of features, and W.
    public var description: String { "LinearPolicy of \(features.shape[1]) features, W =\n\(W.value)" }
}
