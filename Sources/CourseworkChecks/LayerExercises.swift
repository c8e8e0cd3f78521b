import Autodiff
import ChildNet
import Coursework

// Checks of exercises 8 to 11: the pullbacks of layers, each against finite differences of the layer's forward pass.

extension Exercise {
    static let denseBackward = Exercise(
        8, "denseBackward", "the pullback of a dense layer", points: 8,
        why: """
            yₙⱼ = Σᵢ xₙᵢ Wᵢⱼ + bⱼ: what multiplies x in the forward pass multiplies G in the backward one.
            A row shares W and b with all others, so that their gradients are sums over the rows.
            """
    ) { attempt in
        for (rows, inputs, outputs) in [(3, 4, 2), (5, 2, 3), (1, 3, 3), (4, 4, 4), (2, 1, 5)] {
            let x = random([rows, inputs], 1), W = random([inputs, outputs], 2), G = random([rows, outputs], 3)
            let yours = try attempt.denseBackward(x, W, G)
            let mean = (0..<outputs).map { j in
                (0..<rows).reduce(0) { $0 + G.elements[$1 * outputs + j] } / Double(rows)
            }
            let xG = transposed(x)
            try expectGradients(
                [("input", yours.input), ("weights", yours.weights), ("bias", yours.bias)],
                at: [x, W, random([outputs], 4)], "\(rows) rows, \(inputs) inputs, \(outputs) outputs",
                mistakes: [
                    (
                        "the mean over the rows, not the sum",
                        [x, (1 / Double(rows)) * matmul(xG, G), Tensor(mean)]
                    ),
                    ("only the last row's", [x, W, Tensor(Array(G.elements.suffix(outputs)))]),
                ]
            ) { (matmul($0[0], $0[1]) + $0[2]).flatProduct(with: G) }
        }
    }

    static let convolution = Exercise(
        9, "convolutionForward, convolutionBackward", "a convolution in plain loops, and its pullback", points: 14,
        why: """
            The pullback visits the very same triples (output, input, weight) as the forward pass and uses each product's other factor.
            A weight is used at every pixel and an input pixel by every offset of the kernel: both gradients are sums.
            """
    ) { attempt in
        // Height, width, channels, kernel height, kernel width, filters.
        let shapes = [
            [4, 5, 2, 3, 3, 3], [5, 4, 1, 1, 3, 2], [3, 3, 2, 5, 3, 1], [4, 4, 3, 1, 1, 2], [2, 6, 1, 3, 1, 1],
        ]
        for (seed, s) in shapes.enumerated() {
            let x = random([s[0], s[1], s[2]], 10 + seed), k = random([s[3], s[4], s[2], s[5]], 20 + seed)
            let b = random([s[5]], 30 + seed), G = random([s[0], s[1], s[5]], 40 + seed)
            let situation = "image \(s[0])×\(s[1])×\(s[2]), kernel \(s[3])×\(s[4]), \(s[5]) filters"
            let flipped = Tensor(k.rotatedKernel, shape: k.shape)
            try expect(
                try attempt.convolutionForward(x, k, b), equals: plainConvolution(x, k, b), "y", situation,
                mistakes: [
                    ("without the bias", plainConvolution(x, k, Tensor(repeating: 0, shape: b.shape))),
                    ("with the kernel flipped", plainConvolution(x, flipped, b)),
                ])
            let yours: (image: Tensor<Double>, kernel: Tensor<Double>, bias: Tensor<Double>)
            do {
                yours = try attempt.convolutionBackward(x, k, G)
            } catch is NotAttempted {
                throw Refusal(diagnosis: "convolutionForward is right; convolutionBackward is not attempted yet")
            }
            let same = plainConvolution(G, swapped(k), Tensor(repeating: 0, shape: [s[2]]))
            try expectGradients(
                [("image", yours.image), ("kernel", yours.kernel), ("bias", yours.bias)], at: [x, k, b], situation,
                mistakes: [
                    (
                        "the kernel is not turned round: G[o] · k[q] goes to the pixel that k[q] was multiplied with",
                        [same, k, b]
                    )
                ]
            ) { plainConvolution($0[0], $0[1], $0[2]).flatProduct(with: G) }
        }
    }

    /// The library's convolution of one image.
    private static func plainConvolution(
        _ image: Tensor<Double>, _ kernel: Tensor<Double>, _ bias: Tensor<Double>
    ) -> Tensor<Double> {
        ChildNet.convolution(image.reshaped([1] + image.shape), kernel, bias: bias)
            .reshaped([image.shape[0], image.shape[1], kernel.shape[3]])
    }

