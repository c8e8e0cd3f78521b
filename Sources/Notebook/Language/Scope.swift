import Synchronization

/// The variables of one block, and the blocks around it.
final class Scope: @unchecked Sendable {
    // Unchecked: one evaluator at a time works on a session's scopes. One that was abandoned reads its stop signal before
    // it would touch a variable.
    struct Variable {
        var value: Value
        let isVariable: Bool
        /// The functions of this name, each of other parameters.
        var overloads: [Overload] = []
    }

    private var variables: [String: Variable] = [:]
    let parent: Scope?

    init(parent: Scope? = nil) { self.parent = parent }

    func declare(_ name: String, _ value: Value, isVariable: Bool, overloads: [Overload] = []) {
        variables[name] = Variable(value: value, isVariable: isVariable, overloads: overloads)
    }

    /// The functions of a name that were declared in this scope itself.
    func overloads(of name: String) -> [Overload] { variables[name]?.overloads ?? [] }

    func lookUp(_ name: String) -> Value? {
        var scope: Scope? = self
        while let current = scope {
            if let variable = current.variables[name] { return variable.value }
            scope = current.parent
        }
        return nil
    }

    /// Changes a variable in place.
    func modify<Result>(_ name: String, _ body: (inout Value) throws -> Result) throws -> Result? {
        var scope: Scope? = self
        while let current = scope {
            if let isVariable = current.variables[name]?.isVariable {
                guard isVariable else { throw CellError(.constant(name)) }
                // Taken out while it is changed, and not copied, so that the change does not copy a whole array; put back
                // whatever happens.
                var value = Value.void
                swap(&value, &current.variables[name]!.value)
                defer { current.variables[name]!.value = value }
                return try body(&value)
            }
            scope = current.parent
        }
        return nil
    }

    /// The names in this scope and those around it.
    var names: [String] { variables.keys.sorted() + (parent?.names ?? []) }

    func removeAll() { variables = [:] }
}

/// Tells one cell's evaluation to stop; once raised it stays raised.
public final class StopSignal: Sendable {
    private let raised = Atomic<Bool>(false)
    private let isAsked: @Sendable () -> Bool

    /// A signal that is not raised.
    ///
    /// - Parameter isAsked: is asked whenever the evaluation looks; its first yes raises the signal.
    public init(orWhen isAsked: @escaping @Sendable () -> Bool = { false }) { self.isAsked = isAsked }

    /// Whether the evaluation is to stop.
    public var isRaised: Bool {
        if raised.load(ordering: .relaxed) { return true }
        if isAsked() { raise() }
        return raised.load(ordering: .relaxed)
    }

    /// Tells it to stop.
    public func raise() { raised.store(true, ordering: .relaxed) }
}
