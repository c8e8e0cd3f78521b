import Autodiff
import Notebook
import TextDisplay

extension Tensor: Bridged, ForeignBridged where Element == Double {}
extension Parameter: Bridged, ForeignBridged where Element == Double {}
extension Gradient: Bridged, ForeignBridged where Element == Double {}
extension GradientChecker: ForeignBridged {}
extension GradientReport: ForeignBridged {}
extension Heatmap: ForeignBridged {}
extension Plot: ForeignBridged {}

extension Library {
    mutating func addAutodiff() {
        addTensors()
        addTensorArithmetic()
        addGradients()
        addDisplays()
    }

    private mutating func addDisplays() {
        define("formatted(_:)") { (number: Double) in formatted(number) }
        define("Heatmap(_:)") { (rows: [[Double]]) in Heatmap(rows) }
        define("Heatmap(sideBySide:)") { (tables: [[[Double]]]) in Heatmap(sideBySide: tables) }
        define("Plot(_:_:)") { (name: String, y: [Double]) in Plot(name, y) }
        define("Plot(x:_:)") { (x: [Double], curves: Curves) in try plot(x, curves, logarithmic: false) }
        define("Plot(x:_:logarithmic:)") { (x: [Double], curves: Curves, logarithmic: Bool) in
            try plot(x, curves, logarithmic: logarithmic)
        }
    }

    private mutating func addTensors() {
        define("Tensor(_:)") { (value: Double) in Tensor(value) }
        define("Tensor(_:)") { (elements: [Double]) in Tensor(elements) }
        define("Tensor(_:)") { (rows: [[Double]]) in
            guard rows.allSatisfy({ $0.count == rows[0].count }) else {
                throw InvalidArgument("the rows of a matrix have one length; these have \(rows.map(\.count))")
            }
            return Tensor(rows)
        }
        define("Tensor(_:shape:)") { (elements: [Double], shape: [Int]) in
            try checkShape(shape, holds: elements.count)
            return Tensor(elements, shape: shape)
        }
        define("Tensor(repeating:shape:)") { (value: Double, shape: [Int]) in
            try checkShape(shape, holds: nil)
            return Tensor(repeating: value, shape: shape)
        }
        define("Tensor.shape") { (x: Tensor<Double>) in x.shape }
        define("Tensor.count") { (x: Tensor<Double>) in x.count }
        define("Tensor.elements") { (x: Tensor<Double>) in x.elements }
        define("Tensor.value") { (x: Tensor<Double>) in
            guard x.count == 1 else {
                throw InvalidArgument("only a tensor of one element has a value; this one has shape \(x.shape)")
            }
            return x.value
        }
        define("Tensor.detached") { (x: Tensor<Double>) in x.detached }
        define("Tensor.dependsOnParameters") { (x: Tensor<Double>) in x.dependsOnParameters }
        define("Tensor.sum()") { (x: Tensor<Double>) in x.sum() }
        define("Tensor.mean()") { (x: Tensor<Double>) in x.mean() }
        define("Tensor.reshaped(_:)") { (x: Tensor<Double>, shape: [Int]) in
            try checkShape(shape, holds: x.count)
            return x.reshaped(shape)
        }
        define("Tensor.subscript(_:)") { (x: Tensor<Double>, i: Int) in
            guard let length = x.shape.first, 0..<length ~= i else {
                throw InvalidArgument("index \(i) is out of range for a tensor of shape \(x.shape)")
            }
            return x[i]
        }
    }

    private mutating func addTensorArithmetic() {
        define(operator: "+") { (a: Tensor<Double>, b: Double) in a + b }
        define(operator: "+") { (a: Double, b: Tensor<Double>) in a + b }
        define(operator: "+") { (a: Tensor<Double>, b: Tensor<Double>) in try joined(a, b, +) }
        define(operator: "-") { (a: Tensor<Double>, b: Double) in a - b }
        define(operator: "-") { (a: Double, b: Tensor<Double>) in a - b }
        define(operator: "-") { (a: Tensor<Double>, b: Tensor<Double>) in try joined(a, b, -) }
        define(operator: "*") { (a: Tensor<Double>, b: Double) in a * b }
        define(operator: "*") { (a: Double, b: Tensor<Double>) in a * b }
        define(operator: "*") { (a: Tensor<Double>, b: Tensor<Double>) in try joined(a, b, *) }
        define(operator: "/") { (a: Tensor<Double>, b: Double) in a / b }
        define(operator: "/") { (a: Double, b: Tensor<Double>) in a / b }
        define(operator: "/") { (a: Tensor<Double>, b: Tensor<Double>) in try joined(a, b, /) }
        define(operator: "==") { (a: Tensor<Double>, b: Tensor<Double>) in a == b }
        define(prefix: "-") { (x: Tensor<Double>) in -x }
        define("exp(_:)") { (x: Tensor<Double>) in exp(x) }
        define("log(_:)") { (x: Tensor<Double>) in log(x) }
        define("sqrt(_:)") { (x: Tensor<Double>) in sqrt(x) }
        define("tanh(_:)") { (x: Tensor<Double>) in tanh(x) }
        define("sigmoid(_:)") { (x: Tensor<Double>) in sigmoid(x) }
        define("minimum(_:_:)") { (a: Tensor<Double>, b: Tensor<Double>) in try joined(a, b, minimum) }
        define("relu(_:)") { (x: Tensor<Double>) in relu(x) }
        define("softmax(_:)") { (x: Tensor<Double>) in softmax(try withLastAxis(x)) }
        define("logSoftmax(_:)") { (x: Tensor<Double>) in logSoftmax(try withLastAxis(x)) }
        define("matmul(_:_:)") { (a: Tensor<Double>, b: Tensor<Double>) in
            guard a.shape.count == 2, b.shape.count == 2, a.shape[1] == b.shape[0] else {
                throw InvalidArgument("matmul needs shapes [m, k] and [k, n]; these are \(a.shape) and \(b.shape)")
            }
            try checkShape([a.shape[0], b.shape[1]], holds: nil)
            return matmul(a, b)
        }
        define("mean(_:_:)") { (elements: Elements, f: Callback) in try mean(of: elements, f) }
        define("weightedMean(_:weights:_:)") { (elements: Elements, weights: [Double], f: Callback) in
            guard weights.count == elements.values.count, !weights.isEmpty else {
                throw InvalidArgument("\(weights.count) weights for \(elements.values.count) elements")
            }
            let terms = try elements.values.map { try f($0, returning: Tensor<Double>.self) }
            return weightedMean(try ofOneShape(terms), weights: weights) { $0 }
        }
    }

