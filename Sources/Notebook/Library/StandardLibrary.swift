import Foundation

extension Library {
    /// Swift's own functions and members, as far as cells use them.
    mutating func addStandardLibrary() {
        addNumbers()
        addText()
        addSequences()
        addSequencesOfNumbers()
    }

    private mutating func addNumbers() {
        define(constant: "Int.max", Int.max)
        define(constant: "Int.min", Int.min)
        define(constant: "Double.pi", Double.pi)
        define(constant: "Double.infinity", Double.infinity)
        define(constant: "Double.nan", Double.nan)
        define("Int(_:)") { (value: Int) in value }
        define("Int(_:)") { (value: Double) in
            guard let int = Int(exactly: value.rounded(.towardZero)) else {
                throw CellError(.failure("\(value) does not fit into an Int"))
            }
            return int
        }
        define("Int(_:)") { (text: String) in Int(text) }
        // Int first: in Double(1 / 2) the division is one of whole numbers, as in Swift.
        define("Double(_:)") { (value: Int) in Double(value) }
        define("Double(_:)") { (value: Double) in value }
        define("Double(_:)") { (text: String) in Double(text) }
        define("Bool(_:)") { (text: String) in Bool(text) }
        define("abs(_:)") { (x: Int) in
            guard x != Int.min else { throw CellError(.failure("abs(Int.min) does not fit into an Int (overflow)")) }
            return abs(x)
        }
        define("abs(_:)") { (x: Double) in abs(x) }
        let functions: [(String, @Sendable (Double) -> Double)] = [
            ("sqrt", { $0.squareRoot() }), ("exp", { Foundation.exp($0) }), ("log", { Foundation.log($0) }),
            ("sin", { Foundation.sin($0) }), ("cos", { Foundation.cos($0) }), ("tanh", { Foundation.tanh($0) }),
            ("log2", { Foundation.log2($0) }), ("log10", { Foundation.log10($0) }), ("floor", { $0.rounded(.down) }),
            ("ceil", { $0.rounded(.up) }),
        ]
        for (name, function) in functions {
            define("\(name)(_:)") { (x: Double) in function(x) }
        }
        define("pow(_:_:)") { (x: Double, y: Double) in Foundation.pow(x, y) }
        define("min(_:_:)") { (a: Int, b: Int) in Swift.min(a, b) }
        define("min(_:_:)") { (a: Double, b: Double) in Swift.min(a, b) }
        define("max(_:_:)") { (a: Int, b: Int) in Swift.max(a, b) }
        define("max(_:_:)") { (a: Double, b: Double) in Swift.max(a, b) }
        define("min(_:_:_:)") { (a: Int, b: Int, c: Int) in Swift.min(a, b, c) }
        define("min(_:_:_:)") { (a: Double, b: Double, c: Double) in Swift.min(a, b, c) }
        define("max(_:_:_:)") { (a: Int, b: Int, c: Int) in Swift.max(a, b, c) }
        define("max(_:_:_:)") { (a: Double, b: Double, c: Double) in Swift.max(a, b, c) }
        define("Double.squareRoot()") { (x: Double) in x.squareRoot() }
        define("Double.rounded()") { (x: Double) in x.rounded() }
        define("Double.isNaN") { (x: Double) in x.isNaN }
        define("Double.isFinite") { (x: Double) in x.isFinite }
        define("Double.magnitude") { (x: Double) in x.magnitude }
        define("Int.isMultiple(of:)") { (x: Int, y: Int) in x.isMultiple(of: y) }
        define("Int.description") { (x: Int) in x.description }
        define("Double.description") { (x: Double) in x.description }
    }

    private mutating func addText() {
        defineRaw("print") { arguments, evaluator in
            let separator = arguments.first { $0.label == "separator" }?.value.description ?? " "
            let end = arguments.first { $0.label == "terminator" }?.value.description ?? "\n"
            let texts = try arguments.filter { $0.label == nil }.map { try $0.value.settled().description }
            try evaluator.checkStop()
            evaluator.print(texts.joined(separator: separator) + end)
            return .void
        }
        define("String(_:)") { (value: Value) in value.description }
        define("String(describing:)") { (value: Value) in value.description }
        define("String(repeating:count:)") { (text: String, count: Int) in
            try Self.checkCount(count, size: text.utf8.count)
            return String(repeating: text, count: count)
        }
        define("String.count") { (text: String) in text.count }
        define("String.isEmpty") { (text: String) in text.isEmpty }
        define("String.uppercased()") { (text: String) in text.uppercased() }
        define("String.lowercased()") { (text: String) in text.lowercased() }
        define("String.hasPrefix(_:)") { (text: String, start: String) in text.hasPrefix(start) }
        define("String.hasSuffix(_:)") { (text: String, end: String) in text.hasSuffix(end) }
        define("String.contains(_:)") { (text: String, part: String) in text.contains(part) }
    }

