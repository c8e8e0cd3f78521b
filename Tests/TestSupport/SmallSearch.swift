import ArchitectureSearch
import ChildNet

/// A search of some seconds: children of one epoch on the digits.
package enum SmallSearch {
    package static func configuration(
        _ strategy: StrategyName = .reinforce, children: Int = 10
    ) -> SearchConfiguration {
        SearchConfiguration(
            strategy: strategy, children: children, batch: 4, training: TrainingSettings(epochs: 1), seed: 5)
    }

    package static func search(_ configuration: SearchConfiguration = configuration()) throws -> Search {
        try Search(configuration, data: digits, space: .smallCNN)
    }

    /// Children without what differs from run to run.
    package static func fingerprint(_ children: [Child]) -> [String] {
        children.map { "\($0.number) \($0.architecture.tokens) \($0.result.validation) \($0.repeats ?? -1)" }
    }
}
