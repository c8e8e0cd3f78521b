import Synchronization

/// What a closure of the notebook threw while the library, whose closures can't throw, was calling it.
///
/// From the first error on the closure is not called any more and a fallback goes in its place; the error is thrown once
/// the library is back.
final class NotedError: Sendable {
    private let first = Mutex<(any Error)?>(nil)
    private let others: [NotedError]

    init(_ others: [NotedError] = []) { self.others = others }

    /// Both, where there are two.
    static func both(_ a: NotedError?, _ b: NotedError?) -> NotedError? {
        guard let a, let b else { return a ?? b }
        return NotedError([a, b] + a.others + b.others)
    }

    /// What the body gives, or the fallback where it throws, or something threw before.
    func value<Result>(or fallback: @autoclosure () -> Result, _ body: () throws -> Result) -> Result {
        if first.withLock({ $0 != nil }) { return fallback() }
        do { return try body() } catch {
            first.withLock { $0 = $0 ?? error }
            return fallback()
        }
    }

    /// Forgets what was noted, and throws the first of it.
    func rethrow() throws {
        let errors = ([self] + others).compactMap { noted in
            noted.first.withLock { error in
                defer { error = nil }
                return error
            }
        }
        if let error = errors.first { throw error }
    }
}
