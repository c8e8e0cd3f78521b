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
