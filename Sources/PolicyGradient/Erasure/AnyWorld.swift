import TextDisplay

/// A world of any kind of state, as a world whose states are ``AnyState``.
package struct AnyWorld: World {
    package let base: any World

    /// The world, wrapped once.
    package init(_ world: any World) { base = (world as? AnyWorld)?.base ?? world }

    package var horizon: Int { base.horizon }

    package var initialStates: [(state: AnyState, probability: Double)] {
        func opened(_ world: some World) -> [(state: AnyState, probability: Double)] {
            world.initialStates.map { (erased($0.state), $0.probability) }
        }
        return opened(base)
    }

    package func actionCount(in state: AnyState) -> Int {
        func opened<W: World>(_ world: W) -> Int { world.actionCount(in: state.unerased()!) }
        return opened(base)
    }

    package func outcomes(of action: Int, in state: AnyState) -> [Outcome<AnyState>] {
        func opened<W: World>(_ world: W) -> [Outcome<AnyState>] {
            world.outcomes(of: action, in: state.unerased()!).map {
                Outcome(state: erased($0.state), probability: $0.probability, reward: $0.reward)
            }
        }
        return opened(base)
    }

    package func isTerminal(_ state: AnyState) -> Bool {
        func opened<W: World>(_ world: W) -> Bool { world.isTerminal(state.unerased()!) }
        return opened(base)
    }

    package func problem(in state: AnyState) -> InvalidArgument? {
        func opened<W: World>(_ world: W) -> InvalidArgument? {
            guard let own = state.unerased(W.State.self) else { return otherKind(state, than: W.State.self) }
            return world.problem(in: own)
        }
        return opened(base)
    }

    package func problem(of action: Int, in state: AnyState) -> InvalidArgument? {
        func opened<W: World>(_ world: W) -> InvalidArgument? {
            guard let own = state.unerased(W.State.self) else { return otherKind(state, than: W.State.self) }
            return world.problem(of: action, in: own)
        }
        return opened(base)
    }

    private func otherKind<State>(_ state: AnyState, than type: State.Type) -> InvalidArgument {
        InvalidArgument("the world's states are \(AnyState.kind(of: type)), not \(state.kind)")
    }
}

/// A state of a library's or a student's world; a world of other states than these can't be wrapped.
private func erased(_ state: some Hashable) -> AnyState { AnyState(state)! }

/// A finite world, whichever it is.
package struct AnyFiniteWorld: FiniteWorld {
    package let base: any FiniteWorld

    /// The world, wrapped once.
    package init(_ world: any FiniteWorld) { base = (world as? AnyFiniteWorld)?.base ?? world }

    package var horizon: Int { base.horizon }
    package var initialStates: [(state: Int, probability: Double)] { base.initialStates }
    package var stateCount: Int { base.stateCount }
    package var actionNames: [String] { base.actionNames }
    package func outcomes(of action: Int, in state: Int) -> [Outcome<Int>] { base.outcomes(of: action, in: state) }
    package func isTerminal(_ state: Int) -> Bool { base.isTerminal(state) }
    package func features(of state: Int) -> [Double] { base.features(of: state) }
    package func problem(in state: Int) -> InvalidArgument? { base.problem(in: state) }
    package func problem(of action: Int, in state: Int) -> InvalidArgument? { base.problem(of: action, in: state) }
}
