import Autodiff
import Notebook
import PolicyGradient
import TextDisplay

// What is generic over its states is held with states of any kind; where the library asks for one kind, it is converted.

extension Trajectory: Bridged, ForeignBridged {
    public static func bridge(_ value: Value, _ evaluator: Evaluator) throws -> Self? {
        switch try held(value, evaluator) {
        case let own as Self: own
        case let erased as Trajectory<AnyState>: erased.mapStates { $0.unerased(State.self) }
        default: nil
        }
    }
    public var bridged: Value {
        (self as? Trajectory<AnyState> ?? mapStates { AnyState($0) }).map {
            .foreign(Value.Foreign($0, typeName: Self.notebookName))
        } ?? .none
    }
    public static var notebookName: String { "Trajectory" }
}

extension Trajectory.Step: Bridged, ForeignBridged {
    public static func bridge(_ value: Value, _ evaluator: Evaluator) throws -> Self? {
        switch try held(value, evaluator) {
        case let own as Self: own
        case let erased as Trajectory<AnyState>.Step:
            erased.state.unerased(State.self).map { .init(state: $0, action: erased.action, reward: erased.reward) }
        default: nil
        }
    }
    public var bridged: Value {
        AnyState(state).map { state in
            let step = Trajectory<AnyState>.Step(state: state, action: action, reward: reward)
            return .foreign(Value.Foreign(step, typeName: Self.notebookName))
        } ?? .none
    }
    public static var notebookName: String { "Trajectory.Step" }
}

extension Outcome: Bridged, ForeignBridged {
    public static func bridge(_ value: Value, _ evaluator: Evaluator) throws -> Self? {
        switch try held(value, evaluator) {
        case let own as Self: own
        case let erased as Outcome<AnyState>:
            erased.state.unerased(State.self).map {
                Outcome(state: $0, probability: erased.probability, reward: erased.reward)
            }
        default: nil
        }
    }
    public var bridged: Value {
        AnyState(state).map { state in
            let outcome = Outcome<AnyState>(state: state, probability: probability, reward: reward)
            return .foreign(Value.Foreign(outcome, typeName: Self.notebookName))
        } ?? .none
    }
    public static var notebookName: String { "Outcome" }
}

extension EnumeratedTrajectory: Bridged, ForeignBridged {
    public static var notebookName: String { "EnumeratedTrajectory" }
}

extension StepWeights: Bridged, ForeignBridged {
    public var bridged: Value {
        .foreign(Value.Foreign(self as? StepWeights<AnyState> ?? erased, typeName: Self.notebookName))
    }
    public static var notebookName: String { "StepWeights" }
}

extension Baseline: Bridged, ForeignBridged {
    public var bridged: Value {
        .foreign(Value.Foreign(self as? Baseline<AnyState> ?? erased, typeName: Self.notebookName))
    }
    public static var notebookName: String { "Baseline" }
}
