import RealModule
import TestSupport
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

    /// The softmax's normalizer cut from the graph: the score is then zero for every action but the one taken.
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
        let large: Tensor<Double> = random([2000], seed: 3)
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
