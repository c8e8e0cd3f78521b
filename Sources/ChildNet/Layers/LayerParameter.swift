import Autodiff

/// A parameter of a layer before it is there: its name, its shape and how it starts.
package struct LayerParameter: Sendable, Hashable {
    /// How the numbers start.
    package enum Start: Sendable {
        /// Normal, with variance 2/fan-in, where the fan-in is the product of all sizes but the last: what keeps the variance of
        /// outputs behind rectifiers (He et al. 2015, equation 10).
        case normal
        /// At zero.
        case zeros
        /// At one.
        case ones
    }
    /// What is behind the layer's name: `weights`.
    package let name: String
    package let shape: [Int]
    package let start: Start

    package init(_ name: String, _ shape: [Int], _ start: Start) {
        self.name = name
        self.shape = shape
        self.start = start
    }

    /// How many numbers there are; a floating-point number, which does not overflow.
    var count: Double { shape.reduce(1) { $0 * Double($1) } }

    /// The numbers that it starts with. Only normal ones are drawn.
    func values<T: Scalar>(using generator: inout RandomGenerator) -> Tensor<T> {
        switch start {
        case .normal:
            // σ = √(2/fan-in)
            let fanIn = shape.dropLast().reduce(1, *)
            return generator.normalTensor(shape: shape, standardDeviation: (2 / Double(fanIn)).squareRoot(), of: T.self)
        case .zeros: return Tensor(repeating: 0, shape: shape)
        case .ones: return Tensor(repeating: 1, shape: shape)
        }
    }
}
