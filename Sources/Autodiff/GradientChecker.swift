import RealModule

/// Holds gradients against finite differences: ∂f/∂xᵢ ≈ (f(x + hεᵢ) − f(x − hεᵢ)) / 2h, in `Double`.
///
/// Every coordinate is tried when there are few; else a seeded sample from every block, and random directions through
/// all of them. An element is wrong when |yours − difference| > absolute + relative · max(|yours|, |difference|).
///
///     let x = Tensor([1.0, 2.0])
///     GradientChecker().check(["x": x]) { exp($0[0]).sum() }.passed      // true
public struct GradientChecker: Sendable {
    /// The step h, multiplied by max(1, |xᵢ|).
    public var step = 1e-5
    /// The absolute part of the tolerance.
    public var absoluteTolerance = 1e-8
    /// The relative part of the tolerance.
    public var relativeTolerance = 1e-5
    /// Blocks of more elements than this are sampled.
    public var elementsPerBlock = 48
    /// How many random directions are tried besides.
    public var directions = 4
    /// The seed of the sample, the directions and the projection.
    public var seed = 0

    /// A checker with the default steps and tolerances.
    public init() {}

    /// Checks `∇` of a function of the given tensors.
    ///
    /// A function whose result is no scalar is checked through Σ wⱼ f(x)ⱼ with fixed random weights w.
    public func check(
        _ blocks: KeyValuePairs<String, Tensor<Double>>, _ f: ([Tensor<Double>]) -> Tensor<Double>
    ) -> GradientReport {
        check(blocks.map { ($0.key, $0.value) }, f)
    }

    /// Checks `∇` of a function of the given tensors, each with its name.
    public func check(
        _ blocks: [(name: String, tensor: Tensor<Double>)], _ f: ([Tensor<Double>]) -> Tensor<Double>
    ) -> GradientReport {
        check(blocks.map { Parameter($0.name, $0.tensor) }) { parameters in f(parameters.map(\.tensor)) }
    }

    /// Checks `∇` of a function of a model, such as a loss, with respect to all of the model's parameters.
    public func check<Model: Parameterized<Double>>(
        of model: Model, _ f: (Model) -> Tensor<Double>
    ) -> GradientReport {
        check(model.parameters) { parameters in
            var moved = model
            moved.parameters = parameters
            return f(moved)
        }
    }

    private func check(
        _ parameters: [Parameter<Double>], _ f: ([Parameter<Double>]) -> Tensor<Double>
    ) -> GradientReport {
        func projected(_ parameters: [Parameter<Double>]) -> Tensor<Double> {
            let y = f(parameters)
            if y.count == 1 { return y.sum() }
            var generator = RandomGenerator(seed: seed, stream: 1)
            return (y * generator.normalTensor(shape: y.shape)).sum()
        }
        let gradient = ∇projected(parameters)
        let yours = parameters.map { gradient[$0] ?? Tensor(repeating: 0, shape: $0.shape) }
        return compare(yours, names: parameters.map(\.name), at: parameters.map(\.value)) { values in
            projected(
                zip(parameters, values).map { parameter, value in
                    var moved = parameter
                    moved.value = value
                    return moved
                }
            ).value
        }
    }

