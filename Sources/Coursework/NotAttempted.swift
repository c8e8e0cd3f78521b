/// What an exercise throws until somebody has written it. Replace the `throw` by your code; keep the signature.
public struct NotAttempted: Error {
    /// The exercise has not been written yet.
    public init() {}
}
