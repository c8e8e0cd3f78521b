import Autodiff
import ChildNet
import TextDisplay

/// One thing to decide about a network, such as the number of filters of its first layer, with the choices that there are.
public struct Decision: Sendable, Hashable, Codable {
    /// What is decided.
    public let name: String
    /// The choices, in order; a token is an index into them.
    public let choices: [String]

    /// A decision between at least one choice.
    public init(_ name: String, _ choices: [String]) {
        precondition(!choices.isEmpty, "a decision has at least one choice: \(name)")
        self.init(name: name, choices)
    }

    /// A decision that a person described, perhaps without a choice.
    init(name: String, _ choices: [String]) {
        self.name = name
        self.choices = choices
    }
}

/// A network as a search sees it: one token, the index of a choice, for each decision of the space.
public struct Architecture: Sendable, Hashable, Codable {
    /// The index of the choice made for each decision.
    public let tokens: [Int]

    /// An architecture of the given tokens.
    public init(_ tokens: [Int]) { self.tokens = tokens }
}

/// What a search chooses from: a list of decisions, and the network that each way of making them describes.
public struct SearchSpace: Sendable {
    /// The name that the command line and the run store know the space by.
    public let name: String
    /// The decisions, in the order in which the controller makes them.
    public let decisions: [Decision]
    private let build: @Sendable (_ choices: [String]) -> [Layer]
    private let expert: [[String]]
    /// The JSON that describes the space, where a file did: a run keeps it, whatever becomes of the file.
    public internal(set) var definition: String?

    /// A space of the given decisions.
    ///
    /// - Parameters:
    ///   - expertChoices: what a person would try by hand, in the order in which they would.
    ///   - layers: the layers of the network that some choices, one for each decision, describe.
    public init(
        name: String, decisions: [Decision], expertChoices: [[String]],
        layers: @escaping @Sendable (_ choices: [String]) -> [Layer]
    ) {
        self.name = name
        self.decisions = decisions
        expert = expertChoices
        build = layers
    }

    /// The number of architectures: the product of the numbers of choices.
    public var count: Double { decisions.reduce(1) { $0 * Double($1.choices.count) } }

    /// The choices that an architecture's tokens stand for.
    public func choices(_ architecture: Architecture) -> [String] {
        zip(decisions, architecture.tokens).map { $0.choices[$1] }
    }

    /// The architecture of the given choices, one for each decision.
    ///
    /// - Throws: ``InvalidArgument`` that names the decision, the choice, and those that there are.
    public func architecture(_ choices: [String]) throws -> Architecture {
        guard choices.count == decisions.count else {
            throw InvalidArgument(
                "the space '\(name)' has \(decisions.count) decisions (\(decisions.map(\.name).joined(separator: ", "))); "
                    + "\(choices.count) choices were given")
        }
        return Architecture(
            try zip(decisions, choices).map { decision, choice in
                guard let token = decision.choices.firstIndex(of: choice) else {
                    throw InvalidArgument(
                        "'\(decision.name)' has no choice '\(choice)': choose one of "
                            + decision.choices.joined(separator: ", "))
                }
                return token
            })
    }

    /// The layers of an architecture's network; whether they fit some images, `Network.problem(with:input:classes:)` tells.
    public func layers(_ architecture: Architecture) -> [Layer] { build(choices(architecture)) }

    /// The networks that a person would try by hand.
    public var expertArchitectures: [Architecture] {
        expert.map { choices in
            guard let architecture = try? architecture(choices) else {
                preconditionFailure("the space '\(name)' does not hold its expert's choices \(choices)")
            }
            return architecture
        }
    }

    /// An architecture drawn with equal probability from all of them.
    public func randomArchitecture(using generator: inout RandomGenerator) -> Architecture {
        Architecture(decisions.map { generator.uniform(below: $0.choices.count) })
    }

    /// The architecture that a seed draws, with equal probability from all of them.
    public func randomArchitecture(seed: Int) -> Architecture {
        var generator = RandomGenerator(seed: seed)
        return randomArchitecture(using: &generator)
    }

    /// Whether the tokens are one valid index for each decision.
    public func contains(_ architecture: Architecture) -> Bool {
        architecture.tokens.count == decisions.count
            && zip(decisions, architecture.tokens).allSatisfy { $0.choices.indices ~= $1 }
    }
}

extension Decision: CustomStringConvertible {
    /// `filters 1: 8, 16, 24`
    public var description: String { "\(name): \(choices.joined(separator: ", "))" }
}

extension Architecture: CustomStringConvertible {
    /// `tokens [1, 0, 2]`
    public var description: String { "tokens \(tokens)" }
}

extension SearchSpace: CustomStringConvertible {
    /// The decisions with their choices.
    public var description: String {
        let lines = decisions.map { "  \($0)" }
        return "\(name): \(formatted(count)) architectures\n" + lines.joined(separator: "\n")
    }
}
