import Autodiff

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
    public var W: Parameter<Double>

    /// A policy for a finite world, of its states' features; the weights are normal with standard deviation ½.
    public init(for world: some FiniteWorld, seed: Int) {
        var generator = RandomGenerator(seed: seed)
        features = world.featureMatrix
        W = Parameter(
            "W", generator.normalTensor(shape: [features.shape[1], world.actionCount], standardDeviation: 0.5))
    }

    public var parameters: [Parameter<Double>] {
        get { [W] }
        set { W = newValue[0] }
    }

    public var stateCount: Int { features.shape[0] }
    public var actionCount: Int { W.shape[1] }
    public func logits(in states: [Int]) -> Tensor<Double> { matmul(features.rows(states), W.tensor) }

    public var description: String { "LinearPolicy of \(features.shape[1]) features, W =\n\(W.value)" }
}
