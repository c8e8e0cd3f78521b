/// Why a value that a person supplied cannot be used: the rule and the value.
///
/// The library's own callers meet the rules as preconditions; whatever takes a person's input (the notebook, the command
/// line, a file) checks first and reports this error.
public struct InvalidArgument: Error, Equatable, CustomStringConvertible {
    /// The rule that was broken and the value that broke it.
    public let description: String

    /// An error that states the rule and the value.
    public init(_ description: String) { self.description = description }
}

/// Stops the program where a function's arguments break its rule: a mistake of the programmer.
///
/// The rules of a public function are its first statements. The notebook's bindings are generated from them: there the same
/// rule, asked before the function is called, is an error that is told to the student. A method names its object, `self`, and
/// an initializer its type, `Self`, where a rule uses them, and what a rule uses is public or of the package.
///
///     public func rollouts(…, count: Int, …) {
///         require(count >= 0, "the number of trajectories is not negative: \(count)")
///         require(π.problem(in: world))
package func require(_ problem: InvalidArgument?, file: StaticString = #fileID, line: UInt = #line) {
    if let problem { fatalError(problem.description, file: file, line: line) }
}

/// Stops the program where a rule does not hold.
package func require(
    _ holds: Bool, _ rule: @autoclosure () -> String, file: StaticString = #fileID, line: UInt = #line
) {
    if !holds { fatalError(rule(), file: file, line: line) }
}
