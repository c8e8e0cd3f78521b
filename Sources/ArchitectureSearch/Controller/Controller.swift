import Autodiff
import PolicyGradient
import Synchronization
import TextDisplay

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
    /// The embedding, the LSTM's weights and biases, and each decision's weights.
    public var parameters: [Parameter<Double>] {
        get { weights }
        set {
            require(Self.problem(setting: newValue, to: self.parameters))
            weights = newValue
            memories = Memories()
        }
    }
    private var weights: [Parameter<Double>]
    private var memories = Memories()

    /// A controller for a space's decisions, with fresh parameters.
    public init(for space: SearchSpace, units: Int = 32, seed: Int) {
        require(Self.problem(choices: space.decisions.map(\.choices.count), units: units))
        self.init(space.decisions.map { ($0.name, $0.choices.count) }, units: units, seed: seed)
    }

    /// A controller for the decisions of a world, with fresh parameters.
    ///
    ///     Controller(for: TokenWorld(choices: [2, 3], rewards: [0.1, 0.9, 0.3, 0.5, 0.2, 0.7]), units: 4, seed: 1)
    public init(for world: TokenWorld, units: Int = 32, seed: Int) {
        require(Self.problem(choices: world.choices, units: units))
        self.init(world.choices.enumerated().map { ("decision \($0)", $1) }, units: units, seed: seed)
    }

    /// Why a controller would be too large, or nil where it would not.
    package static func problem(choices: [Int], units: Int) -> InvalidArgument? {
        let weights = Double(units) * (8 * Double(units) + 2 * choices.reduce(0) { $0 + Double($1) })
        if 1...1000 ~= units, weights <= 1e6 { return nil }
        return InvalidArgument("a controller has 1 to 1000 units, and at most a million weights; not \(units) units")
    }

    private init(_ decisions: [(name: String, count: Int)], units: Int, seed: Int) {
        choiceCounts = decisions.map(\.count)
        self.units = units
        var generator = RandomGenerator(seed: seed)
        func parameter(_ name: String, _ shape: [Int]) -> Parameter<Double> {
            Parameter(name, generator.uniformTensor(shape: shape, bound: 0.08))
        }
        // Row 0 of the embedding stands for "nothing chosen yet".
        weights = [
            parameter("embedding", [1 + choiceCounts.reduce(0, +), units]),
            parameter("Wˣ", [units, 4 * units]),
            parameter("Wʰ", [units, 4 * units]),
            parameter("b", [1, 4 * units]),
        ]
        for (name, count) in decisions { weights.append(parameter("softmax of \(name)", [units, count])) }
    }

    /// log π(·|tokens): a vector with one log-probability for each choice of the next decision.
    public func logProbabilities(in tokens: [Int]) -> Tensor<Double> {
        require(self.problem(in: tokens))
        let logits = matmul(memory(of: tokens).h, weights[4 + tokens.count].tensor)
        return logSoftmax(logits).reshaped([choiceCounts[tokens.count]])
    }

    /// The tokens are choices of the first decisions, and there is one more to make.
    public func problem(in tokens: [Int]) -> InvalidArgument? {
        if let problem = TokenWorld.problem(with: tokens, of: choiceCounts) { return problem }
        if tokens.count < choiceCounts.count { return nil }
        return InvalidArgument("\(tokens) leaves nothing to decide: all of the \(choiceCounts.count) tokens are chosen")
    }

    /// The world has the controller's decisions.
    public func problem(for world: some World<[Int]>) -> InvalidArgument? {
        guard let world = world as? TokenWorld else {
            return InvalidArgument("a controller is for token worlds, whose states are the tokens chosen so far")
        }
        if world.choices == choiceCounts { return nil }
        return InvalidArgument("the controller is for choices \(choiceCounts), the world has \(world.choices)")
    }

    /// Every token is a step of the LSTM, with all of its gates.
    public func problem(ofSteps count: Double) -> InvalidArgument? {
        if count * Double(units) <= 2e6 { return nil }
        return InvalidArgument(
            "\(formatted(count)) tokens are too many for one graph of a controller of \(units) units")
    }

    // MARK: The LSTM

    /// The LSTM's state.
    private struct Memory: Sendable {
        var h: Tensor<Double>
        var c: Tensor<Double>
    }

    /// What the LSTM remembers of tokens that it has taken in before: trajectories have their beginnings in common.
    private final class Memories: Sendable {
        private let known = Mutex<[[Int]: Memory]>([:])
        private static let limit = 10_000

        subscript(tokens: [Int]) -> Memory? { known.withLock { $0[tokens] } }

        func add(_ memory: Memory, of tokens: [Int]) {
            known.withLock { known in
                if known.count >= Self.limit { known = [:] }
                known[tokens] = memory
            }
        }
    }

    /// The LSTM's state once it has taken in some tokens, ready for the next decision.
    private func memory(of tokens: [Int]) -> Memory {
        var count = tokens.count
        var memory: Memory?
        while true {
            memory = memories[Array(tokens[..<count])]
            if memory != nil || count == 0 { break }
            count -= 1
        }
        var current = memory ?? step(from: start, after: nil, 0)
        if memory == nil { memories.add(current, of: []) }
        while count < tokens.count {
            current = step(from: current, after: tokens[count], count + 1)
            count += 1
            memories.add(current, of: Array(tokens[..<count]))
        }
        return current
    }

    private var start: Memory {
        Memory(h: Tensor(repeating: 0, shape: [1, units]), c: Tensor(repeating: 0, shape: [1, units]))
    }

    /// One step of the LSTM before a decision: takes in the token of the decision before.
    private func step(from memory: Memory, after token: Int?, _ decision: Int) -> Memory {
        let row = token.map { 1 + choiceCounts.prefix(decision - 1).reduce(0, +) + $0 } ?? 0
        let x = weights[0].tensor.rows([row])
        let gates = matmul(x, weights[1].tensor) + matmul(memory.h, weights[2].tensor) + weights[3].tensor
        let input = sigmoid(gates.columns(0..<units))
        let forget = sigmoid(gates.columns(units..<2 * units))
        let output = sigmoid(gates.columns(2 * units..<3 * units))
        let candidate = tanh(gates.columns(3 * units..<4 * units))
        let c = forget * memory.c + input * candidate
        return Memory(h: output * tanh(c), c: c)
    }
}

extension Controller: CustomStringConvertible {
    /// The sizes.
    public var description: String {
        "Controller: LSTM of \(units) units, \(choiceCounts.count) decisions with "
            + "\(choiceCounts.map(String.init).joined(separator: ", ")) choices; \(parameterCount) parameters"
    }
}
