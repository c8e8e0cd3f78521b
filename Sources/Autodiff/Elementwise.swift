import TextDisplay

// Primitives that work element by element. Each is written forward, then its pullback, under its equation.

extension Tensor {
    /// yᵢ = f(xᵢ), not differentiated.
    @inline(__always)
    func mapped(_ f: (Element) -> Element) -> Tensor {
        let input = buffer.elements
        return Tensor(shape: shape) { output in
            for i in 0..<output.count { output[i] = f(input[i]) }
        }
    }

    /// yᵢ = f(aᵢ, bᵢ) after broadcasting, not differentiated.
    @inline(__always)
    static func combined(_ a: Tensor, _ b: Tensor, _ f: (Element, Element) -> Element) -> Tensor {
        guard let shape = broadcastShape(a.shape, b.shape) else {
            preconditionFailure("shapes \(a.shape) and \(b.shape) do not broadcast")
        }
        if b.count == 1 && shape == a.shape {
            let right = b.buffer.elements[0]
            return a.mapped { f($0, right) }
        }
        let left = a.stretched(to: shape), right = b.stretched(to: shape)
        return withExtendedLifetime((left, right)) {
            let left = left.buffer.elements, right = right.buffer.elements
            return Tensor(shape: shape) { output in
                for i in 0..<output.count { output[i] = f(left[i], right[i]) }
            }
        }
    }

    /// The element-wise sum, with broadcasting.
    ///
    /// y = a + b,  ∂L/∂a = ∂L/∂y,  ∂L/∂b = ∂L/∂y
    @specialized(where Element == Float)
    @specialized(where Element == Double)
    public static func + (a: Tensor, b: Tensor) -> Tensor {
        require(Self.problem(joining: a, b))
        let (shapeA, shapeB) = (a.shape, b.shape)
        return Tensor(combined(a, b) { $0 + $1 }, from: [a, b]) { upstream, _ in
            [upstream.unbroadcast(to: shapeA), upstream.unbroadcast(to: shapeB)]
        }
    }

    /// The element-wise difference, with broadcasting.
    ///
    /// y = a − b,  ∂L/∂a = ∂L/∂y,  ∂L/∂b = −∂L/∂y
    @specialized(where Element == Float)
    @specialized(where Element == Double)
    public static func - (a: Tensor, b: Tensor) -> Tensor {
        require(Self.problem(joining: a, b))
        let (shapeA, shapeB) = (a.shape, b.shape)
        return Tensor(combined(a, b) { $0 - $1 }, from: [a, b]) { upstream, wanted in
            [upstream.unbroadcast(to: shapeA), wanted[1] ? -upstream.unbroadcast(to: shapeB) : nil]
        }
    }

    /// The element-wise product, with broadcasting.
    ///
    /// y = a·b,  ∂L/∂a = b ∂L/∂y,  ∂L/∂b = a ∂L/∂y
    @specialized(where Element == Float)
    @specialized(where Element == Double)
    public static func * (a: Tensor, b: Tensor) -> Tensor {
        require(Self.problem(joining: a, b))
        let (left, right) = (a.detached, b.detached)
        return Tensor(combined(a, b) { $0 * $1 }, from: [a, b]) { upstream, wanted in
            [
                wanted[0] ? (upstream * right).unbroadcast(to: left.shape) : nil,
                wanted[1] ? (upstream * left).unbroadcast(to: right.shape) : nil,
            ]
        }
    }

    /// The element-wise quotient, with broadcasting.
    ///
    /// y = a/b,  ∂L/∂a = (∂L/∂y)/b,  ∂L/∂b = −(∂L/∂y) a/b²
    @specialized(where Element == Float)
    @specialized(where Element == Double)
    public static func / (a: Tensor, b: Tensor) -> Tensor {
        require(Self.problem(joining: a, b))
        let (left, right) = (a.detached, b.detached)
        return Tensor(combined(a, b) { $0 / $1 }, from: [a, b]) { upstream, wanted in
            [
                wanted[0] ? (upstream / right).unbroadcast(to: left.shape) : nil,
                wanted[1] ? (-upstream * left / (right * right)).unbroadcast(to: right.shape) : nil,
            ]
        }
    }

    /// The element-wise negative: y = −x,  ∂L/∂x = −∂L/∂y.
    @specialized(where Element == Float)
    @specialized(where Element == Double)
    public static prefix func - (x: Tensor) -> Tensor {
        Tensor(x.mapped { -$0 }, from: [x]) { upstream, _ in [-upstream] }
    }

