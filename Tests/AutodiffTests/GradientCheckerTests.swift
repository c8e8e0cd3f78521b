import RealModule
import Testing

@testable import Autodiff

/// The checker is itself checked: it must refuse wrong gradients, name the likely cause, and accept right ones.
@Suite struct GradientCheckerTests {
    let x = Tensor([0.3, -1.2, 2.0, 0.7])

    /// f(x) = Σ x³ with a pullback that is given: the right one is 3x².
    private func cubed(_ pullback: @escaping (Tensor<Double>, Tensor<Double>) -> Tensor<Double>) -> GradientReport {
        GradientChecker().check(["x": x]) { inputs in
            let value = inputs[0].detached
            return Tensor((value * value * value), from: [inputs[0]]) { upstream, _ in [pullback(value, upstream)] }
                .sum()
        }
    }

    @Test func acceptsTheRightGradient() {
        let report = cubed { 3 * $0 * $0 * $1 }
        #expect(report.passed)
        #expect(report.description.hasPrefix("gradient check passed: 8 derivatives agree"))
    }

    @Test func namesASign() { #expect(cubed { -3 * $0 * $0 * $1 }.failure == .wrong(.sign)) }

    @Test func namesAFactorOfTwo() {
        guard case .wrong(.factor(let ratio)) = cubed({ 6 * $0 * $0 * $1 }).failure else {
            Issue.record("the factor was not found")
            return
        }
        #expect(abs(ratio - 2) < 1e-6)
    }

    @Test func namesASumForAMean() {
        let report = GradientChecker().check(["x": x]) { inputs in
            Tensor(inputs[0].detached.mean(), from: [inputs[0]]) { upstream, _ in
                [Tensor(repeating: upstream.value, shape: [4])]
            }
        }
        #expect(report.description.contains("yours is 4 times the truth: a sum where a mean is meant?"))
    }

    @Test func namesAForgottenTerm() {
        let y = Tensor([1.0, 2.0])
        let report = GradientChecker().check(["x": y, "y": y]) {
            ($0[0] * $0[0] + $0[1].detached * $0[1].detached).sum()
        }
        #expect(report.failure == .wrong(.missing(parameter: "y")))
        #expect(report.wrong > 0 && report.wrong < report.total)
    }

    /// The softmax's normaliser cut from the graph: the score is then zero for every action but the one taken.
    @Test func namesPlacesThatAreDetached() {
        let report = GradientChecker().check(["θ": x]) { $0[0][2] - log(exp($0[0]).sum().detached) }
        #expect(report.failure == .wrong(.missingIn(places: 3, of: 4)))
        #expect(report.description.contains("exceeded"))
    }

    @Test func refusesAWrongFormula() { #expect(cubed { 3 * $0 * $1 }.failure == .wrong(.unknown)) }

    @Test func refusesOneWrongElement() {
        let report = cubed { value, upstream in
            var elements = (3 * value * value * upstream).elements
            elements[2] += 0.01
            return Tensor(elements)
        }
        #expect(!report.passed)
        #expect(report.worst?.parameter == "x" && report.worst?.index == [2])
    }

    @Test func refusesNaN() { #expect(cubed { $0 * .nan * $1 }.failure == .notFinite) }

    /// A root, nearer to 0 than a step: yours is right, and is not what is called infinite.
    @Test func aFunctionWithAnEdgeWithinTheStep() {
        let report = GradientChecker().check(["x": Tensor([1e-6, 1])]) { sqrt($0[0]).sum() }
        #expect(report.failure == .notFinite)
        #expect(
            report.description.hasPrefix(
                "gradient check FAILED: the function is not a finite number everywhere within a step of this point\n"))
        #expect(
            cubed { $0 * .nan * $1 }.description.hasPrefix("gradient check FAILED: a derivative is not a finite number")
        )
    }

    @Test func refusesToPassWhereNothingIsTested() {
        #expect(GradientChecker().check(["x": x]) { _ in Tensor(1) }.failure == .vacuous)
        #expect(GradientChecker().check(["x": x]) { relu(-1 * exp($0[0])).sum() }.failure == .vacuous)
    }

    @Test func tellsAKinkFromABug() {
        // |x| by two rectifiers, a third of a step from its kink.
        let report = GradientChecker().check(["x": Tensor([3e-6])]) { (relu($0[0]) + relu(-$0[0])).sum() }
        #expect(report.failure == .wrong(.kink))
    }

    @Test func tellsTruncationFromABug() {
        var checker = GradientChecker()
        checker.step = 0.1
        let report = checker.check(["x": x]) { exp(2 * $0[0]).sum() }
        #expect(report.failure == .wrong(.truncation))
    }

    @Test func refusesAnotherShape() {
        let report = GradientChecker().compare([Tensor([1, 2])], names: ["w"], at: [x]) { $0[0].sum().value }
        #expect(report.failure == .shape(parameter: "w", yours: [2], expected: [4]))
    }

    @Test func samplesLargeBlocksAndCatchesWhatItDoesNotSample() {
        // One of 2,000 elements is wrong: the random directions see it, whatever was sampled.
        let large = random([2000], seed: 3)
        let report = GradientChecker().check(["large": large]) { inputs in
            let value = inputs[0].detached
            return Tensor((value * value), from: [inputs[0]]) { upstream, _ in
                var elements = (2 * value * upstream).elements
                elements[1234] += 1
                return [Tensor(elements)]
            }.sum()
        }
        #expect(!report.passed)
        #expect(report.total < 100)
    }

    @Test func showsYoursBesideTheDifference() {
        let text = cubed { -3 * $0 * $0 * $1 }.description
        for part in [
            "gradient check FAILED: ", "worst: ", "yours ", "finite difference ", "likely cause: ",
            "step 1e-05, seed 0",
        ] {
            #expect(text.contains(part), "\(part) in:\n\(text)")
        }
    }
}

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
        let weights = random([9, 30], seed: seed)
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
        let cancelling = GradientChecker().check(["x": x]) { ($0[0] * $0[0]).sum() + 1e9 - 1e9 }
        #expect(cancelling.failure == .wrong(.rounding))
        #expect(excuse(cancelling).contains("only (larger numbers cancel in it, or it computes in Float)"))
        #expect(excuse(cancelling).hasSuffix("step 0.03 would do"))
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

/// What looks like an excuse and is none.
@Suite struct GradientBlameTests {
    let x = Tensor([0.3, -1.2, 2.0, 0.7])

