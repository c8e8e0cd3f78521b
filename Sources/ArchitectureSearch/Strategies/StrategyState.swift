import Autodiff
import PolicyGradient
import TextDisplay

/// The state of a strategy as it is saved.
public struct StrategyState: Sendable, Codable, Equatable {
    var generator: RandomGenerator
    var parameters: [[Double]] = []
    var optimizer: [[Double]] = []
    var baseline: MovingAverageBaseline?
    var population: [Member] = []
    var proposed = 0

    /// An architecture with its reward, for evolution.
    struct Member: Sendable, Codable, Equatable {
        let architecture: Architecture
        let reward: Double
    }
}

extension StrategyState {
    /// Whether this can be a later state of the strategy that began with that one: what a store holds may be anything.
    func fits(_ fresh: StrategyState, _ space: SearchSpace) -> Bool {
        hasSizes(of: fresh) && isPossible(in: space) && population.allSatisfy { 0...1 ~= $0.reward }
    }

    /// Whether the parameters and the optimizer's averages are of the same sizes as another's.
    func hasSizes(of other: StrategyState) -> Bool {
        // The number of steps, then two tensors of each parameter's size.
        let sizes = other.parameters.map(\.count), ofOptimizer = [1] + sizes.flatMap { [$0, $0] }
        return parameters.map(\.count) == sizes && (optimizer.isEmpty || optimizer.map(\.count) == ofOptimizer)
    }

    /// Whether the population is one of a space, and the number of proposals one that a search can come to.
    func isPossible(in space: SearchSpace) -> Bool {
        population.count <= 1_000_000 && hasPossibleCount
            && population.allSatisfy { space.contains($0.architecture) }
    }

    /// Whether the number of proposals is one that a search can come to.
    var hasPossibleCount: Bool { 0...1_000_000_000 ~= proposed }
}

extension StrategyState: CustomStringConvertible {
    /// What there is of it: parameters, a baseline, a population, a number of proposals.
    public var description: String {
        var parts: [String] = []
        if !parameters.isEmpty {
            parts.append("\(grouped(Double(parameters.reduce(0) { $0 + $1.count }))) parameters")
        }
        if let baseline { parts.append("baseline \(formatted(baseline.value, digits: 3))") }
        if !population.isEmpty { parts.append("a population of \(population.count)") }
        if proposed > 0 { parts.append("\(proposed) proposed") }
        return parts.isEmpty ? "a random generator" : parts.joined(separator: ", ")
    }
}