    /// A number added to every element.
    public static func + (a: Tensor, b: Element) -> Tensor { a + Tensor(b) }
    /// A number added to every element.
    public static func + (a: Element, b: Tensor) -> Tensor { b + Tensor(a) }
    /// A number subtracted from every element.
    public static func - (a: Tensor, b: Element) -> Tensor { a - Tensor(b) }
    /// Every element subtracted from a number.
    public static func - (a: Element, b: Tensor) -> Tensor { Tensor(a) - b }
    /// Every element multiplied by a number.
    public static func * (a: Tensor, b: Element) -> Tensor { a * Tensor(b) }
    /// Every element multiplied by a number.
    public static func * (a: Element, b: Tensor) -> Tensor { b * Tensor(a) }
    /// Every element divided by a number.
    public static func / (a: Tensor, b: Element) -> Tensor { a / Tensor(b) }
    /// A number divided by every element.
    public static func / (a: Element, b: Tensor) -> Tensor { Tensor(a) / b }
}

/// The exponential of every element: y = eˣ,  ∂L/∂x = y ∂L/∂y.
@specialized(where Element == Float)
@specialized(where Element == Double)
public func exp<Element: Scalar>(_ x: Tensor<Element>) -> Tensor<Element> {
    let y = x.mapped { Element.exp($0) }
    return Tensor(y, from: [x]) { upstream, _ in [upstream * y] }
}

/// The natural logarithm of every element: y = ln x,  ∂L/∂x = (∂L/∂y)/x; for x > 0.
@specialized(where Element == Float)
@specialized(where Element == Double)
public func log<Element: Scalar>(_ x: Tensor<Element>) -> Tensor<Element> {
    let input = x.detached
    return Tensor(x.mapped { Element.log($0) }, from: [x]) { upstream, _ in [upstream / input] }
}

/// The square root of every element: y = √x,  ∂L/∂x = (∂L/∂y)/(2y); for x > 0.
@specialized(where Element == Float)
@specialized(where Element == Double)
public func sqrt<Element: Scalar>(_ x: Tensor<Element>) -> Tensor<Element> {
    let y = x.mapped { $0.squareRoot() }
    return Tensor(y, from: [x]) { upstream, _ in [upstream / (2 * y)] }
}

/// The hyperbolic tangent of every element: y = tanh x,  ∂L/∂x = (1 − y²) ∂L/∂y.
@specialized(where Element == Float)
@specialized(where Element == Double)
public func tanh<Element: Scalar>(_ x: Tensor<Element>) -> Tensor<Element> {
    let y = x.mapped { Element.tanh($0) }
    return Tensor(y, from: [x]) { upstream, _ in [upstream * (1 - y * y)] }
}

/// The logistic function of every element: y = 1/(1 + e⁻ˣ),  ∂L/∂x = y(1 − y) ∂L/∂y.
@specialized(where Element == Float)
@specialized(where Element == Double)
public func sigmoid<Element: Scalar>(_ x: Tensor<Element>) -> Tensor<Element> {
    // ½(1 + tanh ½x) is the same number and overflows for no x.
    let y = x.mapped { (1 + Element.tanh($0 / 2)) / 2 }
    return Tensor(y, from: [x]) { upstream, _ in [upstream * (y * (1 - y))] }
}

/// The rectifier of every element: y = max(x, 0),  ∂L/∂x = ∂L/∂y where x > 0, else 0 (also at the kink).
@specialized(where Element == Float)
@specialized(where Element == Double)
public func relu<Element: Scalar>(_ x: Tensor<Element>) -> Tensor<Element> {
    // A NaN stays one: a diverged child must be seen to have diverged.
    let y = x.mapped { $0 < 0 ? 0 : $0 }
    return Tensor(y, from: [x]) { upstream, _ in
        [Tensor.combined(upstream, y) { $1 > 0 ? $0 : 0 }]
    }
}

/// The smaller of two tensors, element by element, with broadcasting.
///
/// y = min(a, b); the gradient goes to the smaller one, and to `a` where they are equal.
@specialized(where Element == Float)
@specialized(where Element == Double)
public func minimum<Element: Scalar>(_ a: Tensor<Element>, _ b: Tensor<Element>) -> Tensor<Element> {
    require(Tensor.problem(joining: a, b))
    let (left, right) = (a.detached, b.detached)
    return Tensor(Tensor.combined(left, right) { $0 <= $1 ? $0 : $1 }, from: [a, b]) { upstream, _ in
        let takesLeft = Tensor.combined(left, right) { $0 <= $1 ? 1 : 0 }
        return [
            (takesLeft * upstream).unbroadcast(to: left.shape),
            ((1 - takesLeft) * upstream).unbroadcast(to: right.shape),
        ]
    }
}

extension Tensor {
    /// The elements held within a range.
    ///
    /// y = min(max(x, lower), upper),  ∂L/∂x = ∂L/∂y within the range and 0 outside.
    @specialized(where Element == Float)
    @specialized(where Element == Double)
    public func clamped(to range: ClosedRange<Element>) -> Tensor {
        let x = detached
        return Tensor(x.mapped { Swift.min(Swift.max($0, range.lowerBound), range.upperBound) }, from: [self]) {
            upstream, _ in
            [x.mapped { range.contains($0) ? 1 : 0 } * upstream]
        }
    }
}
