import Autodiff

/// The softmax cross-entropy, averaged over a batch: L = −(1/N) Σₙ log softmax(zₙ)[labelₙ].
///
/// ∂L/∂zₙⱼ = (pₙⱼ − [j = labelₙ]) / N, with p = softmax(z).
///
/// - Parameters:
///   - logits: shape `[batch, classes]`.
///   - labels: the right class of each row.
@specialized(where T == Float)
@specialized(where T == Double)
public func softmaxCrossEntropy<T: Scalar>(_ logits: Tensor<T>, labels: [Int]) -> Tensor<T> {
    precondition(
        logits.shape.count == 2 && logits.shape[0] == labels.count, "one label for each row of \(logits.shape)")
    let classes = logits.shape[1]
    precondition(labels.allSatisfy { 0..<classes ~= $0 }, "a label is out of range 0..<\(classes)")
    let scale = 1 / T(labels.count)
    let logProbabilities = logSoftmax(logits.detached)
    let loss = logProbabilities.withElements { y in
        labels.enumerated().reduce(T(0)) { $0 - y[$1.offset * classes + $1.element] } * scale
    }
    return Tensor(Tensor(loss), from: [logits]) { upstream, _ in
        let factor = scale * upstream.value
        return [
            Tensor(shape: logProbabilities.shape) { gradient in
                logProbabilities.withElements { y in
                    for i in 0..<y.count { gradient[i] = factor * T.exp(y[i]) }
                }
                for (n, label) in labels.enumerated() { gradient[n * classes + label] -= factor }
            }
        ]
    }
}
