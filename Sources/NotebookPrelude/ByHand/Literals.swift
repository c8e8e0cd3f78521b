import Autodiff
import Notebook
import TextDisplay

/// What takes names with values: a dictionary's literal, in its order.
func addTakersOfLiterals(to library: inout Library) {
    library.add(.function, "Plot(x: [Double], _: [String: [Double]], logarithmic: Bool = false)") { a in
        let x: [Double] = try a.take(0)
        let curves: Named<[Number]> = try a.take(1)
        let logarithmic: Bool = try a.take(2, or: false)
        let named = curves.pairs.map { (name: $0.name, y: $0.value.map(\.value)) }
        try demand(Plot.problem(x: x, curves: named))
        return Plot(x: x, curves: named, logarithmic: logarithmic).bridged
    }
    library.add(.method, "GradientChecker.check(_: [String: Tensor], _: ([Tensor]) -> Tensor)") { a in
        let checker: GradientChecker = try a.take(0)
        let blocks: Elements = try a.take(1)
        let f: Callback = try a.take(2)
        guard let named = try Named<Tensor<Double>>.bridge(blocks.bridged, f.evaluator) else {
            throw InvalidArgument("the checker takes a dictionary of names and tensors, such as [\"x\": x]")
        }
        try demand(checker.problem)
        return checker.check(named.pairs.map { (name: $0.name, tensor: $0.value) }) { tensors in
            f.noting(tensors.bridged, or: Tensor(0))
        }.bridged
    }
}

/// A `Double`, also where a dictionary's literal has whole numbers.
private struct Number: Bridged {
    let value: Double

    static func bridge(_ value: Value, _ evaluator: Evaluator) throws -> Number? {
        if let number = try Double.bridge(value, evaluator) { return Number(value: number) }
        return try Int.bridge(value, evaluator).map { Number(value: Double($0)) }
    }
    var bridged: Value { value.bridged }
    static var notebookName: String { "Double" }
}

/// Names with values, in their order.
private struct Named<Element: Bridged>: Bridged {
    let pairs: [(name: String, value: Element)]

    static func bridge(_ value: Value, _ evaluator: Evaluator) throws -> Named? {
        guard let pairs = try Elements.bridge(value, evaluator)?.values else { return nil }
        var named: [(name: String, value: Element)] = []
        for pair in pairs {
            guard let (name, value) = pair.pair, let name = try String.bridge(name, evaluator),
                let value = try Element.bridge(value, evaluator)
            else { return nil }
            named.append((name, value))
        }
        return Named(pairs: named)
    }
    var bridged: Value { .none }
    static var notebookName: String { "[String: \(Element.notebookName)]" }
}
