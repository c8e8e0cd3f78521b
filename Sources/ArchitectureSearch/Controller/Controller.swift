import Autodiff
import PolicyGradient

/// The network that proposes networks: an LSTM that makes one decision after the other, each knowing those before.
///
/// It is a policy like any other: the state is the list of tokens chosen so far, the action is the next token, and
/// log π(τ) = Σᵢ log π(aᵢ | a₀ … aᵢ₋₁). Each choice is embedded and fed back as the next input; every decision has its own
/// softmax. Weights start from U(−0.08, 0.08) (Zoph and Le 2017, section 3.1 and appendix; here one layer).
///
/// For input x and state (h, c):  i, f, o = σ(…), g = tanh(…) of x Wˣ + h Wʰ + b;  c ← f∘c + i∘g;  h ← o∘tanh c.
public struct Controller: Policy {
    /// The numbers of choices of each decision.
    public let choiceCounts: [Int]
    /// The width of the LSTM.
    public let units: Int
    public var parameters: [Parameter<Double>]

    /// A controller for a space's decisions, with fresh parameters.
    public init(for space: SearchSpace, units: Int = 32, seed: Int) {
        self.init(space.decisions.map { ($0.name, $0.choices.count) }, units: units, seed: seed)
    }

    /// A controller for the decisions of a world, with fresh parameters.
    ///
    ///     Controller(for: TokenWorld(choices: [2, 3], rewards: [0.1, 0.9, 0.3, 0.5, 0.2, 0.7]), units: 4, seed: 1)
    public init(for world: TokenWorld, units: Int = 32, seed: Int) {
        self.init(world.choices.enumerated().map { ("decision \($0)", $1) }, units: units, seed: seed)
    }

    private init(_ decisions: [(name: String, count: Int)], units: Int, seed: Int) {
        choiceCounts = decisions.map(\.count)
        self.units = units
        var generator = RandomGenerator(seed: seed)
        func parameter(_ name: String, _ shape: [Int]) -> Parameter<Double> {
            Parameter(name, generator.uniformTensor(shape: shape, bound: 0.08))
        }
        // Row 0 of the embedding stands for "nothing chosen yet".
        parameters = [
            parameter("embedding", [1 + choiceCounts.reduce(0, +), units]),
            parameter("Wˣ", [units, 4 * units]),
            parameter("Wʰ", [units, 4 * units]),
            parameter("b", [1, 4 * units]),
        ]
        for (name, count) in decisions { parameters.append(parameter("softmax of \(name)", [units, count])) }
    }

    private typealias Memory = (h: Tensor<Double>, c: Tensor<Double>)

    /// log π(·|tokens): a vector with one log-probability for each choice of the next decision.
    public func logProbabilities(in tokens: [Int]) -> Tensor<Double> {
        head(memory(of: tokens), decision: tokens.count).reshaped([choiceCounts[tokens.count]])
    }

    public func logProbabilities(of actions: [Int], in states: [[Int]]) -> Tensor<Double> {
        var memory = start
        var parts: [Tensor<Double>] = []
        for (i, state) in states.enumerated() {
            // The states of one trajectory grow by the action taken: one step of the LSTM each.
            if i > 0 && state == states[i - 1] + [actions[i - 1]] {
                step(&memory, state.count, after: state.last)
            } else {
                memory = self.memory(of: state)
            }
            parts.append(head(memory, decision: state.count).picking([actions[i]]))
        }
        return Tensor.concatenating(parts)
    }

    /// An architecture drawn token by token, with the mean entropy of the distributions that it was drawn from, in nats.
    ///
    /// H = −Σₐ π(a) log π(a); log of the number of choices at first, and 0 for a controller that is certain.
    public func sample(using generator: inout RandomGenerator) -> (architecture: Architecture, entropy: Double) {
        let frozen = self.frozen
        var memory = start
        var tokens: [Int] = []
        var entropy = 0.0
        for decision in choiceCounts.indices {
            frozen.step(&memory, decision, after: tokens.last)
            let logits = frozen.head(memory, decision: decision).elements
            let probabilities = exp(Tensor(logits)).elements
            entropy -= zip(probabilities, logits).reduce(0) { $0 + ($1.0 > 0 ? $1.0 * $1.1 : 0) }
            tokens.append(generator.categorical(probabilities))
        }
        return (Architecture(tokens), entropy / Double(choiceCounts.count))
    }

    /// The LSTM's state once it has taken in some tokens, ready for the next decision.
    private func memory(of tokens: [Int]) -> Memory {
        var memory = start
        for i in 0...tokens.count { step(&memory, i, after: i == 0 ? nil : tokens[i - 1]) }
        return memory
    }

    private var start: Memory {
        (Tensor(repeating: 0, shape: [1, units]), Tensor(repeating: 0, shape: [1, units]))
    }

    /// One step of the LSTM: takes in the token of the decision before.
    private func step(_ memory: inout Memory, _ decision: Int, after token: Int?) {
        let row = token.map { 1 + choiceCounts.prefix(decision - 1).reduce(0, +) + $0 } ?? 0
        let x = weights(0).rows([row])
        let gates = matmul(x, weights(1)) + matmul(memory.h, weights(2)) + weights(3)
        let input = sigmoid(gates.columns(0..<units))
        let forget = sigmoid(gates.columns(units..<2 * units))
        let output = sigmoid(gates.columns(2 * units..<3 * units))
        let candidate = tanh(gates.columns(3 * units..<4 * units))
        memory.c = forget * memory.c + input * candidate
        memory.h = output * tanh(memory.c)
    }

    /// The log-probabilities of a decision's choices: shape `[1, choices]`.
    private func head(_ memory: Memory, decision: Int) -> Tensor<Double> {
        logSoftmax(matmul(memory.h, weights(4 + decision)))
    }

    private func weights(_ i: Int) -> Tensor<Double> { recordsGraph ? parameters[i].tensor : parameters[i].value }

    /// Sampling needs no graph.
    private var recordsGraph = true
    private var frozen: Controller {
        var copy = self
        copy.recordsGraph = false
        return copy
    }
}

extension Controller: CustomStringConvertible {
    /// The sizes.
    public var description: String {
        "Controller: LSTM of \(units) units, \(choiceCounts.count) decisions with "
            + "\(choiceCounts.map(String.init).joined(separator: ", ")) choices; \(parameterCount) parameters"
    }
}
