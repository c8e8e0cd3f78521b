import TextDisplay

/// What keeps a run of a search: every child as it is done, and the strategy after each update.
///
/// A search that is killed at any instant goes on from what was kept, and ends bit for bit as if it had not been. A keeper
/// promises two things for that: a child or an update is kept whole or not at all, and a run is one search's at a time, which
/// one that dies lets go. A run that was cut off between two updates proposes its last batch again, to the same
/// architectures, and finds the results of the children that were done.
public protocol RunKeeper: Sendable {
    /// The number of the run, as a person knows it.
    var id: Int64 { get }
    /// Makes the run one search's, until it is released.
    ///
    /// - Throws: ``InvalidArgument`` for a run that is finished, or that another search runs.
    func begin() throws
    /// The children that were added, in order; ``children(in:)`` has them checked.
    func keptChildren() throws -> [Child]
    /// The update that was added last; nil where there was none.
    func keptUpdate() throws -> StrategyUpdate?
    /// Keeps a child that is done.
    func add(_ child: Child) throws
    /// Keeps the strategy after an update, in place of the one before.
    ///
    /// - Parameter seconds: how long the children since the last update took.
    func add(_ update: StrategyUpdate, seconds: Double) throws
    /// Keeps what the run found; it is finished.
    func finish(_ result: SearchResult) throws
    /// Says that the run was stopped, and releases it.
    ///
    /// Where that can't be said it is no matter: a run that nobody has is as good as one that says so.
    func interrupt()
    /// Lets others go on with the run.
    func release()
}

/// A strategy after an update: everything that it goes on from.
public struct StrategyUpdate: Sendable, Equatable {
    /// What the strategy has become.
    public let state: StrategyState
    /// How many of the run's children it has learned from.
    public let observedChildren: Int

    /// A strategy that has learned from the first children of a run.
    public init(_ state: StrategyState, observedChildren: Int) {
        self.state = state
        self.observedChildren = observedChildren
    }
}

extension StrategyUpdate: CustomStringConvertible {
    /// How far the strategy is, and its state.
    public var description: String { "after \(observedChildren) children: \(state)" }
}

// What is kept may have been damaged since: a search goes on from nothing that can't be.
extension RunKeeper {
    /// The children done, in order.
    ///
    /// - Parameter space: the run's.
    /// - Throws: ``InvalidArgument`` for a child that can't be one of this run's.
    public func children(in space: SearchSpace) throws -> [Child] {
        let children = try keptChildren()
        for (number, child) in children.enumerated() where !child.canHave(number, in: space) {
            throw InvalidArgument(
                "run \(id): what is stored as child \(number) is no child of the space '\(space.name)'")
        }
        return children
    }

    /// The update that a search goes on from; nil where there was none.
    ///
    /// - Parameters:
    ///   - fresh: the state of the same strategy before it has seen anything.
    ///   - done: the number of children done.
    /// - Throws: ``InvalidArgument`` for a state that is not of this strategy in this space.
    func update(like fresh: StrategyState, in space: SearchSpace, of done: Int) throws -> StrategyUpdate? {
        guard let update = try keptUpdate() else { return nil }
        guard update.state.fits(fresh, space) else {
            throw InvalidArgument(
                "run \(id): the state that is stored is not of this strategy in the space '\(space.name)'")
        }
        let count = update.observedChildren
        guard 0...done ~= count else {
            throw InvalidArgument("run \(id): \(count) children are said to be learned from; there are \(done)")
        }
        return update
    }
}

extension Child {
    /// Whether this can be the child of that number in a space.
    fileprivate func canHave(_ number: Int, in space: SearchSpace) -> Bool {
        self.number == number && space.contains(architecture)
            && [result.validation, result.reward].allSatisfy { 0...1 ~= $0 }
            && repeats.map { 0..<number ~= $0 } ?? true
    }
}
