import RealModule

/// A function along a line through a point, φ(t) = f(x + t·d), and its slopes at t = 0 by differences of any step.
///
/// A step is relative, as the checker's own is: h = step · max(1, |xᵢ|) along a coordinate, h = step along a vector.
/// What was evaluated is kept, so a step costs its two evaluations once.
final class DifferenceLine {
    /// A function of several tensors.
    typealias Function = ([Tensor<Double>]) -> Double

    /// Along which coordinate, or which vector.
    enum Direction {
        case element(block: Int, index: Int)
        case random([Tensor<Double>])
    }

    /// The values on both sides of the point, and how far from it they were taken, as rounded.
    private struct Sample {
        let above: Double, below: Double
        let up: Double, down: Double, width: Double
    }

    let point: [Tensor<Double>]
    /// φ(0)
    let value: Double
    let direction: Direction
    /// h = scale · step
    let scale: Double
    /// A value, and another one that was found at the same place; nil for a function that repeats itself.
    private(set) var unrepeated: (first: Double, second: Double)?
    /// How far apart the values at one place are.
    private(set) var spread = 0.0
    /// How far the values are off for rounding as measured, where that is more than ε|φ|.
    var roughness = 0.0

    private let f: Function
    private let center: Double
    private var samples: [Double: Sample] = [:]

    /// - Parameter value: f at the point, evaluated once for all lines through it.
    init(_ f: @escaping Function, at point: [Tensor<Double>], value: Double, along direction: Direction) {
        (self.f, self.point, self.value, self.direction) = (f, point, value, direction)
        switch direction {
        case .element(let block, let index):
            center = point[block].elements[index]
            scale = max(1, abs(center))
        case .random: (center, scale) = (0, 1)
        }
    }

    /// The parallel line through another point, where the values are supposed to be as exact.
    func parallel(through point: [Tensor<Double>], value: Double) -> DifferenceLine {
        let line = DifferenceLine(f, at: point, value: value, along: direction)
        (line.spread, line.roughness) = (spread, roughness)
        return line
    }

    /// f where the coordinate that moves is at `place`; along a vector, `place` is t.
    private func evaluated(at place: Double) -> Double {
        var moved = point
        switch direction {
        case .element(let block, let index):
            var elements = point[block].elements
            elements[index] = place
            moved[block] = Tensor(elements, shape: point[block].shape)
        case .random(let vectors): moved = zip(point, vectors).map { $0 + place * $1 }
        }
        return f(moved)
    }

    private func sample(_ step: Double) -> Sample {
        if let known = samples[step] { return known }
        let h = step * scale
        let (above, below) = (center + h, center - h)
        // The steps that were really taken, after rounding.
        let sample = Sample(
            above: evaluated(at: above), below: evaluated(at: below), up: above - center, down: center - below,
            width: above - below)
        samples[step] = sample
        return sample
    }

    /// (φ(h) − φ(−h)) / 2h
    func central(_ step: Double) -> Double {
        let sample = sample(step)
        return (sample.above - sample.below) / sample.width
    }

    /// (φ(h) − φ(0)) / h
    func right(_ step: Double) -> Double {
        let sample = sample(step)
        return (sample.above - value) / sample.up
    }

    /// (φ(0) − φ(−h)) / h
    func left(_ step: Double) -> Double {
        let sample = sample(step)
        return (value - sample.below) / sample.down
    }

    /// By how much the slopes of the two sides differ: h φ″ where φ is smooth, the same for every h at a kink.
    func bend(_ step: Double) -> Double { right(step) - left(step) }

    /// Whether no value changes within a step.
    func isConstant(_ step: Double) -> Bool {
        let sample = sample(step)
        return sample.above == value && sample.below == value
    }

    /// The largest of the values that the slopes of a step are made of.
    func magnitude(_ step: Double) -> Double {
        let sample = sample(step)
        return max(abs(value), abs(sample.above), abs(sample.below))
    }

    /// The size of the error that rounding leaves in a central difference: ε|φ|/h, or more where more was measured.
    func rounding(_ step: Double) -> Double {
        max(.ulpOfOne * magnitude(step), roughness, spread) / (step * scale)
    }

    /// Measures how far the values are off for rounding, from those at 17 neighboring steps on each side of the point.
    ///
    /// ε|φ| misses what larger numbers that cancel within φ leave, or a computation in `Float`.
    ///
    /// - Returns: false where hardly a value differs from another, so that nothing was learned.
    func measureRoughness(near step: Double) -> Bool {
        let steps = (-8...8).map { step * Double.pow(2, Double($0) / 6) }
        let found = [\Sample.above, \.below].compactMap { side in
            roughness(of: steps.map { sample($0)[keyPath: side] }, steps)
        }
        let sizes = found.filter { $0 > 0 && $0.isFinite }
        if let least = sizes.min(), let most = sizes.max() {
            // A kink on one side looks like far more rounding there.
            roughness = max(roughness, most < 100 * least ? most : least)
        }
        return !found.isEmpty
    }

    private func roughness(of values: [Double], _ steps: [Double]) -> Double? {
        let levels = Set(values).sorted()
        if levels.count <= values.count / 2 {
            // Where the values climb as on stairs, the height of a stair.
            let rises = zip(levels, levels.dropFirst()).map { $1 - $0 }
            guard rises.count > 1, let least = rises.min() else { return nil }
            if rises.allSatisfy({ abs($0 / least - ($0 / least).rounded()) < 1e-3 }) { return least }
        }
        // In the eighth differences of the slopes hardly anything is left of what is smooth in the step, and independent
        // errors are √12870 times as large, where 12870 is 16 over 8. (Moré and Wild 2011, "Estimating computational
        // noise", do it with equally spaced values.)
        var row = zip(values, steps).map { ($0 - value) / $1 }
        for _ in 0..<8 { row = zip(row, row.dropFirst()).map { $1 - $0 } }
        let squares = zip(row, steps.dropFirst(4)).map { $0 * $0 * $1 * $1 }
        return (squares.reduce(0, +) / Double(12870 * squares.count)).squareRoot()
    }

    /// Evaluates the values of a step anew, to see whether they are the same again.
    func repeatValues(_ step: Double, times: Int) {
        let known = sample(step)
        let h = step * scale
        for (first, place) in [(known.above, center + h), (known.below, center - h), (value, center)] {
            let again = (0..<times).map { _ in evaluated(at: place) }
            // Not a number is the same again as often as it comes.
            guard let other = again.first(where: { $0 != first && !($0.isNaN && first.isNaN) }) else { continue }
            unrepeated = unrepeated ?? (first, other)
            spread = max(spread, again.reduce(first, max) - again.reduce(first, min))
        }
    }
}

extension DifferenceLine.Direction {
    /// The slope along this direction by a gradient: gᵢ, or g·d.
    func slope(of gradient: [Tensor<Double>]) -> Double {
        switch self {
        case .element(let block, let index): gradient[block].withElements { $0[index] }
        case .random(let vectors): zip(gradient, vectors).reduce(0.0) { $0 + ($1.0 * $1.1).sum().value }
        }
    }
}
