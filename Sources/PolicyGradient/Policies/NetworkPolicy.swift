import Autodiff

/// A small network from the features of the state to the logits: π(·|s) = softmax(tanh(φ(s) W₁ + b₁) W₂ + b₂).
///
///     let world = GridWorld(rows: 2, columns: 3, horizon: 4)
///     NetworkPolicy(for: world, hidden: 8, seed: 1)
public struct NetworkPolicy: FinitePolicy, CustomStringConvertible {
    /// φ(s), a row for each state: shape `[states, features]`.
    public let features: Tensor<Double>
    /// W₁ `[features, hidden]`, b₁ `[1, hidden]`, W₂ `[hidden, actions]`, b₂ `[1, actions]`.
    public var parameters: [Parameter<Double>]

    /// A policy for a finite world. Weights start normal with variance 1/(number of inputs), biases at zero.
    public init(for world: some FiniteWorld, hidden: Int, seed: Int) {
        precondition(hidden > 0, "the hidden layer has at least one unit, not \(hidden)")
        var generator = RandomGenerator(seed: seed)
        features = world.featureMatrix
        func weights(_ name: String, _ inputs: Int, _ outputs: Int) -> Parameter<Double> {
            let deviation = 1 / Double(inputs).squareRoot()
            return Parameter(name, generator.normalTensor(shape: [inputs, outputs], standardDeviation: deviation))
        }
        func bias(_ name: String, _ count: Int) -> Parameter<Double> {
            Parameter(name, Tensor(repeating: 0, shape: [1, count]))
        }
        parameters = [
            weights("W₁", features.shape[1], hidden), bias("b₁", hidden),
            weights("W₂", hidden, world.actionCount), bias("b₂", world.actionCount),
        ]
    }

    public var stateCount: Int { features.shape[0] }
    public var actionCount: Int { parameters[3].shape[1] }

    public func logits(in states: [Int]) -> Tensor<Double> {
        let hidden = tanh(matmul(features.rows(states), parameters[0].tensor) + parameters[1].tensor)
        return matmul(hidden, parameters[2].tensor) + parameters[3].tensor
    }

    public var description: String {
        "NetworkPolicy: \(features.shape[1]) features → \(parameters[1].shape[1]) tanh → \(actionCount) actions; "
            + "\(parameterCount) parameters"
    }
}
