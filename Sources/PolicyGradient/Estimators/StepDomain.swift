import Autodiff
import TextDisplay

/// The steps that weights and baselines have numbers for: those that hold a value function or a policy know its states alone.
package struct StepDomain<State: Hashable & Sendable>: Sendable {
    private let rules: [@Sendable (State, Int) -> InvalidArgument?]
    /// How many weights and baselines were put together: their closures call each other.
    private let partCount: Int

    /// All steps.
    package init() { (rules, partCount) = ([], 1) }

    /// The steps without a problem.
    package init(_ problem: @escaping @Sendable (State, Int) -> InvalidArgument?) {
        (rules, partCount) = ([problem], 1)
    }

    private init(_ rules: [@Sendable (State, Int) -> InvalidArgument?], _ partCount: Int) {
        (self.rules, self.partCount) = (rules, partCount)
    }

    /// The steps that are in both.
    func intersection(_ other: StepDomain) -> StepDomain {
        StepDomain(rules + other.rules, partCount + other.partCount)
    }

    /// One part more.
    var grown: StepDomain { StepDomain(rules, partCount + 1) }

    /// Why no more can be put together, or nil where it can.
    package var problem: InvalidArgument? {
        partCount < 100 ? nil : InvalidArgument("weights are put together from at most 100 parts")
    }

    /// Why there is no number for some step of a batch, or nil where there is for all.
    package func problem(with batch: [Trajectory<State>]) -> InvalidArgument? {
        if rules.isEmpty { return nil }
        return problem(of: batch.lazy.flatMap(\.steps).map { ($0.state, $0.action) })
    }

    /// Why there is no number for some step that a world can make, or nil where there is for all.
    package func problem(in world: some World<State>) -> InvalidArgument? {
        if rules.isEmpty { return nil }
        var met: Set<State> = []
        var front = world.initialStates.map { $0.state }
        for _ in 0..<world.horizon {
            var next: [State] = []
            for state in front where !world.isTerminal(state) && met.insert(state).inserted {
                for action in 0..<world.actionCount(in: state) {
                    if let problem = problem(of: [(state, action)]) { return problem }
                    next += world.outcomes(of: action, in: state).map { $0.state }
                }
            }
            front = next
        }
        return nil
    }

    func problem(of steps: some Sequence<(State, Int)>) -> InvalidArgument? {
        for (state, action) in steps {
            for rule in rules { if let problem = rule(state, action) { return problem } }
        }
        return nil
    }
}