    @Test(arguments: [1e5, 1e7, 1e9, 1e11]) func aLargeConstantHidesNoBug(_ offset: Double) {
        let sign = custom(x, { $0 * $0 + offset }, pullback: { -2 * $0 })
        #expect(sign.failure == .wrong(.sign), "\(sign)")
        let twice = custom(x, { $0 * $0 + offset }, pullback: { 4 * $0 })
        #expect(twice.failure == .wrong(.factor(2)), "\(twice)")
        let constant = custom(x, { $0 * $0 + offset }, pullback: { 2 * $0 + 10 })
        #expect(constant.failure == .wrong(.unknown), "\(constant)")
    }

    @Test func theWorstIsTheBugAndNotWhatIsExcused() {
        // The first element differs most, at a kink; the second is wrong.
        let kinked = custom(
            Tensor([0.0, 1]), { relu($0) },
            pullback: { x in
                Tensor([x.elements[0] > 0 ? 1 : 0, 1.1])
            })
        #expect(
            kinked.worst?.index == [1] && kinked.failure == .wrong(.factor(1.1)) || kinked.failure == .wrong(.unknown))
        #expect(kinked.description.contains("more differ, not shown wrong"), "\(kinked)")
        // All differ for rounding, and one for more than that.
        let rounded = custom(
            x, { $0 * $0 + 1e9 },
            pullback: { x in
                Tensor(zip(x.elements, [0, 0.5, 0, 0]).map { 2 * $0 + $1 })
            })
        #expect(rounded.worst?.index == [1] && rounded.excused > 0 && rounded.wrong > rounded.excused)
        #expect(
            cause(rounded)
                == "no step brings the differences to yours, and they are more exact than that: a wrong formula")
        // The pattern is seen through what is excused: a sign, and an element at a kink.
        let pattern = custom(
            Tensor([0.0, 1, 2, 3]), { relu($0) },
            pullback: { x in
                Tensor(x.elements.map { $0 > 0 ? -1 : 0 })
            })
        #expect(pattern.failure == .wrong(.sign), "\(pattern)")
    }

    @Test func aFactorThatRoundsToOneIsNoCause() {
        for factor in [1.0001, 0.9999, 1.001] {
            let report = custom(x, { $0 * $0 }, pullback: { 2 * factor * $0 })
            #expect(cause(report) == "the error stays the same whatever the step: a wrong formula")
        }
        #expect(cause(custom(x, { $0 * $0 }, pullback: { 2.02 * $0 })) == "yours is 1.01 times the truth: a factor")
        #expect(
            cause(custom(x, { $0 * $0 }, pullback: { -4 * $0 })) == "yours is -2 times the truth: a sign, and a factor")
        #expect(
            cause(custom(x, { $0 / 8 }, pullback: { 1 / 64 + 0 * $0 }))
                == "yours is 0.125 = 1/8 times the truth: a mean where a sum is meant?")
        // One derivative always has a ratio; here it is another a little farther on.
        let single = custom(Tensor([2.0]), { $0 * $0 * $0 }, pullback: { 3 * $0 })
        #expect(cause(single) == "the error stays the same whatever the step: a wrong formula")
    }

    @Test func aWrongSlopeAtAKink() {
        let numbers = GradientChecker().compare([Tensor([3])], names: ["x"], at: [Tensor([0])]) {
            absolute($0[0]).value
        }
        #expect(
            cause(numbers)
                == "a kink at this point, but yours is neither of its one-sided slopes, "
                + "-1 and 1, nor between them: a wrong formula"
        )
        #expect(numbers.failure == .wrong(.unknown) && numbers.excused == 0)
        // Wrong at the kink and beside it.
        let everywhere = custom(Tensor([0.0]), { absolute($0) }, pullback: { _ in Tensor([3.0]) })
        #expect(cause(everywhere) == cause(numbers))
        // Wrong at the kink and on one side of it.
        for side in [-1.0, 1] {
            let half = custom(
                Tensor([0.0]), { absolute($0) },
                pullback: { x in Tensor(x.elements.map { $0 == 0 ? 3 : $0 * side > 0 ? side : -2 * side }) })
            #expect(cause(half) == cause(numbers))
        }
        // Wrong at the kink alone.
        let alone = custom(
            Tensor([0.0, 1]), { absolute($0) },
            pullback: { x in
                Tensor(x.elements.map { $0 == 0 ? 3 : $0 / abs($0) })
            })
        #expect(alone.failure == .wrong(.onlyHere) && alone.excused == 0)
        #expect(
            cause(alone)
                == "yours is right beside this point; at it, it is neither of the one-sided slopes, "
                + "-1 and 1, nor between them: kinks that meet here, or a rule of its own for this point?"
        )
    }

    /// relu(x) − relu(−x) is x, but the chain rule gives 0 at 0.
    @Test func kinksThatCancel() {
        let report = GradientChecker().check(["x": Tensor([0.0, 1])]) { (relu($0[0]) - relu(-$0[0])).sum() }
        #expect(
            cause(report)
                == "yours is right beside this point, and wrong at it alone: "
                + "kinks that meet here, or a rule of its own for this point?"
        )
    }

    @Test func aConstantFunction() {
        let report = custom(x, { 0 * $0 }, pullback: { 2 * $0 })
        #expect(cause(report) == "the error stays the same whatever the step: a wrong formula")
    }

    /// Whatever the function, the step and the numbers, the checker comes to an end.
    @Test func strangeFunctionsAndSteps() {
        let functions: [(Double) -> Double] = [
            { $0 == 0 ? .nan : $0 }, { $0 == 0 ? .infinity : $0 }, { abs($0) > 3e-6 ? $0 : .nan }, { _ in 1 },
            { $0 > 0 ? .infinity : 0 }, { 1 / $0 }, { Double.exp(1e8 * $0) }, { $0 * 1e308 }, { $0 * 5e-324 },
            { Double.sin(1 / $0) }, { ($0 * 1e6).rounded() }, { $0 < 1e-4 ? $0 : .nan },
        ]
        for step in [1e-5, -1e-5, 0, 1e-300, 1e300, .nan, 1, 0.1] {
            var checker = GradientChecker()
            checker.step = step
            for (i, f) in functions.enumerated() {
                for yours in [0, 1, -1e300, .nan] {
                    let report = checker.compare([Tensor([yours])], names: ["x"], at: [Tensor([0])]) {
                        f($0[0].elements[0])
                    }
                    let isRight = i == 3 && yours == 0 || [0, 1, 2, 11].contains(i) && yours == 1
                    #expect(!report.passed || isRight || step.magnitude >= 0.1, "\(i), step \(step)\n\(report)")
                    #expect(!report.description.isEmpty)
                }
            }
        }
    }

    @Test func noiseHidesNoBugThatIsLarger() {
        var generator = RandomGenerator(seed: 3)
        let report = custom(x, { $0 * $0 + 1e-9 * generator.normal() }, pullback: { -2 * $0 })
        #expect(report.failure == .wrong(.sign), "\(report)")
    }
}

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

/// Σ f(x), with a gradient that is written by hand.
private func custom(
    _ x: Tensor<Double>, _ value: (Tensor<Double>) -> Tensor<Double>,
    pullback: @escaping (Tensor<Double>) -> Tensor<Double>
) -> GradientReport {
    GradientChecker().check(["x": x]) { inputs in
        let x = inputs[0].detached
        return Tensor(value(x).sum(), from: [inputs[0]]) { upstream, _ in [upstream.value * pullback(x)] }
    }
}

private func maximum(_ a: Tensor<Double>, _ b: Tensor<Double>) -> Tensor<Double> { -minimum(-a, -b) }

private func absolute(_ x: Tensor<Double>) -> Tensor<Double> { relu(x) + relu(-x) }

/// The text after "likely cause: ".
private func cause(_ report: GradientReport) -> String {
    report.description.split(separator: "\n").first { $0.hasPrefix("  likely cause: ") }.map {
        String($0.dropFirst("  likely cause: ".count))
    } ?? ""
}
