import Autodiff
import Notebook
import TextDisplay

/// Means over any sequence of the notebook, of tensors or of numbers, whichever the closure gives; it is called once for
/// each element.
func addMeans(to library: inout Library) {
    library.add(.function, "mean(_: sequence, _: closure)") { a in
        let elements: Elements = try a.take(0)
        let f: Callback = try a.take(1)
        try demand(!elements.values.isEmpty, "the mean of nothing is undefined")
        let values = try elements.values.map { try f($0) }
        func all<T: Bridged>(_ type: T.Type) throws -> [T] {
            try values.map { value in
                guard let bridged = try T.bridge(value, f.evaluator) else {
                    throw InvalidArgument("the closure gives \(value.typeName), not \(T.notebookName)")
                }
                return bridged
            }
        }
        guard case .foreign = values[0] else { return mean(try all(Double.self)) { $0 }.bridged }
        let terms = try all(Tensor<Double>.self)
        try demand(problem(averaging: terms))
        return mean(terms) { $0 }.bridged
    }
    library.add(.function, "weightedMean(_: sequence, weights: [Double], _: closure)") { a in
        let elements: Elements = try a.take(0)
        let weights: [Double] = try a.take(1)
        let f: Callback = try a.take(2)
        try demand(problem(weighting: elements.values.count, with: weights.count))
        let terms = try elements.values.map { try f($0, returning: Tensor<Double>.self) }
        try demand(problem(averaging: terms))
        return weightedMean(terms, weights: weights) { $0 }.bridged
    }
}
