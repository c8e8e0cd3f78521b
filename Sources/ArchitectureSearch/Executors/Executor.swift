/// Where children are trained; never which or how.
///
/// A child's result depends on its ``ChildJob`` and on nothing else, so that a search finds the same on every executor.
public protocol Executor: Sendable {
    /// Trains every child and returns when all are done or stopped.
    ///
    /// - Parameters:
    ///   - shouldStop: asked often, from any thread; children that it stops are not reported.
    ///   - finished: called with the place of a child in the list as soon as it is done: in any order, from any thread, one
    ///     call at a time, and not after `train` has returned.
    func train(
        _ jobs: [ChildJob], shouldStop: @Sendable @escaping () -> Bool,
        finished: @Sendable @escaping (Int, ChildResult) -> Void)
}
