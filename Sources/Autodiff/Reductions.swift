import TextDisplay

extension Tensor {
    /// The sum of all elements: y = Σᵢ xᵢ,  ∂L/∂xᵢ = ∂L/∂y.
    @specialized(where Element == Float)
    @specialized(where Element == Double)
    public func sum() -> Tensor {
        let shape = shape
        let total = buffer.elements.reduce(0, +)
        return Tensor(Tensor(total), from: [self]) { upstream, _ in
            [Tensor(repeating: upstream.value, shape: shape)]
        }
    }

    /// The mean of all elements: y = (1/N) Σᵢ xᵢ,  ∂L/∂xᵢ = (1/N) ∂L/∂y.
    public func mean() -> Tensor { sum() / Element(count) }

    /// Sums of consecutive elements of a vector: yₖ = Σ xᵢ over the k-th of the `lengths`,  ∂L/∂xᵢ = ∂L/∂yₖ.
    ///
    /// - Parameter lengths: how many elements each sum takes; together all of them.
    @specialized(where Element == Float)
    @specialized(where Element == Double)
    public func sums(ofLengths lengths: [Int]) -> Tensor {
        require(
            self.shape.count == 1 && lengths.allSatisfy { 0...self.count ~= $0 }
                && self.count == lengths.reduce(0, { min($0 + $1, self.count + 1) }),
            "the lengths add up to the vector's; \(lengths) do not for shape \(self.shape)")
        let value = Tensor(shape: [lengths.count]) { sums in
            var start = 0
            for (k, length) in lengths.enumerated() {
                sums[k] = buffer.elements[start..<start + length].reduce(0, +)
                start += length
            }
        }
        let shape = shape
        return Tensor(value, from: [self]) { upstream, _ in
            [
                Tensor(shape: shape) { gradient in
                    var start = 0
                    for (k, length) in lengths.enumerated() {
                        gradient[start..<start + length].update(repeating: upstream.buffer.elements[k])
                        start += length
                    }
                }
            ]
        }
    }
}

/// The mean of a differentiable function over a collection: (1/N) Σₙ f(xₙ).
///
/// Over sampled trajectories this is the Monte Carlo estimate of the expectation of `f`:
///
///     let surrogate = mean(batch) { π.logProbability(of: $0) * $0.return }
///
/// The collection must not be empty, and `f` must return tensors of one shape.
public func mean<Elements: Collection, Element: Scalar>(
    _ elements: Elements, _ f: (Elements.Element) throws -> Tensor<Element>
) rethrows -> Tensor<Element> {
    require(!elements.isEmpty, "the mean of nothing is undefined")
    let terms = try elements.map(f)
    require(problem(averaging: terms))
    let scale = 1 / Element(terms.count)
    // One node for the whole sum: y = (1/N) Σ xₙ,  ∂L/∂xₙ = (1/N) ∂L/∂y
    let total = terms.dropFirst().reduce(terms[0].detached) { $0 + $1.detached }
    return Tensor(scale * total, from: terms) { upstream, wanted in
        let share = scale * upstream
        return wanted.map { $0 ? share : nil }
    }
}

/// Why tensors have no mean, or nil where they have.
package func problem<Element: Scalar>(averaging terms: [Tensor<Element>]) -> InvalidArgument? {
    if terms.allSatisfy({ $0.shape == terms[0].shape }) { return nil }
    return InvalidArgument("the mean is over tensors of one shape")
}

/// Why some weights are not one for each element, or nil where they are.
package func problem(weighting elements: Int, with weights: Int) -> InvalidArgument? {
    if weights == elements && weights > 0 { return nil }
    return InvalidArgument("\(weights) weights for \(elements) elements")
}

/// The mean of a number over a collection: (1/N) Σₙ f(xₙ); the collection must not be empty.
///
///     mean(batch) { $0.return }      // the average return
public func mean<Elements: Collection, Number: BinaryFloatingPoint>(
    _ elements: Elements, _ f: (Elements.Element) throws -> Number
) rethrows -> Number {
    require(!elements.isEmpty, "the mean of nothing is undefined")
    return try elements.reduce(0) { try $0 + f($1) } / Number(elements.count)
}

/// The mean of a differentiable scalar weighted by numbers: (1/N) Σₙ wₙ f(xₙ).
///
/// With every weight 1 it is ``mean(_:_:)``; with the return of each trajectory as its weight and log π(τ) as `f` it is
/// the policy gradient's surrogate. The weights are numbers, so no gradient flows through them.
public func weightedMean<Elements: Collection, Element: Scalar>(
    _ elements: Elements, weights: [Element], _ f: (Elements.Element) throws -> Tensor<Element>
) rethrows -> Tensor<Element> {
    require(problem(weighting: elements.count, with: weights.count))
    return try mean(Array(zip(elements, weights))) { try f($0.0) * $0.1 }
}
