import TestSupport
import Testing

@testable import Autodiff

/// Every primitive of `Autodiff`, held against finite differences at a point where it has no kink.
@Suite struct PrimitiveGradientTests {
    struct Case: Sendable, CustomStringConvertible {
        let description: String
        let inputs: [Tensor<Double>]
        let f: @Sendable ([Tensor<Double>]) -> Tensor<Double>

        init(_ name: String, _ inputs: [Tensor<Double>], _ f: @escaping @Sendable ([Tensor<Double>]) -> Tensor<Double>)
        {
            description = name
            self.inputs = inputs
            self.f = f
        }
    }

    static let matrix: Tensor<Double> = random([3, 4], seed: 1)
    static let other: Tensor<Double> = random([3, 4], seed: 2)
    static let row: Tensor<Double> = random([4], seed: 3)
    static let column: Tensor<Double> = random([3, 1], seed: 4)
    static let number = Tensor(0.7)
    static let positive: Tensor<Double> = exp(random([3, 4], seed: 5))

    static let cases: [Case] = [
        Case("a + b", [matrix, other]) { $0[0] + $0[1] },
        Case("a + row", [matrix, row]) { $0[0] + $0[1] },
        Case("column + row", [column, row]) { $0[0] + $0[1] },
        Case("a - b", [matrix, other]) { $0[0] - $0[1] },
        Case("row - a", [row, matrix]) { $0[0] - $0[1] },
        Case("a * b", [matrix, other]) { $0[0] * $0[1] },
        Case("a * column", [matrix, column]) { $0[0] * $0[1] },
        Case("a * number", [matrix, number]) { $0[0] * $0[1] },
        Case("a * a, one input used twice", [matrix]) { $0[0] * $0[0] },
        Case("a / b", [matrix, positive]) { $0[0] / $0[1] },
        Case("number / b", [number, positive]) { $0[0] / $0[1] },
        Case("-a", [matrix]) { -$0[0] },
        Case("3 - 2a / 5 + 1", [matrix]) { 3 - 2 * $0[0] / 5 + 1 },
        Case("2 / a", [positive]) { 2 / $0[0] },
        Case("exp", [matrix]) { exp($0[0]) },
        Case("log", [positive]) { log($0[0]) },
        Case("sqrt", [positive]) { sqrt($0[0]) },
        Case("tanh", [matrix]) { tanh($0[0]) },
        Case("sigmoid", [matrix]) { sigmoid($0[0]) },
        Case("relu away from 0", [Tensor([-2, -0.5, 0.5, 2])]) { relu($0[0]) },
        Case("minimum away from equality", [matrix, row]) { minimum($0[0], $0[1]) },
        Case("clamped, away from the ends", [Tensor([-2, -0.5, 0.5, 2])]) { exp($0[0].clamped(to: -1...1)) },
        Case("sum", [matrix]) { $0[0].sum() },
        Case("mean", [matrix]) { $0[0].mean() },
        Case("sums of lengths, one of them empty", [row]) { $0[0].sums(ofLengths: [1, 0, 3]) },
        Case("mean over a collection", [matrix, other]) { inputs in mean([0, 1, 0]) { exp(inputs[$0]) } },
        Case("weighted mean", [matrix, other]) { x in weightedMean([0, 1], weights: [2, -3]) { (x[$0] * x[$0]).sum() }
        },
        Case("logSoftmax of rows", [matrix]) { logSoftmax($0[0]) },
        Case("softmax of a vector", [row]) { softmax($0[0]) },
        Case("reshaped", [matrix]) { exp($0[0].reshaped([2, 6])) },
        Case("rows, one twice", [matrix]) { exp($0[0].rows([2, 0, 2])) },
        Case("subscript", [matrix]) { exp($0[0][1]) },
        Case("picking", [matrix]) { exp($0[0].picking([3, 0, 3])) },
        Case("columns", [matrix]) { exp($0[0].columns(1..<3)) },
        Case("concatenating", [matrix, other]) { exp(Tensor.concatenating([$0[0], $0[1], $0[0]])) },
        Case("matmul", [matrix, random([4, 2], seed: 6)]) { matmul($0[0], $0[1]) },
    ]

    @Test(arguments: cases) func agreesWithFiniteDifferences(_ test: Case) {
        let names = test.inputs.indices.map { "input \($0)" }
        expectGradient(Array(zip(names, test.inputs)).map { ($0, $1) }, test.f)
    }
}
