import Autodiff
import ChildNet
import TextDisplay

/// What a search chooses from: a list of decisions, and the network that each way of making them describes.
public struct SearchSpace: Sendable {
    /// The name that the command line and the run store know the space by.
    public let name: String
    /// The decisions, in the order in which the controller makes them.
    public let decisions: [Decision]
    /// The networks that a person would try by hand.
    public let expertArchitectures: [Architecture]
    private let build: @Sendable (_ choices: [Decision.Option]) -> [Layer]
    /// The JSON that describes the space, where a file did: a run keeps it, whatever becomes of the file.
    public internal(set) var definition: String?

    /// A space of the given decisions.
    ///
    ///     let space = SearchSpace(
    ///         name: "widths", decisions: [Decision("units", ["8", "16"])], expertChoices: [["16"]]
    ///     ) { choices in [.dense(units: Int(choices[0])!)] }
    ///     space.count
    ///
    /// - Parameters:
    ///   - expertChoices: what a person would try by hand, in the order in which they would.
    ///   - layers: the layers of the network that some choices, one for each decision, describe.
    public init(
        name: String, decisions: [Decision], expertChoices: [[String]],
        layers: @escaping @Sendable (_ choices: [String]) -> [Layer]
    ) {
        require(Self.problem(with: name, decisions: decisions, expertChoices: expertChoices))
        self.init(
            name: name, decisions: decisions,
            expert: expertChoices.map { Architecture(zip(decisions, $0).map { $0.token($1)! }) }
        ) { options in layers(options.map(\.text)) }
    }

    /// A space whose networks are built of what was chosen.
    ///
    /// - Parameter expert: architectures of these decisions.
    init(
        name: String, decisions: [Decision], expert: [Architecture],
        build: @escaping @Sendable (_ choices: [Decision.Option]) -> [Layer]
    ) {
        self.name = name
        self.decisions = decisions
        expertArchitectures = expert
        self.build = build
    }

    /// Why there is no space of these decisions, or nil where there is.
    package static func problem(
        with name: String, decisions: [Decision], expertChoices: [[String]]
    ) -> InvalidArgument? {
        if decisions.isEmpty { return InvalidArgument("the space '\(name)' has nothing to decide") }
        let unknown = expertChoices.first { choices in
            choices.count != decisions.count || zip(decisions, choices).contains { $0.token($1) == nil }
        }
        return unknown.map { InvalidArgument("the space '\(name)' does not hold its expert's choices \($0)") }
    }

    /// The number of architectures: the product of the numbers of choices.
    public var count: Double { decisions.reduce(1) { $0 * Double($1.options.count) } }

    /// The choices that an architecture's tokens stand for.
    ///
    ///     SearchSpace.smallCNN.choices(Architecture([1, 1, 1, 1, 3, 1, 0]))   // ["3", "16", "max", "3", "32", "max", "none"]
    ///
    /// - Parameter architecture: one of the space: see ``contains(_:)``.
    public func choices(_ architecture: Architecture) -> [String] {
        require(self.problem(with: architecture))
        return options(architecture).map(\.text)
    }

    private func options(_ architecture: Architecture) -> [Decision.Option] {
        zip(decisions, architecture.tokens).map { $0.options[$1] }
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
                guard let token = decision.token(choice) else {
                    throw InvalidArgument(
                        "'\(decision.name)' has no choice '\(choice)': choose one of "
                            + decision.choices.joined(separator: ", "))
                }
                return token
            })
    }

    /// The layers of an architecture's network; whether they fit some images, `Network.problem(with:input:classes:)` tells.
    ///
    /// - Parameter architecture: one of the space: see ``contains(_:)``.
    public func layers(_ architecture: Architecture) -> [Layer] {
        require(self.problem(with: architecture))
        return build(options(architecture))
    }

    /// An architecture drawn with equal probability from all of them.
    public func randomArchitecture(using generator: inout RandomGenerator) -> Architecture {
        Architecture(decisions.map { generator.uniform(below: $0.options.count) })
    }

    /// The architecture that a seed draws, with equal probability from all of them.
    public func randomArchitecture(seed: Int) -> Architecture {
        var generator = RandomGenerator(seed: seed)
        return randomArchitecture(using: &generator)
    }

    /// Whether the tokens are one valid index for each decision.
    public func contains(_ architecture: Architecture) -> Bool {
        architecture.tokens.count == decisions.count
            && zip(decisions, architecture.tokens).allSatisfy { $0.options.indices ~= $1 }
    }

    /// Why an architecture is none of the space's, or nil where it is one.
    package func problem(with architecture: Architecture) -> InvalidArgument? {
        contains(architecture)
            ? nil : InvalidArgument("the space '\(name)' has no architecture of tokens \(architecture.tokens)")
    }
}

extension SearchSpace: CustomStringConvertible {
    /// The decisions with their choices.
    public var description: String {
        "\(name): \(formatted(count)) architectures\n" + decisions.map { "  \($0)" }.joined(separator: "\n")
    }
}
