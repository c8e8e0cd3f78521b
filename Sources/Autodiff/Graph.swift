import Synchronization

/// One recorded operation, or one parameter: a vertex of the graph that `∇` walks backwards.
///
/// A node knows the nodes that it was computed from and its pullback: given ∂L/∂y for the result y it adds ∂L/∂y · ∂y/∂xᵢ to
/// ∂L/∂xᵢ for each input xᵢ (the vector-Jacobian product). A parameter is a node without inputs.
final class Node<Element: Scalar>: @unchecked Sendable {
    // Unchecked: nothing changes after the initializer but in `deinit`, when there is one owner left.
    /// `sums` holds what is known of each input's gradient so far, nil where that is nothing yet.
    typealias Pullback = (_ upstream: Tensor<Element>, _ wanted: [Bool], _ sums: inout [Tensor<Element>?]) -> Void

    /// Later nodes have higher numbers, so that descending order visits each node after all that use it.
    let order: Int
    private(set) var inputs: [Node?]
    let pullback: Pullback?
    /// What the node stands for, where it is a parameter.
    let parameter: ParameterIdentity?

    init(inputs: [Node?], pullback: @escaping Pullback) {
        order = nextOrder.wrappingAdd(1, ordering: .relaxed).newValue
        self.inputs = inputs
        self.pullback = pullback
        parameter = nil
    }

    init(parameter: ParameterIdentity) {
        order = nextOrder.wrappingAdd(1, ordering: .relaxed).newValue
        inputs = []
        pullback = nil
        self.parameter = parameter
    }

    /// Frees a long chain of nodes in a loop; one `deinit` inside another would overflow the stack after some
    /// hundred thousand operations.
    deinit {
        var orphans = inputs.compactMap { $0 }
        inputs = []
        while var orphan = orphans.popLast() {
            if isKnownUniquelyReferenced(&orphan) {
                orphans += orphan.inputs.compactMap { $0 }
                orphan.inputs = []
            }
        }
    }
}

private let nextOrder = Atomic<Int>(0)

extension Tensor {
    /// Records a primitive: `value`, computed from `inputs`, with the pullback that gives ∂L/∂inputᵢ from ∂L/∂value.
    ///
    /// This is all that a new differentiable operation needs. `pullback` receives the gradient with respect to the
    /// result and, for each input, whether its gradient is wanted; it returns one gradient of the input's shape for each
    /// input, or nil for one that is not wanted. It should capture only what it needs, and detached tensors at that.
    ///
    ///     func square(_ x: Tensor<Double>) -> Tensor<Double> {          // y = x²,  ∂L/∂x = 2x ∂L/∂y
    ///         let value = x.detached
    ///         return Tensor(value * value, from: [x]) { upstream, _ in [2 * value * upstream] }
    ///     }
    @specialized(where Element == Float)
    @specialized(where Element == Double)
    public init(
        _ value: Tensor, from inputs: [Tensor],
        pullback: @escaping (_ upstream: Tensor, _ wanted: [Bool]) -> [Tensor?]
    ) {
        self.init(
            value, from: inputs,
            addingPullback: { upstream, wanted, sums in
                for (i, gradient) in zip(sums.indices, pullback(upstream, wanted)) {
                    guard let gradient else { continue }
                    sums[i].add(gradient)
                }
            })
    }

    /// The same with a pullback that adds to the gradients of its inputs by itself: one that writes large gradients piece by
    /// piece adds each while it is in the cache.
    @specialized(where Element == Float)
    @specialized(where Element == Double)
    package init(
        _ value: Tensor, from inputs: [Tensor],
        addingPullback pullback: @escaping (_ upstream: Tensor, _ wanted: [Bool], _ sums: inout [Tensor?]) -> Void
    ) {
        // A closure, here and below: a key path is made anew from its description each time that generic code meets it, at
        // ten times the price of a small operation.
        let nodes = inputs.map { $0.node }
        // A result that depends on no parameter is a constant: nothing is recorded.
        let isConstant = nodes.allSatisfy { $0 == nil }
        self.init(
            shape: value.shape, buffer: value.buffer,
            node: isConstant ? nil : Node(inputs: nodes, pullback: pullback))
    }

    /// The gradient of this scalar with respect to every parameter that it was computed from.
    ///
    /// Reverse mode: each node's gradient is complete once every node that used it has been visited, because those
    /// were recorded later. One pass costs a small multiple of the computation itself, whatever the number of parameters.
    @specialized(where Element == Float)
    @specialized(where Element == Double)
    func gradients() -> [(parameter: ParameterIdentity, leaf: Node<Element>, value: Tensor)] {
        guard let node else { return [] }
        var upstream = [ObjectIdentifier(node): Tensor(repeating: 1, shape: shape)]
        var found: [(ParameterIdentity, Node<Element>, Tensor)] = []
        for node in node.reachable() {
            let key = ObjectIdentifier(node)
            guard let gradient = upstream.removeValue(forKey: key) else { continue }
            if let parameter = node.parameter { found.append((parameter, node, gradient)) }
            guard let pullback = node.pullback else { continue }
            // ∂L/∂x is the sum over everything that x was used in.
            var sums = node.inputs.map { $0.flatMap { upstream.removeValue(forKey: ObjectIdentifier($0)) } }
            pullback(gradient, node.inputs.map { $0 != nil }, &sums)
            for (i, input) in node.inputs.enumerated() {
                guard let input, let sum = sums[i] else { continue }
                sums[i] = nil
                // An input that is there twice has two sums.
                upstream[ObjectIdentifier(input)].add(sum)
            }
        }
        return found.sorted { $0.0.number < $1.0.number }
    }
}

extension Optional {
    /// Adds to a sum, in place where nobody else holds it.
    @specialized(where Wrapped == Tensor<Float>, Element == Float)
    @specialized(where Wrapped == Tensor<Double>, Element == Double)
    package mutating func add<Element: Scalar>(_ gradient: Tensor<Element>) where Wrapped == Tensor<Element> {
        guard var sum = self else {
            self = gradient
            return
        }
        // A pullback may be wrong: a gradient of another shape is for the gradient checker to find, not to be read beyond its end.
        guard sum.shape == gradient.shape else {
            self = sum + gradient
            return
        }
        self = nil
        let elements = sum.unsharedElements()
        gradient.withElements { gradient in
            for i in 0..<elements.count { elements[i] += gradient[i] }
        }
        self = sum
    }
}

extension Node {
    /// This node and all that it was computed from, the latest first.
    fileprivate func reachable() -> [Node] {
        var seen: Set<ObjectIdentifier> = [ObjectIdentifier(self)]
        var nodes = [self]
        var next = 0
        while next < nodes.count {
            for case let input? in nodes[next].inputs where seen.insert(ObjectIdentifier(input)).inserted {
                nodes.append(input)
            }
            next += 1
        }
        return nodes.sorted { $0.order > $1.order }
    }
}