    /// A count that a person wrote, before anything of that size is made.
    static func checkCount(_ count: Int, size: Int) throws {
        guard count >= 0 else { throw CellError(.failure("a count is not negative: \(count)")) }
        let (bytes, overflow) = count.multipliedReportingOverflow(by: max(size, 1))
        if overflow || bytes > Evaluator.sizeLimit {
            throw CellError(
                .failure("a value of more than \(Evaluator.sizeLimit >> 20) MiB is more than a cell may make"))
        }
    }

    private mutating func addSequences() {
        define("Array(_:)") { (sequence: Elements) in sequence }
        define("Array(repeating:count:)") { (value: Value, count: Int) in
            try Self.checkCount(count, size: MemoryLayout<Value>.stride)
            return Array(repeating: value, count: count)
        }
        define("zip(_:_:)") { (a: Elements, b: Elements) in zip(a.values, b.values).map { Self.pair($0, $1) } }
        define("stride(from:to:by:)") { (from: Int, to: Int, by: Int) in
            try Self.checkStride(Double(to) - Double(from), Double(by))
            return Array(stride(from: from, to: to, by: by))
        }
        define("stride(from:to:by:)") { (from: Double, to: Double, by: Double) in
            try Self.checkStride(to - from, by)
            return Array(stride(from: from, to: to, by: by))
        }
        define("stride(from:through:by:)") { (from: Int, through: Int, by: Int) in
            try Self.checkStride(Double(through) - Double(from), Double(by))
            return Array(stride(from: from, through: through, by: by))
        }
        define("stride(from:through:by:)") { (from: Double, through: Double, by: Double) in
            try Self.checkStride(through - from, by)
            return Array(stride(from: from, through: through, by: by))
        }
        define("Range.count") { (range: Range<Int>) in
            let (count, overflow) = range.upperBound.subtractingReportingOverflow(range.lowerBound)
            if overflow { throw CellError(.failure("the count does not fit into an Int (overflow)")) }
            return count
        }
        define("Range.lowerBound") { (range: Range<Int>) in range.lowerBound }
        define("Range.upperBound") { (range: Range<Int>) in range.upperBound }
        define("Range.isEmpty") { (range: Range<Int>) in range.isEmpty }
        define("Range.contains(_:)") { (range: Range<Int>, n: Int) in range.contains(n) }
        define("Dictionary.keys") { (pairs: Elements) in pairs.values.map { Self.part($0, 0) } }
        define("Dictionary.values") { (pairs: Elements) in pairs.values.map { Self.part($0, 1) } }

        define("Array.count") { (list: Elements) in list.values.count }
        define("Array.isEmpty") { (list: Elements) in list.values.isEmpty }
        define("Array.first") { (list: Elements) in list.values.first }
        define("Array.last") { (list: Elements) in list.values.last }
        define("Array.indices") { (list: Elements) in list.values.indices }
        define("Array.enumerated()") { (list: Elements) in
            list.values.enumerated().map {
                Value.tuple(
                    Value.Tuple([
                        Value.Element(label: "offset", value: .int($0)), Value.Element(label: "element", value: $1),
                    ]))
            }
        }
        define("Array.map(_:)") { (list: Elements, f: Callback) in try list.values.map { try f($0) } }
        define("Array.flatMap(_:)") { (list: Elements, f: Callback) in
            var all: [Value] = []
            for element in list.values {
                all += try f(element, returning: Elements.self).values
                try Self.checkCount(all.count, size: MemoryLayout<Value>.stride)
            }
            return all
        }
        define("Array.compactMap(_:)") { (list: Elements, f: Callback) in
            try list.values.compactMap { element -> Value? in
                let value = try f(element)
                if case .none = value { return nil }
                return value
            }
        }
        define("Array.filter(_:)") { (list: Elements, f: Callback) in
            try list.values.filter { try f($0, returning: Bool.self) }
        }
        define("Array.forEach(_:)") { (list: Elements, f: Callback) in
            for element in list.values { _ = try f(element) }
        }
        define("Array.allSatisfy(_:)") { (list: Elements, f: Callback) in
            try list.values.allSatisfy { try f($0, returning: Bool.self) }
        }
        define("Array.contains(where:)") { (list: Elements, f: Callback) in
            try list.values.contains { try f($0, returning: Bool.self) }
        }
        define("Array.first(where:)") { (list: Elements, f: Callback) in
            try list.values.first { try f($0, returning: Bool.self) }
        }
        defineRaw("Array.reduce") { arguments, evaluator in
            guard arguments.count == 3, let list = Elements.bridge(arguments[0].value, evaluator),
                let f = Callback.bridge(arguments[2].value, evaluator)
            else { return nil }
            // reduce(0, …) over Doubles starts from the Double 0.
            var result = arguments[1].value
            if case .double? = list.values.first, case .literal(let literal) = result {
                result = .double(literal.double)
            }
            for (n, element) in list.values.enumerated() {
                if n == 0, case .literal(let literal) = result {
                    // Swift infers from the closure whether the 0 of reduce(0) { $0 + 0.5 * Double($1) } is a Double.
                    do { result = try f(result.settled(), element) } catch let error as CellError {
                        guard let other = try? f(.double(literal.double), element), case .double = other else {
                            throw error
                        }
                        result = other
                    }
                } else {
                    result = try f(result.settled(), element)
                }
            }
            return try result.settled()
        }
        define("Array.sorted(by:)") { (list: Elements, f: Callback) in
            try list.values.sorted { try f($0, $1, returning: Bool.self) }
        }
        define("Array.reversed()") { (list: Elements) in Array(list.values.reversed()) }
        define("Array.prefix(_:)") { (list: Elements, n: Int) in Array(list.values.prefix(try Self.length(n))) }
        define("Array.suffix(_:)") { (list: Elements, n: Int) in Array(list.values.suffix(try Self.length(n))) }
        define("Array.dropFirst()") { (list: Elements) in Array(list.values.dropFirst()) }
        define("Array.dropLast()") { (list: Elements) in Array(list.values.dropLast()) }
        define("Array.dropFirst(_:)") { (list: Elements, n: Int) in Array(list.values.dropFirst(try Self.length(n))) }
        define("Array.dropLast(_:)") { (list: Elements, n: Int) in Array(list.values.dropLast(try Self.length(n))) }
        define("Array.joined(separator:)") { (list: [String], separator: String) in
            try Self.checkCount(list.reduce(0) { $0 + $1.utf8.count + separator.utf8.count }, size: 1)
            return list.joined(separator: separator)
        }
        define("Array.joined()") { (list: [String]) in
            try Self.checkCount(list.reduce(0) { $0 + $1.utf8.count }, size: 1)
            return list.joined()
        }
        define("Array.joined()") { (lists: [Elements]) in
            try Self.checkCount(lists.reduce(0) { $0 + $1.values.count }, size: MemoryLayout<Value>.stride)
            return lists.flatMap(\.values)
        }
        defineRaw("Array.sorted") { arguments, evaluator in
            guard arguments.count == 1, let list = Elements.bridge(arguments[0].value, evaluator) else { return nil }
            return .array(Value.List(try evaluator.sorted(list.values)))
        }
        defineRaw("Array.contains") { arguments, evaluator in
            guard let list = Elements.bridge(arguments[0].value, evaluator), arguments.count == 2,
                arguments[1].label == nil, !arguments[1].isTrailing
            else { return nil }
            let wanted = arguments[1].value
            return .bool(
                try list.values.contains {
                    try evaluator.bool(evaluator.binary("==", $0, wanted, at: Span(0, 0)), at: Span(0, 0))
                })
        }
    }

