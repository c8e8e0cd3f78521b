import Autodiff
import TextDisplay

/// The softmax cross-entropy, averaged over a batch: L = −(1/N) Σₙ log softmax(zₙ)[labelₙ].
///
/// ∂L/∂zₙⱼ = (pₙⱼ − [j = labelₙ]) / N, with p = softmax(z).
///
/// - Parameters:
///   - logits: shape `[batch, classes]`, with one row or more.
///   - labels: the right class of each row, 0 ..< classes.
@specialized(where T == Float)
@specialized(where T == Double)
public func softmaxCrossEntropy<T: Scalar>(_ logits: Tensor<T>, labels: [Int]) -> Tensor<T> {
    require(problemOfCrossEntropy(logits: logits.shape, labels: labels))
    let classes = logits.shape[1], scale = 1 / T(labels.count)
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

/// Why labels are not the right classes of logits of that shape, or nil where they may be.
package func problemOfCrossEntropy(logits shape: [Int], labels: [Int]) -> InvalidArgument? {
    guard shape.count == 2, shape[0] == labels.count, !labels.isEmpty, shape[1] > 0 else {
        return InvalidArgument(
            "softmaxCrossEntropy needs logits [batch, classes] and a label for each row; these are \(shape) and "
                + "\(labels.count) labels")
    }
    guard let wrong = labels.first(where: { !(0..<shape[1] ~= $0) }) else { return nil }
    return InvalidArgument("a label is 0 to \(shape[1] - 1), not \(wrong)")
}