    private mutating func addGradients() {
        define(prefix: "∇") { (f: Tensor<Double>) in
            guard f.count == 1 else {
                throw InvalidArgument("∇ needs a scalar; this tensor has shape \(f.shape)")
            }
            return ∇f
        }
        define("Parameter(_:_:)") { (name: String, value: Tensor<Double>) in Parameter(name, value) }
        define("Parameter.tensor") { (θ: Parameter<Double>) in θ.tensor }
        define("Parameter.value") { (θ: Parameter<Double>) in θ.value }
        define("Parameter.name") { (θ: Parameter<Double>) in θ.name }
        define("Parameter.shape") { (θ: Parameter<Double>) in θ.shape }
        define("Gradient.norm") { (g: Gradient<Double>) in g.norm }
        define("Gradient.elements") { (g: Gradient<Double>) in g.elements }
        define("Gradient.names") { (g: Gradient<Double>) in g.names }
        define("Gradient.isEmpty") { (g: Gradient<Double>) in g.isEmpty }
        define("Gradient.dot(_:)") { (g: Gradient<Double>, h: Gradient<Double>) in g.dot(h) }
        define("Gradient.cosine(_:)") { (g: Gradient<Double>, h: Gradient<Double>) in g.cosine(h) }
        define("Gradient.subscript(_:)") { (g: Gradient<Double>, name: String) in g[name] }
        define("Gradient.subscript(_:)") { (g: Gradient<Double>, θ: Parameter<Double>) in g[θ] }
        define(operator: "+") { (g: Gradient<Double>, h: Gradient<Double>) in g + h }
        define(operator: "-") { (g: Gradient<Double>, h: Gradient<Double>) in g - h }
        define(operator: "*") { (factor: Double, g: Gradient<Double>) in factor * g }
        define("GradientChecker()") { GradientChecker() }
        define("GradientChecker.check(_:_:)") { (checker: GradientChecker, blocks: Elements, f: Callback) in
            try check(checker, blocks, f)
        }
        define("GradientReport.passed") { (report: GradientReport) in report.passed }
        addCheckerSettings()
    }

    /// What a report may advise to change.
    private mutating func addCheckerSettings() {
        define("GradientChecker.step") { (checker: GradientChecker) in checker.step }
        define("GradientChecker.absoluteTolerance") { (checker: GradientChecker) in checker.absoluteTolerance }
        define("GradientChecker.relativeTolerance") { (checker: GradientChecker) in checker.relativeTolerance }
        define("GradientChecker.elementsPerBlock") { (checker: GradientChecker) in checker.elementsPerBlock }
        define("GradientChecker.directions") { (checker: GradientChecker) in checker.directions }
        define("GradientChecker.seed") { (checker: GradientChecker) in checker.seed }
        define(setter: "GradientChecker.step") { (checker: GradientChecker, value: Double) in
            try changed(checker, \.step, value, 1e-300...1e300, "step")
        }
        define(setter: "GradientChecker.absoluteTolerance") { (checker: GradientChecker, value: Double) in
            try changed(checker, \.absoluteTolerance, value, 0...1e300, "absoluteTolerance")
        }
        define(setter: "GradientChecker.relativeTolerance") { (checker: GradientChecker, value: Double) in
            try changed(checker, \.relativeTolerance, value, 0...1, "relativeTolerance")
        }
        define(setter: "GradientChecker.elementsPerBlock") { (checker: GradientChecker, value: Int) in
            try changed(checker, \.elementsPerBlock, value, 1...100_000, "elementsPerBlock")
        }
        define(setter: "GradientChecker.directions") { (checker: GradientChecker, value: Int) in
            try changed(checker, \.directions, value, 0...1000, "directions")
        }
        define(setter: "GradientChecker.seed") { (checker: GradientChecker, value: Int) in
            var checker = checker
            checker.seed = value
            return checker
        }
    }
}

