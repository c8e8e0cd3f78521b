import TextDisplay

/// What a search found.
public struct SearchResult: Sendable {
    /// What was searched, how and for how long.
    public let configuration: SearchConfiguration
    /// The space that was searched.
    public let space: SearchSpace
    /// All children in the order in which they were proposed.
    public let children: [Child]
    /// The child with the highest reward; the first of them where several have it.
    public let best: Child
    /// The test accuracy of the best child, 0 to 1.
    public let test: Double
    /// How long it took.
    public let seconds: Double

    /// The rewards of all children, in order.
    public var rewards: [Double] { children.map(\.reward) }
    /// The validation accuracy of the best child, 0 to 1.
    public var validation: Double { best.result.validation }
    /// The number of architectures that were really trained; the rest were repetitions, or refused.
    public var trainedCount: Int { children.count { $0.repeats == nil && $0.result.outcome != .refused } }
    /// The choices of the best child, one for each decision.
    public var choices: [String] { space.choices(best.architecture) }
}

extension SearchResult: CustomStringConvertible {
    /// The best child's choices and accuracies, and how the rewards went; no timings, so that it is the same every time.
    public var description: String {
        let table = TextTable([.left(), .left()], zip(space.decisions, choices).map { ["  " + $0.name, $1] })
        return """
            \(configuration.title): \(children.count) children, \(trainedCount) trained
            best: child \(best.number), \(best.outcome), test \(percent(test))
            \(table)
            rewards \(sparkline(rewards)) mean \(percent(rewards.reduce(0, +) / Double(rewards.count)))
            """
    }
}
