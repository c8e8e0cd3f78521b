import TextDisplay

/// The logarithm of the softmax along the last axis: yⱼ = xⱼ − log Σₖ exp xₖ, for each row of x.
///
/// ∂L/∂xⱼ = ∂L/∂yⱼ − pⱼ Σₖ ∂L/∂yₖ, with pⱼ = exp yⱼ. The maximum is subtracted first, so that no logits overflow.
///
///     logSoftmax(Tensor([0.0, 0.0]))      // [log ½, log ½] = [-0.693147, -0.693147]
@specialized(where Element == Float)
@specialized(where Element == Double)
public func logSoftmax<Element: Scalar>(_ x: Tensor<Element>) -> Tensor<Element> {
    require(x.problemOfSoftmax)
    let width = x.shape.last!
    let y = Tensor<Element>(shape: x.shape) { y in
        let x = x.buffer.elements
        for row in stride(from: 0, to: x.count, by: width) {
            var largest = x[row]
            for j in row..<row + width { largest = max(largest, x[j]) }
            var total: Element = 0
            for j in row..<row + width { total += Element.exp(x[j] - largest) }
            let logTotal = largest + Element.log(total)
            for j in row..<row + width { y[j] = x[j] - logTotal }
        }
    }
    return Tensor(y, from: [x]) { upstream, _ in
        [
            Tensor(shape: y.shape) { gradient in
                let upstream = upstream.buffer.elements, y = y.buffer.elements
                for row in stride(from: 0, to: y.count, by: width) {
                    var total: Element = 0
                    for j in row..<row + width { total += upstream[j] }
                    for j in row..<row + width { gradient[j] = upstream[j] - Element.exp(y[j]) * total }
                }
            }
        ]
    }
}

/// The softmax along the last axis: pⱼ = exp xⱼ / Σₖ exp xₖ, probabilities that add up to 1 in each row.
///
///     softmax(Tensor([0.0, 0.0]))      // [0.5, 0.5]
public func softmax<Element: Scalar>(_ x: Tensor<Element>) -> Tensor<Element> {
    require(x.problemOfSoftmax)
    return exp(logSoftmax(x))
}