    /// A kernel with channels and filters exchanged.
    private static func swapped(_ k: Tensor<Double>) -> Tensor<Double> {
        let (area, c, f) = (k.shape[0] * k.shape[1], k.shape[2], k.shape[3])
        var result = [Double](repeating: 0, count: k.count)
        for p in 0..<area {
            for i in 0..<c { for j in 0..<f { result[(p * f + j) * c + i] = k.elements[(p * c + i) * f + j] } }
        }
        return Tensor(result, shape: [k.shape[0], k.shape[1], f, c])
    }

    static let crossEntropyBackward = Exercise(
        10, "crossEntropyBackward", "the gradient of the softmax cross-entropy", points: 6,
        why: """
            −log softmax is exercise 1 with a minus sign: the score of the right class, to be descended.
            Training a classifier is imitation learning: the labels are demonstrations, one step long.
            """
    ) { attempt in
        for (rows, classes, labels) in [(3, 4, [0, 3, 1]), (1, 2, [1]), (5, 3, [2, 2, 0, 1, 0]), (3, 3, [1, 0, 2])] {
            let z = random([rows, classes], rows * 10 + classes)
            let π = softmax(z)
            let onlyProbabilities = π / Double(rows)
            let θ = Parameter("logits", z)
            let truth = (∇softmaxCrossEntropy(θ.tensor, labels: labels))[θ]!
            let yours = try attempt.crossEntropyBackward(z, labels)
            try expectGradients(
                [("logits", yours)], at: [z], "\(rows) rows, \(classes) classes",
                mistakes: [
                    ("the sum over the rows, not the mean", [Double(rows) * truth]),
                    ("without the [k = y]", [onlyProbabilities]),
                    ("divided by the number of classes, not of rows", [Double(rows) / Double(classes) * truth]),
                    ("up, not down: the cross-entropy has a minus sign", [-truth]),
                ]
            ) { softmaxCrossEntropy($0[0], labels: labels) }
        }
    }

    static let lstmCellBackward = Exercise(
        11, "lstmCellBackward", "the pullback of an LSTM cell", points: 12,
        why: """
            c′ reaches the loss twice, by itself and through h′: δ is the sum of both ways, and everything else follows from it.
            The cell state is only scaled by f on its way back: that is how an LSTM remembers its gradients over many steps.
            """
    ) { attempt in
        for (inputs, units, seed) in [(3, 2, 1), (2, 4, 2), (1, 1, 3), (4, 3, 4), (3, 3, 5)] {
            func r(_ shape: [Int], _ n: Int) -> Tensor<Double> { random(shape, 100 * seed + n) }
            let cell = LSTMCell(
                x: r([1, inputs], 1), h: r([1, units], 2), c: r([1, units], 3), Wx: r([inputs, 4 * units], 4),
                Wh: r([units, 4 * units], 5), b: r([1, 4 * units], 6), upstreamH: r([1, units], 7),
                upstreamC: seed == 5 ? Tensor(repeating: 0, shape: [1, units]) : r([1, units], 8))
            let yours = try attempt.lstmCellBackward(cell)
            try expectGradients(
                [("x", yours.x), ("h", yours.h), ("c", yours.c), ("Wx", yours.Wx), ("Wh", yours.Wh), ("b", yours.b)],
                at: [cell.x, cell.h, cell.c, cell.Wx, cell.Wh, cell.b],
                "\(inputs) inputs, \(units) units" + (seed == 5 ? ", ∂L/∂c′ = 0" : "")
            ) { v in
                let z = matmul(v[0], v[3]) + matmul(v[1], v[4]) + v[5]
                func part(_ k: Int) -> Tensor<Double> { z.columns(k * units..<(k + 1) * units) }
                let c = sigmoid(part(1)) * v[2] + sigmoid(part(0)) * tanh(part(3))
                let h = sigmoid(part(2)) * tanh(c)
                return h.flatProduct(with: cell.upstreamH) + c.flatProduct(with: cell.upstreamC)
            }
        }
    }
}

private func transposed(_ x: Tensor<Double>) -> Tensor<Double> {
    let (m, n) = (x.shape[0], x.shape[1])
    return Tensor((0..<m * n).map { x.elements[$0 % m * n + $0 / m] }, shape: [n, m])
}

extension Tensor<Double> {
    /// Σ yᵢ Gᵢ: the loss whose gradient with respect to y is G.
    fileprivate func flatProduct(with G: Tensor<Double>) -> Tensor<Double> { (self * G).sum() }

    /// A kernel `[h, w, channels, filters]` with both spatial axes reversed.
    fileprivate var rotatedKernel: [Double] {
        let area = shape[0] * shape[1], rest = shape[2] * shape[3]
        return (0..<area).reversed().flatMap { Array(elements[$0 * rest..<($0 + 1) * rest]) }
    }
}