/// A checker with one setting changed, where it is within its range.
private func changed<Number: Comparable & Sendable>(
    _ checker: GradientChecker, _ property: WritableKeyPath<GradientChecker, Number>, _ value: Number,
    _ range: ClosedRange<Number>, _ name: String
) throws -> GradientChecker {
    guard range ~= value else {
        throw InvalidArgument("\(name) is \(range.lowerBound) to \(range.upperBound); not \(value)")
    }
    var checker = checker
    checker[keyPath: property] = value
    return checker
}

/// What a tensor holds at most when a cell asks for it by its shape.
func checkShape(_ shape: [Int], holds count: Int?) throws {
    // A length of 0 does not excuse the others: their product is what strides are made of.
    var size = 1
    for length in shape {
        let (product, overflow) = size.multipliedReportingOverflow(by: max(length, 1))
        if length < 0 || overflow || product > 1 << 27 {
            throw InvalidArgument("a shape has lengths from 0 and at most \(1 << 27) places: \(shape)")
        }
        size = product
    }
    if let count, shape.reduce(1, *) != count {
        throw InvalidArgument("\(count) elements do not fill a tensor of shape \(shape)")
    }
}

private func joined(
    _ a: Tensor<Double>, _ b: Tensor<Double>, _ operation: (Tensor<Double>, Tensor<Double>) -> Tensor<Double>
) throws -> Tensor<Double> {
    guard let shape = broadcastShape(a.shape, b.shape) else {
        throw InvalidArgument("shapes \(a.shape) and \(b.shape) do not broadcast")
    }
    try checkShape(shape, holds: nil)
    return operation(a, b)
}

private func withLastAxis(_ x: Tensor<Double>) throws -> Tensor<Double> {
    guard let last = x.shape.last, last > 0 else {
        throw InvalidArgument("softmax needs a last axis with at least one element; this tensor has shape \(x.shape)")
    }
    return x
}

/// The mean of tensors or of numbers, whichever the closure gives; it is called once for each element.
private func mean(of elements: Elements, _ f: Callback) throws -> Value {
    guard !elements.values.isEmpty else { throw InvalidArgument("the mean of nothing is undefined") }
    let values = try elements.values.map { try f($0) }
    func all<T: Bridged>(_ type: T.Type) throws -> [T] {
        try values.map { value in
            guard let bridged = T.bridge(value, f.evaluator) else {
                throw InvalidArgument("the closure gives \(value.typeName), not \(T.notebookName)")
            }
            return bridged
        }
    }
    guard case .foreign = values[0] else { return mean(try all(Double.self)) { $0 }.bridged }
    return mean(try ofOneShape(all(Tensor<Double>.self))) { $0 }.bridged
}

private func ofOneShape(_ terms: [Tensor<Double>]) throws -> [Tensor<Double>] {
    guard terms.allSatisfy({ $0.shape == terms[0].shape }) else {
        throw InvalidArgument("the mean is over tensors of one shape")
    }
    return terms
}

private func check(_ checker: GradientChecker, _ blocks: Elements, _ f: Callback) throws -> GradientReport {
    let named = try blocks.values.map { pair -> (name: String, tensor: Tensor<Double>) in
        guard case .tuple(let tuple) = pair, case let parts = tuple.elements, parts.count == 2,
            case .string(let name) = parts[0].value,
            case .foreign(let foreign) = parts[1].value, let tensor = foreign.value as? Tensor<Double>
        else { throw InvalidArgument("the checker takes a dictionary of names and tensors, such as [\"x\": x]") }
        return (name, tensor)
    }
    let failure = NotedError()
    let report = checker.check(named) { tensors in
        failure.value(or: Tensor(0)) { try f(tensors.bridged, returning: Tensor<Double>.self) }
    }
    try failure.rethrow()
    return report
}

/// A dictionary of names and lists of numbers, in its order.
private struct Curves: Bridged {
    let curves: [(name: String, y: [Double])]

    static func bridge(_ value: Value, _ evaluator: Evaluator) -> Curves? {
        guard let pairs = Elements.bridge(value, evaluator)?.values else { return nil }
        var curves: [(name: String, y: [Double])] = []
        for pair in pairs {
            guard case .tuple(let tuple) = pair, case let parts = tuple.elements, parts.count == 2,
                case .string(let name) = parts[0].value, let y = [Double].bridge(parts[1].value, evaluator)
            else { return nil }
            curves.append((name, y))
        }
        return Curves(curves: curves)
    }
    var bridged: Value { .none }
    static var notebookName: String { "[String: [Double]]" }
}

private func plot(_ x: [Double], _ curves: Curves, logarithmic: Bool) throws -> Plot {
    if let problem = Plot.problem(x: x, curves: curves.curves) { throw problem }
    return Plot(x: x, curves: curves.curves, logarithmic: logarithmic)
}