    private mutating func addSequencesOfNumbers() {
        define("Array.min()") { (list: [Int]) in list.min() }
        define("Array.min()") { (list: [Double]) in list.min() }
        define("Array.max()") { (list: [Int]) in list.max() }
        define("Array.max()") { (list: [Double]) in list.max() }
        define("Array.firstIndex(of:)") { (list: [Int], wanted: Int) in list.firstIndex(of: wanted) }
        define("Array.firstIndex(of:)") { (list: [Double], wanted: Double) in list.firstIndex(of: wanted) }
        define("Array.firstIndex(of:)") { (list: [String], wanted: String) in list.firstIndex(of: wanted) }
    }

    private static func length(_ n: Int) throws -> Int {
        guard n >= 0 else { throw CellError(.failure("a number of elements is not negative: \(n)")) }
        return n
    }

    private static func checkStride(_ distance: Double, _ step: Double) throws {
        guard step != 0, step.isFinite, distance.isFinite else {
            throw CellError(.failure("a stride has a finite step that is not zero"))
        }
        try checkCount(Int(Swift.max(0, Swift.min(distance / step, 1e15))), size: 16)
    }

    private static func pair(_ a: Value, _ b: Value) -> Value {
        .tuple(Value.Tuple([Value.Element(label: nil, value: a), Value.Element(label: nil, value: b)]))
    }

    private static func part(_ pair: Value, _ i: Int) -> Value {
        guard case .tuple(let tuple) = pair, tuple.elements.indices ~= i else { return .none }
        return tuple.elements[i].value
    }
}
