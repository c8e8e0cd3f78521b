/// Whether a gradient that is wrong at a point is right beside it: there kinks meet in the point, and the rule is right.
///
/// At a kink the chain rule gives no slope: of relu(x) − relu(−x), which is x, it gives 0 at 0 where relu′(0) = 0. No
/// difference at the point tells that from a wrong formula; the gradient at random points beside it does.
final class GradientNeighborhood {
    private let checker: GradientChecker
    private let point: [Tensor<Double>]
    private let f: DifferenceLine.Function
    private let gradient: ([Tensor<Double>]) -> [Tensor<Double>]?
    /// Points at a distance, each with its gradient: drawn once for every line.
    private var neighbors: [Double: [(point: [Tensor<Double>], value: Double, gradient: [Tensor<Double>])]] = [:]

    /// - Parameter gradient: the gradient that is judged; nil where it is known at the point only.
    init(
        checker: GradientChecker, point: [Tensor<Double>], f: @escaping DifferenceLine.Function,
        gradient: @escaping ([Tensor<Double>]) -> [Tensor<Double>]?
    ) {
        (self.checker, self.point, self.f, self.gradient) = (checker, point, f, gradient)
    }

    /// What the gradient is worth beside the point.
    enum Finding {
        /// It agrees with the differences, wherever that can be told; the slopes that it gives.
        case right([Double])
        /// It disagrees there as well.
        case wrong
        /// It can't be told, or is known at the point only.
        case unknown
    }

    /// - Parameter error: by how much the gradient is wrong at the point.
    func finding(along line: DifferenceLine, error: Double) -> Finding {
        guard let step = step(for: line, error: error) else { return .unknown }
        var slopes: [Double] = []
        for neighbor in near(step) {
            let beside = line.parallel(through: neighbor.point, value: neighbor.value)
            let yours = line.direction.slope(of: neighbor.gradient)
            // A kink may come within one step; hardly within a smaller one, and then it shows.
            let (wide, narrow) = (beside.central(step), beside.central(step / 4))
            func allowed(_ step: Double, _ slope: Double) -> Double {
                checker.tolerance(yours, slope) + GradientDiagnostician.margin * beside.rounding(step)
            }
            if abs(yours - wide) <= allowed(step, wide) || abs(yours - narrow) <= allowed(step / 4, narrow) {
                slopes.append(yours)
            } else if max(abs(wide - narrow), abs(beside.bend(step / 4))) <= 0.1 * abs(yours - narrow) {
                return .wrong
            }
        }
        return slopes.isEmpty ? .unknown : .right(slopes)
    }

    /// The least and the largest of the slopes beside the point, where they differ however near to it, as they do where
    /// many kinks meet; nil where the function is smooth.
    ///
    /// - Parameters:
    ///   - slope: what the slope is at the point.
    ///   - error: by how much yours is another; a smaller difference than a part of it is none.
    func slopesWhereKinksMeet(along line: DifferenceLine, slope: Double, error: Double) -> ClosedRange<Double>? {
        guard let step = step(for: line, error: error) else { return nil }
        func slopes(_ distance: Double, count: Int) -> [Double] {
            points(distance, count: count).map { point in
                line.parallel(through: point, value: line.value).central(step)
            }.filter(\.isFinite)
        }
        func range(_ slopes: [Double]) -> ClosedRange<Double> {
            slopes.reduce(slope...slope) { min($0.lowerBound, $1)...max($0.upperBound, $1) }
        }
        let distance = min(100 * step, 0.1)
        // Two points tell a smooth function at once.
        if slopes(distance, count: 2).allSatisfy({ abs($0 - slope) < 0.02 * abs(error) }) { return nil }
        let (close, far) = (range(slopes(distance, count: 12)), range(slopes(10 * distance, count: 12)))
        func width(_ range: ClosedRange<Double>) -> Double { range.upperBound - range.lowerBound }
        return 2 * width(close) > width(far) ? close : nil
    }

    /// Whether yours is the same multiple of the slope beside the point as at it; nil where that can't be told.
    func keeps(_ ratio: Double, along line: DifferenceLine) -> Bool? {
        guard let step = step(for: line, error: line.central(checker.step)), let neighbor = near(step).first else {
            return nil
        }
        let beside = line.parallel(through: neighbor.point, value: neighbor.value)
        let (yours, slope) = (line.direction.slope(of: neighbor.gradient), beside.central(step))
        guard yours.isFinite, slope.isFinite else { return nil }
        let allowed = 2e-4 * abs(slope) + GradientDiagnostician.margin * beside.rounding(step)
        return abs(yours - ratio * slope) <= abs(ratio) * allowed + checker.tolerance(yours, slope)
    }

    /// The smallest step that rounding leaves exact enough to tell an error of this size.
    private func step(for line: DifferenceLine, error: Double) -> Double? {
        [1e-6, 1e-5, 1e-4, 1e-3, 1e-2].first { GradientDiagnostician.margin * line.rounding($0) <= 0.01 * abs(error) }
    }

    /// Six points, a thousand steps away: hardly one of many kinks comes within a step.
    private func near(_ step: Double) -> [(point: [Tensor<Double>], value: Double, gradient: [Tensor<Double>])] {
        if let known = neighbors[step] { return known }
        let drawn = points(min(1000 * step, 1), count: 6).compactMap { moved in
            gradient(moved).map { (point: moved, value: f(moved), gradient: $0) }
        }
        neighbors[step] = drawn
        return drawn
    }

    /// Points at about a distance, in units of max(1, |xᵢ|), in random directions and against them; the same each time.
    private func points(_ distance: Double, count: Int) -> [[Tensor<Double>]] {
        var generator = RandomGenerator(seed: checker.seed, stream: 2)
        return (0..<count / 2).flatMap { _ in
            let directions = point.map { x in
                let u: Tensor<Double> = generator.normalTensor(shape: x.shape)
                return distance * u * x.mapped { max(1, abs($0)) }
            }
            return [zip(point, directions).map { $0 + $1 }, zip(point, directions).map { $0 - $1 }]
        }
    }
}