    /// Compares gradients, however they were computed, with the finite differences of `f`.
    ///
    /// - Parameters:
    ///   - yours: the gradient to be judged, one tensor for each block.
    ///   - names: the name of each block.
    ///   - point: where f is differentiated, one tensor for each block.
    public func compare(
        _ yours: [Tensor<Double>], names: [String], at point: [Tensor<Double>], of f: ([Tensor<Double>]) -> Double
    ) -> GradientReport {
        for (block, name) in names.enumerated() where yours[block].shape != point[block].shape {
            return GradientReport(
                failure: .shape(parameter: name, yours: yours[block].shape, expected: point[block].shape), checker: self
            )
        }
        var generator = RandomGenerator(seed: seed)
        var comparisons: [GradientComparison] = []
        for block in point.indices {
            let count = point[block].count
            let chosen =
                count <= elementsPerBlock
                ? Array(0..<count) : generator.permutation(count).prefix(elementsPerBlock).sorted()
            for i in chosen {
                let direction = Direction.element(block: block, index: i)
                comparisons.append(
                    GradientComparison(
                        block: block, parameter: names[block], index: Self.unflattened(i, point[block].shape),
                        yours: yours[block].elements[i],
                        difference: difference(f, point, direction, step), checker: self))
            }
        }
        for number in 0..<directions {
            let direction = point.map { generator.normalTensor(shape: $0.shape, of: Double.self) }
            let slope = zip(yours, direction).reduce(0.0) { $0 + ($1.0 * $1.1).sum().value }
            comparisons.append(
                GradientComparison(
                    block: nil, parameter: "random direction", index: [number], yours: slope,
                    difference: difference(f, point, .random(direction), step), checker: self))
        }
        return judge(comparisons, names: names, at: point, of: f)
    }

    enum Direction {
        case element(block: Int, index: Int)
        case random([Tensor<Double>])
    }

    /// (f(x + hd) − f(x − hd)) / 2h along a direction d.
    func difference(
        _ f: ([Tensor<Double>]) -> Double, _ point: [Tensor<Double>], _ direction: Direction, _ step: Double
    ) -> Double {
        switch direction {
        case .element(let block, let index):
            let center = point[block].elements[index]
            let h = step * max(1, abs(center))
            func moved(_ value: Double) -> [Tensor<Double>] {
                var elements = point[block].elements
                elements[index] = value
                var result = point
                result[block] = Tensor(elements, shape: point[block].shape)
                return result
            }
            // The step that was really taken, after rounding.
            let (above, below) = (center + h, center - h)
            return (f(moved(above)) - f(moved(below))) / (above - below)
        case .random(let vectors):
            func moved(_ h: Double) -> [Tensor<Double>] { zip(point, vectors).map { $0 + h * $1 } }
            return (f(moved(step)) - f(moved(-step))) / (2 * step)
        }
    }

    /// The index, axis by axis, of the element at a place in row-major order: place 5 of shape `[2, 3]` is `[1, 2]`.
    public static func unflattened(_ place: Int, _ shape: [Int]) -> [Int] {
        var index: [Int] = []
        var rest = place
        for length in shape.reversed() {
            index.insert(rest % length, at: 0)
            rest /= length
        }
        return index
    }

    static func flattened(_ index: [Int], _ shape: [Int]) -> Int {
        zip(index, shape).reduce(0) { $0 * $1.1 + $1.0 }
    }
}

/// One directional derivative, yours beside the finite difference.
public struct GradientComparison: Sendable {
    /// The number of the block; nil for a random direction.
    let block: Int?
    /// The name of the block, or "random direction".
    public let parameter: String
    /// The index in the block, or the number of the direction.
    public let index: [Int]
    /// The derivative that is judged.
    public let yours: Double
    /// The finite difference.
    public let difference: Double
    /// The error that was allowed: absolute + relative · max(|yours|, |difference|).
    public let tolerance: Double

    init(
        block: Int?, parameter: String, index: [Int], yours: Double, difference: Double, checker: GradientChecker
    ) {
        self.block = block
        self.parameter = parameter
        self.index = index
        self.yours = yours
        self.difference = difference
        tolerance = checker.absoluteTolerance + checker.relativeTolerance * max(abs(yours), abs(difference))
    }

    /// |yours − difference|
    public var absoluteError: Double { abs(yours - difference) }
    /// The absolute error over the larger of the two magnitudes.
    public var relativeError: Double {
        let scale = max(abs(yours), abs(difference))
        return scale == 0 ? 0 : absoluteError / scale
    }
    /// The share of the tolerance that the error uses; above 1 the element is wrong, and not a number counts as wrong.
    public var toleranceUsed: Double { absoluteError.isNaN ? .infinity : absoluteError / tolerance }
    var isWrong: Bool { !(toleranceUsed <= 1) }
}
