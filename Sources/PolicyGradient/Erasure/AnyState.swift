import TextDisplay

/// A state of whatever kind: the number of one, or the tokens chosen so far.
///
/// A program knows at compile time what its states are. A notebook holds worlds, policies and trajectories of every kind
/// beside each other, so that all of its states are of this one type.
package enum AnyState: Hashable, Sendable, CustomStringConvertible {
    /// A state of a ``FiniteWorld``.
    case number(Int)
    /// A state of a ``TokenWorld``.
    case tokens([Int])

    /// A state of a known type; nil for a type that is not known here.
    package init?<State>(_ state: State) {
        switch state {
        case let state as AnyState: self = state
        case let number as Int: self = .number(number)
        case let tokens as [Int]: self = .tokens(tokens)
        default: return nil
        }
    }

    /// The state as its own type; nil where it is of another.
    package func unerased<State>(_ type: State.Type = State.self) -> State? {
        if let state = self as? State { return state }
        return switch self {
        case .number(let number): number as? State
        case .tokens(let tokens): tokens as? State
        }
    }

    /// What such states are called.
    package var kind: String {
        switch self {
        case .number: "numbers"
        case .tokens: "lists of tokens"
        }
    }

    /// What states of a type are called.
    static func kind<State>(of type: State.Type) -> String {
        type == Int.self ? "numbers" : type == [Int].self ? "lists of tokens" : "\(type)"
    }

    package var description: String {
        switch self {
        case .number(let number): "\(number)"
        case .tokens(let tokens): "\(tokens)"
        }
    }
}

extension Trajectory {
    /// The same trajectory with states of another type; nil where one of them is of another kind.
    package func mapStates<Other>(_ convert: (State) -> Other?) -> Trajectory<Other>? {
        var converted: [Trajectory<Other>.Step] = []
        converted.reserveCapacity(steps.count)
        for step in steps {
            guard let state = convert(step.state) else { return nil }
            converted.append(.init(state: state, action: step.action, reward: step.reward))
        }
        return convert(finalState).map { Trajectory<Other>(steps: converted, finalState: $0) }
    }
}

extension StepWeights {
    /// The same weights for states of any kind.
    package var erased: StepWeights<AnyState> {
        let weights = self
        @Sendable func compute(_ batch: [Trajectory<AnyState>]) -> [[Double]] {
            // The domain has refused other kinds of states.
            weights(batch.map { $0.mapStates { $0.unerased(State.self) }! })
        }
        let erased =
            isPerTrajectory
            ? StepWeights<AnyState>(name) { compute([$0])[0] } : StepWeights<AnyState>(name, ofBatch: compute)
        return erased.within(domain.erased)
    }
}

extension Baseline {
    /// The same baseline for states of any kind.
    package var erased: Baseline<AnyState> {
        let baseline = self
        return Baseline<AnyState>(
            name, isPerTrajectory: isPerTrajectory, within: domain.erased,
            values: { batch in baseline.values(batch.map { $0.mapStates { $0.unerased(State.self) }! }) })
    }
}

extension StepDomain {
    fileprivate var erased: StepDomain<AnyState> {
        let domain = self
        return StepDomain<AnyState> { state, action in
            guard let own = state.unerased(State.self) else {
                return InvalidArgument("its states are \(AnyState.kind(of: State.self)), not \(state.kind)")
            }
            return domain.problem(of: [(own, action)])
        }
    }
}
