import RealModule
import Testing

@testable import Autodiff

/// Hundreds of random functions: a right gradient is never blamed, and a wrong one never excused.
@Suite struct RandomFunctionTests {
    /// A sum of smooth terms of the coordinates, with a constant, at a point of any size.
    struct Function: CustomStringConvertible {
        struct Term {
            let value: ([Double]) -> Double
            /// The coordinate that a slope belongs to, and the slope.
            let slopes: [(index: Int, slope: ([Double]) -> Double)]
        }
        let seed: Int
        let point: [Double]
        let offset: Double
        var terms: [Term] = []

        init(seed: Int) {
            var generator = RandomGenerator(seed: seed)
            let count = 1 + generator.uniform(below: 5)
            // All of one size, or each of its own.
            let size = generator.uniform() < 0.5 ? generator.uniform() : nil
            point = (0..<count).map { _ in
                (generator.uniform() < 0.5 ? -1 : 1) * (0.5 + generator.uniform())
                    * Double.pow(10, -6 + 12 * (size ?? generator.uniform()))
            }
            offset = generator.uniform() < 0.3 ? 0 : Double.pow(10, 12 * generator.uniform())
            self.seed = seed
            for i in Array(0..<count) + (0..<generator.uniform(below: 3)).map({ _ in generator.uniform(below: count) })
            {
                terms.append(term(i, &generator))
            }
        }

        /// A term that is smooth on the scale of the step, max(1, |xᵢ|).
        private func term(_ i: Int, _ generator: inout RandomGenerator) -> Term {
            let a = generator.normal() * Double.pow(10, -1 + 3 * generator.uniform())
            let (j, s) = (generator.uniform(below: point.count), max(1, abs(point[i])))
            let r = max(1, abs(point[j]))
            switch generator.uniform(below: 4) {
            case 0:
                let n = 1 + generator.uniform(below: 4)
                return Term(
                    value: { a * Double.pow($0[i] / s, n) },
                    slopes: [(i, { a * Double(n) / s * Double.pow($0[i] / s, n - 1) })])
            case 1:
                let b = 4 * (generator.uniform() - 0.5) / s
                return Term(value: { a * Double.exp(b * $0[i]) }, slopes: [(i, { a * b * Double.exp(b * $0[i]) })])
            case 2:
                return Term(
                    value: { a * $0[i] / s * Double.exp($0[j] / r) },
                    slopes: [
                        (i, { a / s * Double.exp($0[j] / r) }), (j, { a * $0[i] / s / r * Double.exp($0[j] / r) }),
                    ])
            default:
                let b = 2 * generator.uniform() / s
                return Term(
                    value: { a * Double.tanh(b * $0[i]) },
                    slopes: [(i, { a * b * (1 - Double.tanh(b * $0[i]) * Double.tanh(b * $0[i])) })])
            }
        }

        func value(_ x: [Double]) -> Double { terms.reduce(0) { $0 + $1.value(x) } + offset }

        func gradient(_ x: [Double]) -> [Double] {
            var gradient = [Double](repeating: 0, count: x.count)
            for term in terms { for (index, slope) in term.slopes { gradient[index] += slope(x) } }
            return gradient
        }

        /// ε|f|/h, for each coordinate.
        var rounding: [Double] {
            point.map { .ulpOfOne * max(abs(value(point)), abs(offset)) / (1e-5 * max(1, abs($0))) }
        }

        /// Checked with a pullback, and as numbers.
        func reports(_ yours: @escaping ([Double]) -> [Double]) -> [GradientReport] {
            [
                custom(Tensor(point), { Tensor(value($0.elements)) }, pullback: { Tensor(yours($0.elements)) }),
                GradientChecker().compare([Tensor(yours(point))], names: ["x"], at: [Tensor(point)]) {
                    value($0[0].elements)
                },
            ]
        }

        var description: String { "seed \(seed), at \(point), with the constant \(offset)" }
    }

    @Test func aRightGradientIsNotBlamed() {
        var rounded = 0
        for seed in 0..<300 {
            let function = Function(seed: seed)
            for report in function.reports(function.gradient) {
                let isExcused = [.wrong(.rounding), .wrong(.truncation), .vacuous].contains(report.failure)
                #expect(report.passed || isExcused, "\(function)\n\(report)")
                rounded += report.failure == .wrong(.rounding) ? 1 : 0
            }
        }
        // The test can fail: many of the functions are such that it is put to the test.
        #expect(rounded > 100)
    }

