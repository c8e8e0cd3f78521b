import Synchronization

/// The memory of one tensor: taken from a pool, and given back to it when the last tensor that uses it goes.
///
/// A fresh large allocation costs a page fault for every 4 KiB, at every training step. The pool keeps what was freed,
/// by size, so that a training step in the steady state asks the system for nothing.
final class Buffer<Element: Scalar>: @unchecked Sendable {
    // Unchecked: a buffer is written only by the initialiser of the one tensor that owns it, before it is shared.
    let elements: UnsafeMutableBufferPointer<Element>
    private let byteCount: Int

    /// Room for `count` elements, not initialised.
    init(count: Int) {
        byteCount = Pool.roundedSize(max(count, 1) * MemoryLayout<Element>.stride)
        let memory = Pool.shared.take(byteCount)
        elements = UnsafeMutableBufferPointer(start: memory.bindMemory(to: Element.self, capacity: count), count: count)
    }

    deinit {
        Pool.shared.give(UnsafeMutableRawPointer(elements.baseAddress!), byteCount)
    }
}

/// Freed memory, kept by size for the next buffer of that size.
private final class Pool: Sendable {
    static let shared = Pool()

    /// At most this much freed memory is kept; what exceeds it goes back to the system.
    private static let limit = 256 << 20
    /// One cache line, so that a vector load never straddles two.
    private static let alignment = 64

    /// Addresses, because a raw pointer may not cross the lock.
    private struct Free {
        var bySize: [Int: [UInt]] = [:]
        var bytes = 0
    }
    private let free = Mutex(Free())

    /// The size class: the next multiple of an eighth of the power of two below, so that at most an eighth is wasted.
    static func roundedSize(_ bytes: Int) -> Int {
        let step = max(alignment, (1 << (Int.bitWidth - 1 - bytes.leadingZeroBitCount)) / 8)
        return (bytes + step - 1) / step * step
    }

    func take(_ size: Int) -> UnsafeMutableRawPointer {
        let kept = free.withLock { free -> UInt? in
            guard let address = free.bySize[size]?.popLast() else { return nil }
            free.bytes -= size
            return address
        }
        return kept.flatMap(UnsafeMutableRawPointer.init(bitPattern:))
            ?? UnsafeMutableRawPointer.allocate(byteCount: size, alignment: Self.alignment)
    }

    func give(_ memory: UnsafeMutableRawPointer, _ size: Int) {
        let address = UInt(bitPattern: memory)
        let keeps = free.withLock { free in
            guard free.bytes + size <= Self.limit else { return false }
            free.bySize[size, default: []].append(address)
            free.bytes += size
            return true
        }
        if !keeps { memory.deallocate() }
    }
}

/// Memory for the length of one call, from the pool that tensors take theirs from; not initialised.
@inline(__always)
public func withScratch<Element: Scalar, Result>(
    _ type: Element.Type = Element.self, count: Int,
    _ body: (UnsafeMutableBufferPointer<Element>) throws -> Result
) rethrows -> Result {
    let buffer = scratch(type, count: count)
    return try withExtendedLifetime(buffer) { try body(buffer.elements) }
}

/// The memory of ``withScratch(_:count:_:)``, for callers that need several pieces at once.
public func scratch<Element: Scalar>(_ type: Element.Type = Element.self, count: Int) -> Scratch<Element> {
    Scratch(buffer: Buffer(count: count))
}

/// A piece of pooled memory, given back when it goes out of use.
public struct Scratch<Element: Scalar> {
    let buffer: Buffer<Element>
    /// The elements; valid while this value is alive.
    public var elements: UnsafeMutableBufferPointer<Element> { buffer.elements }
}
