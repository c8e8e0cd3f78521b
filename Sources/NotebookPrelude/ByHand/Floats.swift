import Notebook

/// Arithmetic of `Float`, which the notebook has no values of its own for, and ranges of numbers that are not whole.
func addNumbers(to library: inout Library) {
    library.addEquatable(Float.self)
    library.addEquatable(ClosedRange<Double>.self)
    library.define("Float(_:)") { (x: Float) in x }
    library.define("Float(_:)") { (x: Int) in Float(x) }
    library.define("Double(_:)") { (x: Float) in Double(x) }
    library.define(operator: "+") { (a: Float, b: Float) in a + b }
    library.define(operator: "-") { (a: Float, b: Float) in a - b }
    library.define(operator: "*") { (a: Float, b: Float) in a * b }
    library.define(operator: "/") { (a: Float, b: Float) in a / b }
    library.define(operator: "<") { (a: Float, b: Float) in a < b }
    library.define(operator: ">") { (a: Float, b: Float) in a > b }
    library.define(operator: "...") { (a: Double, b: Double) in
        try demand(a <= b, "a range goes up: \(a)...\(b) does not")
        return a...b
    }
}
