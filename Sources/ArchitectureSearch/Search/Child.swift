/// One child of a run: what was proposed and what came of it.
public struct Child: Sendable, Codable, Equatable {
    /// The number of the child in its run, from 0.
    public let number: Int
    /// What was proposed.
    public let architecture: Architecture
    /// What came of it.
    public let result: ChildResult
    /// The number of the child that had the same architecture before and whose result this is; nil for one that was trained.
    public let repeats: Int?

    /// What the strategy sees: the validation accuracy, or what the run's rule makes of it; 0 for a child that could not be
    /// trained.
    public var reward: Double { result.reward }

    /// Whether the child is better than another: its reward is higher, or as high and it came first.
    public func isBetter(than other: Child) -> Bool { (reward, other.number) > (other.reward, number) }
}

extension Sequence<Child> {
    /// The best of the children; nil where there are none.
    public var best: Child? { self.max { $1.isBetter(than: $0) } }
}

extension Child {
    /// What came of it in a few words: `validation 97.7 %`, or why there is no accuracy.
    public var outcome: String { result.description }
}

extension Child: CustomStringConvertible {
    /// The number, the tokens and the validation accuracy.
    public var description: String {
        "child \(number): tokens \(architecture.tokens), \(outcome)"
            + (repeats.map { ", the same as child \($0)" } ?? "")
    }
}
