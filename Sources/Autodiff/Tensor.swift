import TextDisplay

/// An array of numbers with a shape, which remembers how it was computed from parameters.
///
/// Elements are stored row by row (row-major): element `[i, j]` of a tensor of shape `[m, n]` stands at `i·n + j`.
/// A tensor of shape `[]` is a scalar. A tensor computed from a ``Parameter`` is also a node of a graph that is recorded
/// as the program runs ("define by run"); `∇` walks that graph back to the parameters.
///
///     let x = Tensor([1.0, 2.0, 3.0])
///     x.shape                    // [3]
///     (x * x).sum().value        // 14.0
public struct Tensor<Element: Scalar>: Sendable {
    /// The length of every axis; empty for a scalar.
    public let shape: [Int]
    private(set) var buffer: Buffer<Element>
    let node: Node<Element>?

    init(shape: [Int], buffer: Buffer<Element>, node: Node<Element>?) {
        self.shape = shape
        self.buffer = buffer
        self.node = node
    }

    /// A tensor whose elements `initialize` writes, all of them, into the memory that it is given.
    public init(shape: [Int], initializedBy initialize: (UnsafeMutableBufferPointer<Element>) throws -> Void) rethrows {
        precondition(shape.allSatisfy { $0 >= 0 }, "a shape has no negative length: \(shape)")
        buffer = Buffer(count: shape.reduce(1, *))
        self.shape = shape
        node = nil
        try initialize(buffer.elements)
    }

    /// A scalar.
    public init(_ value: Element) {
        self.init(shape: []) { $0[0] = value }
    }

    /// A vector of the given elements: shape `[elements.count]`.
    public init(_ elements: [Element]) {
        self.init(elements, shape: [elements.count])
    }

    /// The given elements, row by row, in the given shape.
    ///
    /// There must be as many elements as the shape has places.
    public init(_ elements: [Element], shape: [Int]) {
        require(Self.problem(filling: shape, with: elements.count))
        self.init(shape: shape) { _ = $0.initialize(from: elements) }
    }

    /// A matrix from its rows, which must be of one length: shape `[rows.count, rows[0].count]`.
    public init(_ rows: [[Element]]) {
        require(
            rows.allSatisfy { $0.count == rows[0].count },
            "the rows of a matrix have one length; these have \(rows.map(\.count))")
        require(Self.problem(ofShape: [rows.count, rows.first?.count ?? 0]))
        self.init(Array(rows.joined()), shape: [rows.count, rows.first?.count ?? 0])
    }

    /// A tensor of one value repeated.
    public init(repeating value: Element, shape: [Int]) {
        require(Self.problem(ofShape: shape))
        self.init(shape: shape) { $0.initialize(repeating: value) }
    }

    /// The number of elements.
    public var count: Int { buffer.elements.count }

    /// The elements, row by row.
    public var elements: [Element] { Array(buffer.elements) }

    /// The elements in place, for kernels; not to be kept beyond the call.
    @inline(__always)
    public func withElements<Result>(_ body: (UnsafeBufferPointer<Element>) throws -> Result) rethrows -> Result {
        try withExtendedLifetime(buffer) { try body(UnsafeBufferPointer(buffer.elements)) }
    }

    /// The number that a tensor of one element holds.
    public var value: Element {
        require(self.count == 1, "only a tensor of one element has a value; this one has shape \(self.shape)")
        return buffer.elements[0]
    }

    /// The elements, to be written to, of a gradient that its pullback adds to: it is copied first where others hold it, too.
    ///
    /// They are valid as long as this tensor is.
    package mutating func unsharedElements() -> UnsafeMutableBufferPointer<Element> {
        if !isKnownUniquelyReferenced(&buffer) {
            let shared = buffer
            buffer = Buffer(count: shared.elements.count)
            withExtendedLifetime(shared) { _ = buffer.elements.initialize(fromContentsOf: shared.elements) }
        }
        return buffer.elements
    }

    /// A tensor whose elements are not written yet, for a pullback that writes them through ``unsharedElements()``.
    package init(notInitialized shape: [Int]) { self.init(shape: shape) { _ in } }

    /// The same numbers, cut from the graph: no gradient flows through them.
    public var detached: Tensor { Tensor(shape: shape, buffer: buffer, node: nil) }

    /// Whether the tensor was computed from a parameter, so that it has a gradient.
    public var dependsOnParameters: Bool { node != nil }
}

extension Tensor: Equatable {
    /// Whether two tensors have the same shape and equal elements; the graph does not count.
    public static func == (a: Tensor, b: Tensor) -> Bool {
        a.shape == b.shape && a.buffer.elements.elementsEqual(b.buffer.elements)
    }
}
