import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// The memory of one tensor: taken from a pool, and given back to it when the last tensor that uses it goes.
///
/// A fresh large allocation costs a page fault for every 4 KiB, at every training step. The pool keeps what was freed,
/// by size, so that a training step in the steady state asks the system for nothing.
final class Buffer<Element: BitwiseCopyable>: @unchecked Sendable {
    // Unchecked: a buffer is written only by a tensor that holds it alone: by its initializer, or as a gradient that is added to.
    let elements: UnsafeMutableBufferPointer<Element>
    private let byteCount: Int

    /// Room for `count` elements, not initialized.
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

    /// At most this much freed memory is kept. Beyond it the sizes that nobody has asked for the longest go back to the
    /// system: those of networks that were trained before.
    private static let limit = 512 << 20
    /// One cache line, so that a vector load never straddles two.
    private static let alignment = 64
    /// The size of a large page of x86 and most of Arm.
    private static let largePage = 2 << 20

    /// What is kept of one size.
    private struct Shelf {
        /// Addresses, because a raw pointer may not cross the lock.
        var addresses: [UInt] = []
        /// When memory of this size was last asked for.
        var lastTake = 0
    }
    private struct Free {
        var bySize: [Int: Shelf] = [:]
        var bytes = 0
        var takes = 0
        var use = Use()
    }
    private let free = Mutex(Free())

    /// What buffers hold, and what it took to get it.
    struct Use: Sendable {
        var bytes = 0
        var peakBytes = 0
        var systemRequests = 0
    }

    func withUse<Result>(_ body: (inout Use) -> Result) -> Result { free.withLock { body(&$0.use) } }

    /// The size class: the next multiple of an eighth of the power of two below, so that at most an eighth is wasted.
    static func roundedSize(_ bytes: Int) -> Int {
        let step = max(alignment, (1 << (Int.bitWidth - 1 - bytes.leadingZeroBitCount)) / 8)
        return (bytes + step - 1) / step * step
    }

    func take(_ size: Int) -> UnsafeMutableRawPointer {
        let kept = free.withLock { free -> UInt? in
            free.use.bytes += size
            free.use.peakBytes = max(free.use.peakBytes, free.use.bytes)
            free.takes += 1
            free.bySize[size, default: Shelf()].lastTake = free.takes
            guard let address = free.bySize[size]?.addresses.popLast() else {
                free.use.systemRequests += 1
                return nil
            }
            free.bytes -= size
            return address
        }
        return kept.flatMap(UnsafeMutableRawPointer.init(bitPattern:)) ?? Self.fromSystem(size)
    }

    /// Large memory is asked for in large pages: a map of ten megabytes is 2,500 small ones, more than a core can look up
    /// without walking its tables.
    private static func fromSystem(_ size: Int) -> UnsafeMutableRawPointer {
        if size < largePage { return UnsafeMutableRawPointer.allocate(byteCount: size, alignment: alignment) }
        let memory = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: largePage)
        #if canImport(Glibc)
            // Advice: where the system has none to give, the pages are small.
            _ = madvise(memory, size, MADV_HUGEPAGE)
        #endif
        return memory
    }

    func give(_ memory: UnsafeMutableRawPointer, _ size: Int) {
        let address = UInt(bitPattern: memory)
        let forgotten = free.withLock { free -> [UInt] in
            free.use.bytes -= size
            free.bySize[size, default: Shelf()].addresses.append(address)
            free.bytes += size
            return free.bytes > Self.limit ? Self.forgetOldest(&free) : []
        }
        for address in forgotten { UnsafeMutableRawPointer(bitPattern: address)?.deallocate() }
    }

    /// Empties the shelves that were asked for the longest ago, until half of the limit is free again.
    private static func forgetOldest(_ free: inout Free) -> [UInt] {
        var forgotten: [UInt] = []
        for (size, shelf) in free.bySize.sorted(by: { $0.value.lastTake < $1.value.lastTake }) {
            if free.bytes <= limit / 2 { break }
            forgotten += shelf.addresses
            free.bytes -= size * shelf.addresses.count
            free.bySize[size] = nil
        }
        return forgotten
    }
}

/// What all tensors of the process take of memory.
public enum TensorMemory {
    /// The bytes that tensors and scratch memory hold now.
    public static var bytesInUse: Int { Pool.shared.withUse { $0.bytes } }
    /// The most bytes that they held at once since ``resetPeak()``.
    public static var peakBytes: Int { Pool.shared.withUse { $0.peakBytes } }
    /// How often memory came from the system, because none of that size had been given back.
    public static var systemRequests: Int { Pool.shared.withUse { $0.systemRequests } }
    /// Forgets how much was held before.
    public static func resetPeak() { Pool.shared.withUse { $0.peakBytes = $0.bytes } }
}

/// Memory for the length of one call, from the pool that tensors take theirs from; not initialized.
@inline(__always)
public func withScratch<Element: BitwiseCopyable, Result>(
    _ type: Element.Type = Element.self, count: Int,
    _ body: (UnsafeMutableBufferPointer<Element>) throws -> Result
) rethrows -> Result {
    let buffer = scratch(type, count: count)
    return try withExtendedLifetime(buffer) { try body(buffer.elements) }
}

/// The memory of ``withScratch(_:count:_:)``, for callers that need several pieces at once.
public func scratch<Element: BitwiseCopyable>(_ type: Element.Type = Element.self, count: Int) -> Scratch<Element> {
    Scratch(buffer: Buffer(count: count))
}

/// A piece of pooled memory, given back when it goes out of use.
public struct Scratch<Element: BitwiseCopyable> {
    let buffer: Buffer<Element>
    /// The elements; valid while this value is alive.
    public var elements: UnsafeMutableBufferPointer<Element> { buffer.elements }
}