    @Test(arguments: ["sign", "factor 2", "factor n", "missing term", "constant"]) func aWrongGradientIsNotExcused(
        _ mistake: String
    ) {
        var judged = 0
        for seed in 0..<200 {
            let function = Function(seed: seed)
            let count = Double(function.point.count)
            var other = function
            other.terms.removeLast()
            let large = 1000 * (function.rounding.max() ?? 0) + 0.01
            func yours(_ x: [Double]) -> [Double] {
                let truth = function.gradient(x)
                switch mistake {
                case "sign": return truth.map { -$0 }
                case "factor 2": return truth.map { 2 * $0 }
                case "factor n": return truth.map { (count + 2) * $0 }
                case "missing term": return other.gradient(x)
                default: return [truth[0] + large + abs(truth[0])] + truth.dropFirst()
                }
            }
            // Wrong by more than the tolerance, and by far more than rounding explains.
            let (mistaken, right) = (yours(function.point), function.gradient(function.point))
            let isFar = right.indices.contains { i in
                let error = abs(mistaken[i] - right[i])
                return error > 1e-4 * max(abs(mistaken[i]), abs(right[i]), 0.01) && error > 100 * function.rounding[i]
            }
            guard isFar else { continue }
            judged += 1
            for report in function.reports(yours) {
                let excuses: [GradientReport.Cause] = [.rounding, .truncation, .kink, .jump, .noise, .onlyHere]
                #expect(!report.passed && report.excused < report.wrong, "\(mistake), \(function)\n\(report)")
                #expect(!excuses.contains { report.failure == .wrong($0) }, "\(mistake), \(function)\n\(report)")
            }
        }
        #expect(judged > 60)
    }

    /// Kinks at the point and within two steps of it, alone or in the sum of many, with constants and without.
    @Test func aRightGradientAtKinksIsNotBlamed() {
        var kinks = 0
        for seed in 0..<150 {
            var generator = RandomGenerator(seed: seed)
            let n = 1 + generator.uniform(below: 5)
            let point: Tensor<Double> = generator.normalTensor(shape: [n])
            let offset = generator.uniform() < 0.5 ? 0 : Double.pow(10, 9 * generator.uniform())
            let isAt = generator.uniform() < 0.5
            let places = Tensor(
                point.elements.map { x in
                    x + (isAt || generator.uniform() < 0.5 ? 0 : 4e-5 * (generator.uniform() - 0.5) * max(1, abs(x)))
                })
            let a: Tensor<Double> = generator.normalTensor(shape: [n])
            let b: Tensor<Double> = generator.normalTensor(shape: [n])
            let kind = generator.uniform(below: 5)
            func f(_ inputs: [Tensor<Double>]) -> Tensor<Double> {
                let z = inputs[0] - places
                let kinked =
                    switch kind {
                    case 0: relu(z)
                    case 1: absolute(z)
                    case 2: minimum(z, b * z)
                    case 3: exp(absolute(z))
                    default: z.clamped(to: -1...0)
                    }
                return (a * kinked + b * tanh(inputs[0])).sum() + offset
            }
            let θ = Parameter("x", point)
            let yours = (∇f([θ.tensor]))[θ]!
            for report in [
                GradientChecker().check(["x": point], f),
                GradientChecker().compare([yours], names: ["x"], at: [point]) { f($0).value },
            ] {
                #expect(
                    report.passed || [.wrong(.kink), .wrong(.rounding)].contains(report.failure),
                    "seed \(seed), kind \(kind), constant \(offset), at the point: \(isAt)\n\(report)")
                kinks += report.failure == .wrong(.kink) ? 1 : 0
            }
        }
        #expect(kinks > 100)
    }

    /// Larger numbers that cancel, computations in `Float`, random numbers, a count of the calls.
    @Test func aRightGradientOfARoughFunctionIsNotBlamed() {
        var (rounded, noisy) = (0, 0)
        for seed in 0..<500 {
            var generator = RandomGenerator(seed: seed)
            let n = 1 + generator.uniform(below: 5)
            let point: Tensor<Double> = generator.normalTensor(shape: [n])
            let offset = Double.pow(10, 12 * generator.uniform()), amount = Double.pow(10, -10 * generator.uniform())
            let kind = generator.uniform(below: 5)
            var calls = 0.0
            let report = custom(
                point,
                { x in
                    let y = (x * tanh(x)).sum()
                    switch kind {
                    case 0: return (x * tanh(x) + offset).sum() - Double(n) * offset
                    case 1:
                        return Tensor(Double(x.elements.reduce(Float(0)) { $0 + Float($1) * Float.tanh(Float($1)) }))
                    case 2: return y + amount * generator.normal()
                    case 3: return y * (1 + (generator.uniform() < 0.5 ? amount * generator.normal() : 0))
                    default:
                        calls += 1
                        return y + amount * calls
                    }
                },
                pullback: { x in
                    tanh(x) + x * (1 - tanh(x) * tanh(x))
                })
            let excuses: [GradientReport.Failure] = [.wrong(.rounding), .wrong(.noise)]
            let isExcused = excuses.contains { $0 == report.failure }
            #expect(report.passed || isExcused, "seed \(seed), kind \(kind)\n\(report)")
            rounded += report.failure == .wrong(.rounding) ? 1 : 0
            noisy += report.failure == .wrong(.noise) ? 1 : 0
        }
        #expect(rounded > 100 && noisy > 100)
    }
}
