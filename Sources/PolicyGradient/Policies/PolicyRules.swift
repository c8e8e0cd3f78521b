import Autodiff
import TextDisplay

// What a policy can be asked, as values that say what is wrong. Everything that takes a policy with states, trajectories or a
// world states its rule in these words.

extension Policy {
    /// Nothing is wrong with any state: policies that number their states or build them up say more.
    public func problem(in state: State) -> InvalidArgument? { nil }

    /// The action has a probability in that state.
    public func problem(of action: Int, in state: State) -> InvalidArgument? {
        if let problem = problem(in: state) { return problem }
        let count = logProbabilities(in: state).count
        return 0..<count ~= action
            ? nil : InvalidArgument("the policy has no action \(action) in state \(state): \(actionsInWords(count))")
    }

    /// The states that an episode starts in are the policy's, and it has as many actions in them as the world.
    public func problem(for world: some World<State>) -> InvalidArgument? {
        for (state, _) in world.initialStates where !world.isTerminal(state) {
            if let problem = problem(in: state) { return problem }
            let (mine, theirs) = (logProbabilities(in: state).count, world.actionCount(in: state))
            if mine != theirs {
                return InvalidArgument("in state \(state) the policy has \(mine) actions, and the world \(theirs)")
            }
        }
        return nil
    }

    /// Some gigabytes of numbers at most, taking each parameter for a number of every step.
    public func problem(ofSteps count: Double) -> InvalidArgument? {
        count * Double(parameterCount) <= 5e8
            ? nil : InvalidArgument("the log-probabilities of \(formatted(count)) steps do not fit into one graph")
    }

    /// Why some actions are not the policy's in these states, or nil where they are.
    package func problem(of actions: [Int], in states: [State]) -> InvalidArgument? {
        if actions.count != states.count {
            return InvalidArgument("there is an action for each state; not \(actions.count) for \(states.count)")
        }
        for (action, state) in zip(actions, states) {
            if let problem = problem(of: action, in: state) { return problem }
        }
        return problem(ofSteps: Double(states.count))
    }

    /// Why the policy can't have made some trajectories, or nil where it can.
    package func problem(with batch: [Trajectory<State>]) -> InvalidArgument? {
        // Batches visit the same states again and again.
        var known: Set<TrajectorySample<State>.Choice> = []
        var count = 0.0
        for τ in batch {
            for step in τ.steps {
                count += 1
                let choice = TrajectorySample<State>.Choice(state: step.state, action: step.action)
                if known.contains(choice) { continue }
                if let problem = problem(of: step.action, in: step.state) { return problem }
                if known.count < 100_000 { known.insert(choice) }
            }
        }
        return problem(ofSteps: count)
    }

    /// The same for batches that a mean is taken over.
    package func problem(withBatch batch: [Trajectory<State>]) -> InvalidArgument? {
        if batch.isEmpty { return InvalidArgument("the batch is empty") }
        return problem(with: batch)
    }

    /// Why the policy can't be sampled in a world, or nil where it can.
    package func problem(samplingIn world: some World<State>) -> InvalidArgument? {
        problem(for: world) ?? problemOfParameters
    }

    /// Why the probabilities are not numbers, or nil where they may be.
    package var problemOfParameters: InvalidArgument? {
        guard let wrong = parameters.first(where: { !$0.value.sum().value.isFinite }) else { return nil }
        return InvalidArgument(
            "the policy's '\(wrong.name)' holds numbers that are not finite: a step that was too large?")
    }

    /// Why every trajectory of a world can't be enumerated for this policy, or nil where it can.
    package func problem(enumerating world: some World<State>) -> InvalidArgument? {
        if let problem = problem(for: world) { return problem }
        return problem(enumerating: trajectoryCount(in: world), of: world)
    }

    private func problem(enumerating count: Double, of world: some World<State>) -> InvalidArgument? {
        PolicyGradient.problem(enumerating: count, of: world) ?? problem(ofSteps: count * Double(world.horizon))
    }

    /// Why the moments of an estimator can't be had by enumeration, or nil where they can.
    package func problem(ofMomentsIn world: some World<State>) -> InvalidArgument? {
        if let problem = problem(for: world) ?? problemOfParameters ?? problemOfCovariance { return problem }
        let parameters = Double(parameterCount), count = trajectoryCount(in: world)
        if let problem = problem(enumerating: count, of: world) { return problem }
        return count * parameters * parameters <= 1e10
            ? nil
            : InvalidArgument("the covariance of \(parameterCount) parameters takes too long to enumerate here")
    }

    /// Why the covariance of all parameters does not fit, or nil where it does.
    package var problemOfCovariance: InvalidArgument? {
        parameterCount <= 500
            ? nil : InvalidArgument("the covariance of \(parameterCount) parameters is too large: 500 is the limit")
    }
}
