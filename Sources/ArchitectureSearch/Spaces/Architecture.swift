/// A network as a search sees it: one token, the index of a choice, for each decision of the space.
///
///     SearchSpace.smallCNN.choices(Architecture([1, 1, 1, 1, 3, 1, 0]))
public struct Architecture: Sendable, Hashable, Codable {
    /// The index of the choice made for each decision.
    public let tokens: [Int]

    /// An architecture of the given tokens.
    public init(_ tokens: [Int]) { self.tokens = tokens }
}

extension Architecture: CustomStringConvertible {
    /// `tokens [1, 0, 2]`
    public var description: String { "tokens \(tokens)" }
}
