import TestSupport
import Testing
import TextDisplay

@testable import Autodiff

@Suite struct TensorTests {
    @Test func holdsItsElementsRowByRow() {
        let x = Tensor([[1.0, 2, 3], [4, 5, 6]])
        #expect(x.shape == [2, 3])
        #expect(x[1].elements == [4, 5, 6])
        #expect(x[1][2].value == 6)
    }

    @Test(arguments: [
        ([2, 3], [3], [2, 3]), ([2, 1], [3], [2, 3]), ([], [4], [4]), ([1], [0], [0]),
    ]) func broadcastsAsNumPyDoes(_ a: [Int], _ b: [Int], _ expected: [Int]) {
        #expect(broadcastShape(a, b) == expected)
        #expect(broadcastShape(b, a) == expected)
    }

    @Test func refusesShapesThatDoNotBroadcast() { #expect(broadcastShape([2, 3], [2]) == nil) }

    @Test func softmaxSurvivesHugeLogits() {
        #expect(softmax(Tensor([1000.0, 1000.0])).elements.allSatisfy { abs($0 - 0.5) < 1e-12 })
        #expect(logSoftmax(Tensor([0.0, -1e6]))[0].value == 0)
    }

    @Test func reluKeepsNaN() { #expect(relu(Tensor([Double.nan]))[0].value.isNaN) }

    @Test func floatAndDoubleAgree() {
        let double: Tensor<Double> = random([5, 7], seed: 1), weights: Tensor<Double> = random([7, 3], seed: 2)
        let float = Tensor<Float>(double.elements.map { Float($0) }, shape: [5, 7])
        let a = logSoftmax(matmul(double, weights)).elements
        let b = logSoftmax(
            matmul(float, Tensor<Float>(weights.elements.map { Float($0) }, shape: [7, 3]))
        ).elements
        for (x, y) in zip(a, b) { #expect(abs(x - Double(y)) < 1e-5) }
    }

    @Test(arguments: [
        (0, "0"), (1, "1"), (-0.5, "-0.5"), (123456.7, "123457"), (1234567, "1.23457e+06"),
        (0.0001234567, "0.000123457"),
        (0.00001234567, "1.23457e-05"), (999999.7, "1e+06"), (9.9999999, "10"), (-1e-300, "-1e-300"),
        (1.0 / 3, "0.333333"),
        (.nan, "nan"), (-.infinity, "-inf"), (99999.95, "100000"),
    ]) func formatsSixSignificantDigits(_ number: Double, _ text: String) {
        #expect(formatted(number) == text)
    }

    @Test func describesShapes() {
        #expect(Tensor(2.5).description == "2.5")
        #expect(Tensor([1.0, 2]).description == "[1, 2]")
        #expect(Tensor([[1.0, -10], [0.5, 2]]).description == "[[  1, -10],\n [0.5,   2]]")
        #expect(Tensor(repeating: 0.0, shape: [20]).description == "[0, 0, 0, 0, 0, 0, …, 0, 0, 0, 0, 0, 0]")
    }
}
