import RealModule
import TextDisplay

/// Holds gradients against finite differences: ∂f/∂xᵢ ≈ (f(x + hεᵢ) − f(x − hεᵢ)) / 2h, in `Double`.
///
/// Every coordinate is tried when there are few; else a seeded sample from every block, and random directions through
/// all of them. An element is wrong when |yours − difference| > absolute + relative · max(|yours|, |difference|).
/// The report names the cause. It does not blame yours for what rounding, truncation, a kink or a function that gives
/// another value at each call explains, though it does not pass that either: nothing was shown to be right.
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

    /// Why there are not so many places to look at, or nil where there are. Any step can be tried: the report tells.
    package var problemOfCounts: InvalidArgument? {
        outside("elementsPerBlock", elementsPerBlock, 1...100_000) ?? outside("directions", directions, 0...1000)
    }

    /// Why the settings show nothing, or nil where they may.
    public var problem: InvalidArgument? {
        outside("step", step, 1e-300...1e300) ?? outside("absoluteTolerance", absoluteTolerance, 0...1e300)
            ?? outside("relativeTolerance", relativeTolerance, 0...1) ?? problemOfCounts
    }

    private func outside<Number: Comparable>(
        _ name: String, _ value: Number, _ range: ClosedRange<Number>
    ) -> InvalidArgument? {
        if range ~= value { return nil }
        return InvalidArgument("\(name) is \(range.lowerBound) to \(range.upperBound); not \(value)")
    }

    /// A checker with the default steps and tolerances.
    public init() {}

    /// Checks `∇` of a function of the given tensors.
    ///
    /// A function whose result is no scalar is checked through Σ wⱼ f(x)ⱼ with fixed random weights w.
    public func check(
        _ blocks: KeyValuePairs<String, Tensor<Double>>, _ f: ([Tensor<Double>]) -> Tensor<Double>
    ) -> GradientReport {
        require(self.problemOfCounts)
        return check(blocks.map { ($0.key, $0.value) }, f)
    }

    /// Checks `∇` of a function of the given tensors, each with its name.
    public func check(
        _ blocks: [(name: String, tensor: Tensor<Double>)], _ f: ([Tensor<Double>]) -> Tensor<Double>
    ) -> GradientReport {
        require(self.problemOfCounts)
        return check(blocks.map { Parameter($0.name, $0.tensor) }) { parameters in f(parameters.map(\.tensor)) }
    }

    /// Checks `∇` of a function of a model, such as a loss, with respect to all of the model's parameters.
    public func check<Model: Parameterized<Double>>(
        of model: Model, _ f: (Model) -> Tensor<Double>
    ) -> GradientReport {
        require(self.problemOfCounts)
        return check(model.parameters) { parameters in
            var moved = model
            moved.parameters = parameters
            return f(moved)
        }
    }

    private func check(
        _ parameters: [Parameter<Double>], _ f: ([Parameter<Double>]) -> Tensor<Double>
    ) -> GradientReport {
        func moved(_ values: [Tensor<Double>]) -> [Parameter<Double>] {
            zip(parameters, values).map { parameter, value in
                var moved = parameter
                moved.value = value
                return moved
            }
        }
        func projected(_ parameters: [Parameter<Double>]) -> Tensor<Double> {
            let y = f(parameters)
            if y.count == 1 { return y.sum() }
            var generator = RandomGenerator(seed: seed, stream: 1)
            return (y * generator.normalTensor(shape: y.shape)).sum()
        }
        func gradient(_ parameters: [Parameter<Double>]) -> [Tensor<Double>] {
            let gradient = ∇projected(parameters)
            return parameters.map { gradient[$0] ?? Tensor(repeating: 0, shape: $0.shape) }
        }
        return compare(
            gradient(parameters), names: parameters.map(\.name), at: parameters.map(\.value),
            gradient: { gradient(moved($0)) }, of: { projected(moved($0)).value })
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
        require(self.problemOfCounts)
        require(
            yours.count == names.count && point.count == names.count,
            "there is a gradient, a name and a point for each block; not \(yours.count), \(names.count), \(point.count)"
        )
        return compare(yours, names: names, at: point, gradient: { _ in nil }, of: f)
    }

    /// - Parameter gradient: the gradient that is judged, at other points; nil where it is known at this one only.
    private func compare(
        _ yours: [Tensor<Double>], names: [String], at point: [Tensor<Double>],
        gradient: ([Tensor<Double>]) -> [Tensor<Double>]?, of f: ([Tensor<Double>]) -> Double
    ) -> GradientReport {
        for (block, name) in names.enumerated() where yours[block].shape != point[block].shape {
            return GradientReport(
                failure: .shape(parameter: name, yours: yours[block].shape, expected: point[block].shape), checker: self
            )
        }
        return withoutActuallyEscaping(f) { f in
            withoutActuallyEscaping(gradient) { gradient in
                GradientJudge(
                    checker: self, trials: trials(of: yours, names: names, at: point, f),
                    neighborhood: GradientNeighborhood(checker: self, point: point, f: f, gradient: gradient)
                ).report
            }
        }
    }

    /// Every element of a small block, some of a large one, and a few directions through all of them.
    private func trials(
        of yours: [Tensor<Double>], names: [String], at point: [Tensor<Double>], _ f: @escaping DifferenceLine.Function
    ) -> [GradientTrial] {
        let value = f(point)
        var generator = RandomGenerator(seed: seed)
        var trials: [GradientTrial] = []
        func add(_ direction: DifferenceLine.Direction, block: Int?, _ parameter: String, _ index: [Int]) {
            let line = DifferenceLine(f, at: point, value: value, along: direction)
            trials.append(
                GradientTrial(
                    comparison: GradientComparison(
                        block: block, parameter: parameter, index: index, yours: direction.slope(of: yours),
                        difference: line.central(step), checker: self),
                    line: line))
        }
        for block in point.indices {
            let count = point[block].count
            let chosen =
                count <= elementsPerBlock
                ? Array(0..<count) : generator.permutation(count).prefix(elementsPerBlock).sorted()
            for i in chosen {
                let index = Self.unflattened(i, point[block].shape)
                add(.element(block: block, index: i), block: block, names[block], index)
            }
        }
        for number in 0..<directions {
            let direction = point.map { generator.normalTensor(shape: $0.shape, of: Double.self) }
            add(.random(direction), block: nil, "random direction", [number])
        }
        return trials
    }

    /// absolute + relative · max(|yours|, |difference|)
    func tolerance(_ yours: Double, _ difference: Double) -> Double {
        absoluteTolerance + relativeTolerance * max(abs(yours), abs(difference))
    }

    /// The index, axis by axis, of the element at a place in row-major order: place 5 of shape `[2, 3]` is `[1, 2]`.
    public static func unflattened(_ place: Int, _ shape: [Int]) -> [Int] {
        require(Tensor<Double>.problem(ofShape: shape))
        require(0..<shape.reduce(1, *) ~= place, "a tensor of shape \(shape) has no place \(place)")
        var index: [Int] = []
        var rest = place
        for length in shape.reversed() {
            index.insert(rest % length, at: 0)
            rest /= length
        }
        return index
    }
}
