import ChildNet
import TextDisplay

/// What a search is: with it, the same children are proposed and trained, whatever the machine's load or the number of
/// workers.
public struct SearchConfiguration: Sendable, Codable, Equatable {
    /// The name of the data set, or its folder.
    public var data: String
    /// The name of the search space.
    public var space: String
    /// The JSON that describes the space, where a file did.
    public var spaceDefinition: String?
    /// How architectures are proposed.
    public var strategy: StrategyName
    /// The number of children.
    public var children: Int
    /// The number of children between two updates of the strategy.
    public var batch: Int
    /// How children are trained.
    public var training: TrainingSettings
    /// What of a child's accuracies the strategy sees.
    public var reward: RewardRule
    /// The seed of everything random.
    public var seed: Int

    /// A configuration with the defaults for everything that is not given.
    ///
    /// It may be one that can't run: ``problem`` says so, and a ``Search`` refuses it.
    public init(
        data: String = "digits", space: SearchSpace = .smallCNN, strategy: StrategyName = .reinforce,
        children: Int = 24, batch: Int = 8, training: TrainingSettings = TrainingSettings(),
        reward: RewardRule = .accuracy, seed: Int = 1
    ) {
        self.data = data
        self.space = space.name
        spaceDefinition = space.definition
        self.strategy = strategy
        self.children = children
        self.batch = batch
        self.training = training
        self.reward = reward
        self.seed = seed
    }

    /// A configuration as it was stored, perhaps when the accuracy was the only reward.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        data = try values.decode(String.self, forKey: .data)
        space = try values.decode(String.self, forKey: .space)
        spaceDefinition = try values.decodeIfPresent(String.self, forKey: .spaceDefinition)
        strategy = try values.decode(StrategyName.self, forKey: .strategy)
        children = try values.decode(Int.self, forKey: .children)
        batch = try values.decode(Int.self, forKey: .batch)
        training = try values.decode(TrainingSettings.self, forKey: .training)
        reward = try values.decodeIfPresent(RewardRule.self, forKey: .reward) ?? .accuracy
        seed = try values.decode(Int.self, forKey: .seed)
    }

    /// The space that is searched.
    ///
    /// - Throws: ``InvalidArgument`` for a name that this program does not know.
    public func searchSpace() throws -> SearchSpace {
        if let spaceDefinition { return try SearchSpace(definition: spaceDefinition, file: "the space '\(space)'") }
        return try SearchSpace.named(space)
    }

    /// Why a search can't run so, or nil where it can.
    public var problem: InvalidArgument? {
        if !(1...1_000_000 ~= children) { return InvalidArgument("children is 1 to 1000000; not \(children)") }
        if !(1...largestBatch ~= batch) {
            return InvalidArgument("batch is 1 to \(largestBatch) children; not \(batch)")
        }
        return training.problem
    }
}

extension SearchConfiguration {
    /// What searches what: `reinforce on digits`.
    package var title: String { "\(strategy) on \(data)" }
}

extension SearchConfiguration: CustomStringConvertible {
    /// What searches what and for how long, and how children are trained.
    public var description: String {
        let rule = reward == .accuracy ? "" : ", rewards \(reward)"
        return "\(title) in \(space): \(children) children in batches of \(batch)\(rule), seed \(seed)\n\(training)"
    }
}
