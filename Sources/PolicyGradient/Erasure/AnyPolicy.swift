import Autodiff
import TextDisplay

/// A policy for any kind of state, as a policy whose states are ``AnyState``.
package struct AnyPolicy: Policy {
    package private(set) var base: any Policy

    /// The policy, wrapped once.
    package init(_ policy: any Policy) { base = (policy as? AnyPolicy)?.base ?? policy }

    package var parameters: [Parameter<Double>] {
        get { base.parameters }
        set { base.parameters = newValue }
    }

    package func logProbabilities(in state: AnyState) -> Tensor<Double> {
        func opened<P: Policy>(_ π: P) -> Tensor<Double> { π.logProbabilities(in: state.unerased()!) }
        return opened(base)
    }

    package func logProbabilities(of actions: [Int], in states: [AnyState]) -> Tensor<Double> {
        func opened<P: Policy>(_ π: P) -> Tensor<Double> {
            π.logProbabilities(of: actions, in: states.map { $0.unerased()! })
        }
        return opened(base)
    }

    package func problem(in state: AnyState) -> InvalidArgument? {
        func opened<P: Policy>(_ π: P) -> InvalidArgument? {
            guard let own = state.unerased(P.State.self) else { return otherKind(state.kind, than: P.State.self) }
            return π.problem(in: own)
        }
        return opened(base)
    }

    package func problem(of action: Int, in state: AnyState) -> InvalidArgument? {
        func opened<P: Policy>(_ π: P) -> InvalidArgument? {
            guard let own = state.unerased(P.State.self) else { return otherKind(state.kind, than: P.State.self) }
            return π.problem(of: action, in: own)
        }
        return opened(base)
    }

    package func problem(for world: some World<AnyState>) -> InvalidArgument? {
        func opened<P: Policy, W: World>(_ π: P, _ world: W) -> InvalidArgument? {
            guard let own = world as? any World<P.State> else {
                return otherKind(AnyState.kind(of: W.State.self), than: P.State.self)
            }
            return π.problem(for: own)
        }
        if let erased = world as? AnyWorld { return opened(base, erased.base) }
        return opened(base, world)
    }

    package func problem(ofSteps count: Double) -> InvalidArgument? { base.problem(ofSteps: count) }

    private func otherKind<State>(_ kind: String, than type: State.Type) -> InvalidArgument {
        InvalidArgument("the policy's states are \(AnyState.kind(of: type)), not \(kind)")
    }
}

/// A policy for states that are numbered, whichever it is.
package struct AnyNumberedPolicy: Policy {
    package private(set) var base: any Policy<Int>

    /// The policy as it is.
    package init(_ policy: any Policy<Int>) { base = policy }

    package var parameters: [Parameter<Double>] {
        get { base.parameters }
        set {
            func opened<P: Policy<Int>>(_ π: P) -> any Policy<Int> {
                var π = π
                π.parameters = newValue
                return π
            }
            base = opened(base)
        }
    }
    package func logProbabilities(in state: Int) -> Tensor<Double> { base.logProbabilities(in: state) }
    package func logProbabilities(of actions: [Int], in states: [Int]) -> Tensor<Double> {
        base.logProbabilities(of: actions, in: states)
    }
    package func problem(in state: Int) -> InvalidArgument? { base.problem(in: state) }
    package func problem(of action: Int, in state: Int) -> InvalidArgument? { base.problem(of: action, in: state) }
    package func problem(for world: some World<Int>) -> InvalidArgument? { base.problem(for: world) }
    package func problem(ofSteps count: Double) -> InvalidArgument? { base.problem(ofSteps: count) }
}

/// A finite policy, whichever it is.
package struct AnyFinitePolicy: FinitePolicy {
    package private(set) var base: any FinitePolicy

    /// The policy as it is.
    package init(_ policy: any FinitePolicy) { base = policy }

    package var parameters: [Parameter<Double>] {
        get { base.parameters }
        set { base.parameters = newValue }
    }
    package var stateCount: Int { base.stateCount }
    package var actionCount: Int { base.actionCount }
    package func logits(in states: [Int]) -> Tensor<Double> { base.logits(in: states) }
}
