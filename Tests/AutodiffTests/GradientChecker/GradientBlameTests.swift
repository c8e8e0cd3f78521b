import RealModule
import Testing

@testable import Autodiff

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
