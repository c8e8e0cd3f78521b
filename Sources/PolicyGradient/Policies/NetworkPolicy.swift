import Autodiff
import TextDisplay

/// A small network from the features of the state to the logits: π(·|s) = softmax(tanh(φ(s) W₁ + b₁) W₂ + b₂).
///
///     let world = GridWorld(rows: 2, columns: 3, horizon: 4)
///     NetworkPolicy(for: world, hidden: 8, seed: 1)
public struct NetworkPolicy: FinitePolicy, CustomStringConvertible {
    /// φ(s), a row for each state: shape `[states, features]`.
    public let features: Tensor<Double>
    /// W₁ `[features, hidden]`, b₁ `[1, hidden]`, W₂ `[hidden, actions]`, b₂ `[1, actions]`.
    public var parameters: [Parameter<Double>] {
        get { weights }
        set {
            require(Self.problem(setting: newValue, to: self.parameters))
            weights = newValue
        }
    }
    private var weights: [Parameter<Double>]

    /// A policy for a finite world. Weights start normal with variance 1/(number of inputs), biases at zero.
    public init(for world: some FiniteWorld, hidden: Int, seed: Int) {
        require(world.problemOfFeatures)
        require(1...10_000 ~= hidden, "the hidden layer has 1 to 10000 units; not \(hidden)")
        var generator = RandomGenerator(seed: seed)
        features = world.featureMatrix
        func matrix(_ name: String, _ inputs: Int, _ outputs: Int) -> Parameter<Double> {
            let deviation = 1 / Double(inputs).squareRoot()
            return Parameter(name, generator.normalTensor(shape: [inputs, outputs], standardDeviation: deviation))
        }
        func bias(_ name: String, _ count: Int) -> Parameter<Double> {
            Parameter(name, Tensor(repeating: 0, shape: [1, count]))
        }
        weights = [
            matrix("W₁", features.shape[1], hidden), bias("b₁", hidden),
            matrix("W₂", hidden, world.actionCount), bias("b₂", world.actionCount),
        ]
    }

    /// The number of states that the policy knows.
    public var stateCount: Int { features.shape[0] }
    /// The number of actions in each of them.
    public var actionCount: Int { weights[3].shape[1] }

    /// The logits of the given states, a row for each: shape `[states.count, actions]`.
    public func logits(in states: [Int]) -> Tensor<Double> {
        let hidden = tanh(matmul(features.rows(states), weights[0].tensor) + weights[1].tensor)
        return matmul(hidden, weights[2].tensor) + weights[3].tensor
    }

    /// The sizes.
    public var description: String {
        "NetworkPolicy: \(features.shape[1]) features → \(parameters[1].shape[1]) tanh → \(actionCount) actions; "
            + "\(parameterCount) parameters"
    }
}
