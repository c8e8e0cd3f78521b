import Foundation
import Synchronization

/// Threads with a stack that is large enough for whatever a cell nests: calls, expressions, values that refer to values.
///
/// Memory is only used as far as a stack really grows.
enum LargeStack {
    private static let size = 1 << 30
    /// The threads that have not ended yet.
    static let running = Atomic<Int>(0)

    /// Runs something on a thread of its own, which is told the size of its stack.
    static func run(_ body: @escaping @Sendable (_ stackSize: Int) -> Void) {
        running.wrappingAdd(1, ordering: .relaxed)
        let thread = Thread {
            body(size)
            running.wrappingSubtract(1, ordering: .relaxed)
        }
        thread.stackSize = size
        thread.start()
    }

    /// The value of something that is computed on such a thread; nil where it takes longer than the limit.
    static func value<Result: Sendable>(
        within limit: DispatchTimeInterval, _ body: @escaping @Sendable () -> Result
    ) -> Result? {
        let box = Box<Result>()
        run { _ in box.set(body()) }
        return box.wait(limit)
    }

    /// The value of something that is computed on such a thread, which is left to itself where it is told to stop.
    ///
    /// - Throws: what the computation throws; ``CellError`` where it was told to stop.
    static func value<Result: Sendable>(
        unless stop: StopSignal, _ body: @escaping @Sendable () throws -> Result
    ) throws -> Result {
        let box = Box<Swift.Result<Result, any Error>>()
        run { _ in box.set(Swift.Result { try body() }) }
        while true {
            // Who is told to stop does so within some hundredths of a second.
            if let result = box.wait(.milliseconds(20)) { return try result.get() }
            if stop.isRaised { throw CellError(.interrupted) }
        }
    }

    /// Does something for each number below a count, on as many such threads as there are cores, and waits for all.
    static func concurrently(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
        let next = Counter(), all = DispatchGroup()
        for _ in 0..<min(count, ProcessInfo.processInfo.activeProcessorCount) {
            all.enter()
            run { _ in
                while case let i = next.next(), i < count { body(i) }
                all.leave()
            }
        }
        all.wait()
    }

    private final class Counter: Sendable {
        private let value = Atomic<Int>(0)
        func next() -> Int { value.wrappingAdd(1, ordering: .relaxed).oldValue }
    }

    private final class Box<Result: Sendable>: Sendable {
        private let result = Mutex<Result?>(nil)
        private let done = DispatchSemaphore(value: 0)

        func set(_ value: Result) {
            result.withLock { $0 = value }
            done.signal()
        }

        func wait(_ limit: DispatchTimeInterval) -> Result? {
            _ = done.wait(timeout: .now() + limit)
            return result.withLock { $0 }
        }
    }
}
