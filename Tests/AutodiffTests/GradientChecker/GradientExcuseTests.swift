import RealModule
import TestSupport
import Testing

@testable import Autodiff

/// What is no bug of the gradient: the cause is named for what it is, with the numbers that show it.
@Suite struct GradientExcuseTests {
    let x = Tensor([0.3, -1.2, 2.0, 0.7])

    /// The text after "likely cause: ", where yours is not shown wrong.
    private func excuse(_ report: GradientReport, sourceLocation: SourceLocation = #_sourceLocation) -> String {
        let text = report.description
        #expect(!report.passed, sourceLocation: sourceLocation)
        #expect(text.hasPrefix("gradient check FAILED: "), sourceLocation: sourceLocation)
        #expect(text.contains("differ, none of them shown wrong"), "\(text)", sourceLocation: sourceLocation)
        #expect(report.excused == report.wrong, sourceLocation: sourceLocation)
        return cause(report)
    }

    @Test func theRectifierAtItsKink() {
        let report = GradientChecker().check(["x": Tensor([0.0])]) { relu($0[0]).sum() }
        #expect(
            excuse(report)
                == "a kink at this point: yours equals its left-hand slope, and its right-hand slope is 1; "
                + "yours is not shown wrong"
        )
        #expect(report.failure == .wrong(.kink) && report.worst?.parameter == "x")
        // A kink in one place, and others right: the right ones are not counted.
        let some = GradientChecker().check(["x": Tensor([0.0, 1, -1])]) { relu($0[0]).sum() }
        #expect(excuse(some) == excuse(report) && some.worst?.index == [0] && some.wrong < some.total)
        // Yours may be the slope of the other side, and a large constant changes nothing.
        for offset in [0, 1e4, 1e9, -1e10] {
            let other = custom(Tensor([0.0]), { relu($0) + offset }, pullback: { _ in Tensor([1.0]) })
            #expect(other.failure == .wrong(.kink))
            #expect(
                excuse(other).hasPrefix(
                    "a kink at this point: yours equals its right-hand slope, and its left-hand slope is"))
        }
    }

    /// Every output stands at its kink: of an input, several do, and their slopes have both signs.
    @Test(arguments: [1, 2, 3, 4, 30]) func aRectifiedLayerOfABlackImage(_ seed: Int) {
        let black = Tensor(repeating: 0.0, shape: [5, 9]), bias = Tensor(repeating: 0.0, shape: [30])
        let weights: Tensor<Double> = random([9, 30], seed: seed)
        let report = GradientChecker().check(["image": black, "weights": weights, "bias": bias]) {
            relu(matmul($0[0], $0[1]) + $0[2])
        }
        #expect(excuse(report).contains("-hand slope, and its "))
        #expect(report.failure == .wrong(.kink) && report.worst?.parameter == "bias")
        // The image alone, whose bias does not move.
        let alone = GradientChecker().check(["image": black]) { relu(matmul($0[0], weights)) }
        #expect(excuse(alone).contains("kink") && alone.failure == .wrong(.kink))
        // The gradient given as numbers, so that it is known at this point only.
        let θ = Parameter("image", black)
        let yours = (∇relu(matmul(θ.tensor, weights)).sum())[θ]!
        let numbers = GradientChecker().compare([yours], names: ["image"], at: [black]) {
            relu(matmul($0[0], weights)).sum().value
        }
        #expect(
            numbers.failure == .wrong(.kink) || cause(numbers).contains("unless the chain rule fails at these kinks"))
    }

    @Test func theLargestOfEqualNumbers() {
        let report = GradientChecker().check(["x": Tensor([1.0, 1, 1, 1])]) { x in
            maximum(maximum(x[0][0], x[0][1]), maximum(x[0][2], x[0][3]))
        }
        #expect(
            excuse(report)
                == "a kink at this point: yours equals its left-hand slope, and its right-hand slope is 1; "
                + "yours is not shown wrong"
        )
        let ends = GradientChecker().check(["x": Tensor([-1.0, 1])]) { $0[0].clamped(to: -1...1) }
        #expect(ends.failure == .wrong(.kink))
    }

    @Test func aSubgradient() {
        let report = custom(
            Tensor([0.0, 1]), { absolute($0) },
            pullback: { x in
                Tensor(x.elements.map { $0 == 0 ? 0.5 : $0 / abs($0) })
            })
        #expect(
            excuse(report)
                == "a kink at this point: yours lies between its one-sided slopes, -1 and 1; yours is not shown wrong")
    }

    /// Along either axis the function is 0; along a direction between them it has a kink.
    @Test func aKinkThatNoElementSees() {
        let report = GradientChecker().check(["x": Tensor([0.0]), "y": Tensor([0.0]), "z": Tensor([1.0])]) {
            (minimum(relu($0[0]), relu($0[1])) + $0[2]).sum()
        }
        #expect(excuse(report).hasPrefix("a kink at this point: yours equals its "))
        #expect(report.worst?.parameter == "random direction")
    }

    @Test func kinksBesideThePoint() {
        #expect(
            excuse(GradientChecker().check(["x": Tensor([3e-6])]) { absolute($0[0]).sum() })
                == "a kink within a step of this point: yours equals its right-hand slope, "
                + "and its left-hand slope is -0.4; step 1e-06 would do"
        )
        for distance in [9.5e-6, 9.7e-6, 9.9e-6] {
            let edge = GradientChecker().check(["x": Tensor([distance])]) { absolute($0[0]).sum() }
            #expect(edge.failure == .wrong(.kink), "\(edge)")
        }
        let both = GradientChecker().check(["x": Tensor([0.0])]) {
            (relu($0[0] - 3e-6) + 2 * relu(-$0[0] - 2e-6)).sum()
        }
        #expect(both.failure == .wrong(.kink) && excuse(both).hasSuffix("step 3e-07 would do"))
    }

    @Test func largeConstants() {
        let report = GradientChecker().check(["x": x]) { ($0[0] * $0[0]).sum() + 1e9 }
        #expect(
            excuse(report)
                == "rounding of the differences: where |f| is 1e+09, "
                + "they are off by about ε|f|/h = 0.022; step 0.03 would do")
        #expect(report.failure == .wrong(.rounding))
        for offset in [1e7, -1e8, 1e10, 1e11, -1e12] {
            let report = GradientChecker().check(["x": x]) { ($0[0] * $0[0]).sum() + offset }
            #expect(report.failure == .wrong(.rounding) && excuse(report).hasSuffix("would do"), "\(report)")
        }
        // A step that is large enough for the constant is too large for the function.
        let none = GradientChecker().check(["x": x]) { tanh($0[0]).sum() + 1e14 }
        #expect(
            none.failure == .wrong(.rounding)
                && excuse(none).hasSuffix("no step would do, and yours is not shown wrong"))
        // From as far as the values begin to differ, the function looks like one with a kink.
        let far = GradientChecker().check(["x": Tensor([0.006])]) { ($0[0] * tanh(125 * $0[0])).sum() + 1e14 }
        #expect(far.failure == .wrong(.rounding), "\(far)")
        let near = GradientChecker().check(["x": Tensor([1.001])]) { (($0[0] - 1) * ($0[0] - 1)).sum() + 1e4 }
        #expect(
            excuse(near)
                == "rounding of the differences: where |f| is 10000, "
                + "they are off by about ε|f|/h = 2.2e-07; step 0.0003 would do")
    }

    @Test func largeNumbers() {
        let report = GradientChecker().check(["x": Tensor(repeating: 1e6, shape: [4])]) { ($0[0] * $0[0]).sum() }
        #expect(
            excuse(report)
                == "rounding of the differences: where |f| is 4e+12, they are off by about ε|f|/h = 89; step 0.0001 would do"
        )
        // Small numbers and a large one beside them.
        let mixed = GradientChecker().check(["x": Tensor([1e6, 1e-6, 1])]) { ($0[0] * $0[0]).sum() }
        #expect(mixed.failure == .wrong(.rounding))
    }

    /// The step that is named does what is said of it, for all derivatives.
    @Test(arguments: [1e7, 1e8, 1e9]) func theStepThatWouldDoDoes(_ offset: Double) throws {
        func check(_ checker: GradientChecker) -> GradientReport {
            checker.check(["x": x]) { ($0[0] * exp($0[0] / 10)).sum() + offset }
        }
        let report = check(GradientChecker())
        let step = try #require(report.diagnosis?.step, "\(report)")
        var checker = GradientChecker()
        checker.step = step
        #expect(check(checker).passed, "\(check(checker))")
    }

    @Test func roundingThatTheValueDoesNotShow() {
        // Larger numbers cancel within the function.
        let canceling = GradientChecker().check(["x": x]) { ($0[0] * $0[0]).sum() + 1e9 - 1e9 }
        #expect(canceling.failure == .wrong(.rounding))
        #expect(excuse(canceling).contains("only (larger numbers cancel in it, or it computes in Float)"))
        #expect(excuse(canceling).hasSuffix("step 0.03 would do"))
        // By chance, the differences of smaller steps are wrong by as much.
        var elements = GradientChecker()
        elements.directions = 0
        for x in [0.26577, 3.99491, 4.58401] {
            let steady = elements.compare([Tensor([2 * x])], names: ["x"], at: [Tensor([x])]) {
                ($0[0].value * $0[0].value + 1e8) - 1e8
            }
            #expect(steady.failure == .wrong(.rounding), "\(steady)")
        }
        for x in [1.72071, 6.64038] {
            let short = elements.compare([Tensor([2 * x])], names: ["x"], at: [Tensor([x])]) {
                Double(Float($0[0].value) * Float($0[0].value))
            }
            #expect(short.failure == .wrong(.rounding), "\(short)")
        }
        // So large that no value near the point changes at all.
        let swallowing = GradientChecker().check(["x": x]) { ($0[0] * $0[0] + 1e13).sum() - 4e13 }
        #expect(swallowing.failure == .wrong(.rounding) && excuse(swallowing).contains("are exact to 0.0078 only"))
        // In `Float`.
        let short = custom(x, { x in Tensor(x.elements.map { Double(Float($0) * Float($0)) }) }, pullback: { 2 * $0 })
        #expect(short.failure == .wrong(.rounding) && excuse(short).contains("or it computes in Float"))
    }

    @Test func truncationNamesAStep() {
        var checker = GradientChecker()
        checker.step = 0.1
        #expect(
            excuse(checker.check(["x": x]) { exp(2 * $0[0]).sum() })
                == "the error shrinks with the step: truncation of the differences, not a bug; step 0.001 would do")
        // Yours is right within the tolerance, and truncation is what puts the difference outside.
        var elements = GradientChecker()
        elements.directions = 0
        let edge = elements.compare([Tensor([0, 1e-3])], names: ["x"], at: [Tensor([-3.064e-5, 1])]) {
            1e-3 * $0[0].elements[1] - 3.4992 * Double.pow($0[0].elements[0], 3)
        }
        #expect(edge.failure == .wrong(.truncation), "\(edge)")
        // Steps so large that the function turns within them.
        let fast = checker.check(["x": x]) { tanh(1000 * ($0[0] - 0.3)).sum() }
        #expect(fast.failure == .wrong(.truncation), "\(fast)")
    }

    @Test func jumps() {
        let at = custom(
            Tensor([0.0]), { x in Tensor(x.elements.map { $0 > 0 ? 1 + $0 : $0 }) },
            pullback: { _ in
                Tensor([1.0])
            })
        #expect(
            excuse(at)
                == "the differences grow without end as the step shrinks: "
                + "the function jumps at this point, or has a vertical slope, and no gradient is right here"
        )
        let beside = custom(
            Tensor([2e-6]), { x in Tensor(x.elements.map { $0 > 0 ? 1 + $0 : $0 }) },
            pullback: { _ in
                Tensor([1.0])
            })
        #expect(
            excuse(beside) == "a jump of the function within a step of this point, not a bug; step 3e-07 would do")
    }

    /// Without any tolerance, what is exact agrees and the rest is rounding.
    @Test func noTolerance() {
        var checker = GradientChecker()
        (checker.absoluteTolerance, checker.relativeTolerance, checker.directions) = (0, 0, 0)
        let report = checker.check(["x": Tensor([0, 1.3, 0.7])]) { ($0[0] * $0[0]).sum() }
        #expect(report.failure == .wrong(.rounding) && report.wrong == 2, "\(report)")
    }

    @Test func functionsThatDoNotRepeatThemselves() {
        var calls = 0.0
        let counting = GradientChecker().check(["x": x]) {
            calls += 1
            return ($0[0] * $0[0]).sum() + calls
        }
        #expect(counting.failure == .wrong(.noise))
        #expect(excuse(counting).hasPrefix("the function gives another value at the same point: "))
        #expect(excuse(counting).hasSuffix("; does it draw random numbers, or count its calls?"))
        for point in [x, Tensor(repeating: 0.0, shape: [4])] {  // at 0 the value is the same each time, beside it not
            var generator = RandomGenerator(seed: 3)
            let dropout = GradientChecker().check(["x": point]) {
                ($0[0] * Tensor((0..<4).map { _ in generator.uniform() < 0.5 ? 0.0 : 2 })).sum()
            }
            #expect(dropout.failure == .wrong(.noise), "\(dropout)")
        }
        // Too little to see in six digits.
        var generator = RandomGenerator(seed: 3)
        let faint = GradientChecker().check(["x": x]) { ($0[0] * $0[0]).sum() + 1e-8 * generator.normal() }
        #expect(excuse(faint).contains(", then one that is ") && excuse(faint).contains("e-08 away"), "\(faint)")
    }
}
