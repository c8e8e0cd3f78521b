import Autodiff
import ChildNet
import Coursework
import CourseworkChecks
import RealModule

// Correct solutions of exercises 8 to 11, written in more than one way, and seeded mistakes.

func transpose(_ x: Tensor<Double>) -> Tensor<Double> {
    let (m, n) = (x.shape[0], x.shape[1])
    return Tensor((0..<m * n).map { x.elements[$0 % m * n + $0 / m] }, shape: [n, m])
}

func columnSums(_ x: Tensor<Double>) -> Tensor<Double> {
    let n = x.shape[1]
    return Tensor((0..<n).map { j in (0..<x.shape[0]).reduce(0) { $0 + x.elements[$1 * n + j] } })
}

extension Attempts {
    mutating func addDense() {
        typealias Gradients = (input: Tensor<Double>, weights: Tensor<Double>, bias: Tensor<Double>)
        let right: @Sendable (Tensor<Double>, Tensor<Double>, Tensor<Double>) -> Gradients = { x, W, G in
            (matmul(G, transpose(W)), matmul(transpose(x), G), columnSums(G))
        }
        accept(8, "as the formula says") { $0.denseBackward = right }
        accept(8, "in loops") {
            $0.denseBackward = { x, W, G in
                let (rows, inputs, outputs) = (x.shape[0], x.shape[1], W.shape[1])
                var dx = [Double](repeating: 0, count: x.count), dW = [Double](repeating: 0, count: W.count)
                var db = [Double](repeating: 0, count: outputs)
                for n in 0..<rows {
                    for j in 0..<outputs {
                        let g = G.elements[n * outputs + j]
                        db[j] += g
                        for i in 0..<inputs {
                            dx[n * inputs + i] += g * W.elements[i * outputs + j]
                            dW[i * outputs + j] += g * x.elements[n * inputs + i]
                        }
                    }
                }
                return (Tensor(dx, shape: x.shape), Tensor(dW, shape: W.shape), Tensor(db))
            }
        }
        accept(8, "by ∇") {
            $0.denseBackward = { x, W, G in
                let p = [
                    Parameter("x", x), Parameter("W", W), Parameter("b", Tensor(repeating: 0, shape: [W.shape[1]])),
                ]
                let g = ∇((matmul(p[0].tensor, p[1].tensor) + p[2].tensor) * G).sum()
                return (g[p[0]]!, g[p[1]]!, g[p[2]]!)
            }
        }
        func wrong(_ name: String, _ change: @escaping @Sendable (inout Gradients, Int) -> Void) {
            refuse(8, name) {
                $0.denseBackward = { x, W, G in
                    var result = right(x, W, G)
                    change(&result, x.shape[0])
                    return result
                }
            }
        }
        wrong("sign of the input's") { g, _ in g.input = -g.input }
        wrong("sign of the bias's") { g, _ in g.bias = -g.bias }
        wrong("mean over the rows for W") { g, rows in g.weights = g.weights / Double(rows) }
        wrong("mean over the rows for b") { g, rows in g.bias = g.bias / Double(rows) }
        wrong("factor 2") { g, _ in g.weights = 2 * g.weights }
        wrong("forgotten bias") { g, _ in g.bias = 0 * g.bias }
        wrong("detached input") { g, _ in g.input = 0 * g.input }
        refuse(8, "wrong axis: W not transposed, right for square layers only") {
            $0.denseBackward = { x, W, G in
                var result = right(x, W, G)
                if W.shape[0] == W.shape[1] { result.input = matmul(G, W) }
                return result
            }
        }
        refuse(8, "bias summed over the wrong axis") {
            $0.denseBackward = { x, W, G in
                var result = right(x, W, G)
                result.bias = columnSums(transpose(G))
                return result
            }
        }
        refuse(8, "only the first row") {
            $0.denseBackward = { x, W, G in
                var result = right(x, W, G)
                result.weights = matmul(transpose(x.rows([0])), G.rows([0]))
                return result
            }
        }
        refuse(8, "bias as a matrix") {
            $0.denseBackward = { x, W, G in
                var result = right(x, W, G)
                result.bias = result.bias.reshaped([1, W.shape[1]])
                return result
            }
        }
    }

    mutating func addConvolution() {
        /// The loops, with knobs: where an offset of the kernel lies, and how far it goes.
        struct Knobs: Sendable {
            var centerRows = { @Sendable (h: Int) in h / 2 }
            var centerColumns = { @Sendable (w: Int) in w / 2 }
            var flip = false
            var bias = 1.0
            var wraps = false
            var channels = { @Sendable (c: Int) in c }
            var lastRow = true
        }
        @Sendable func visit(
            _ x: [Int], _ k: [Int], _ knobs: Knobs,
            _ f: (_ output: Int, _ input: Int, _ weight: Int, _ filter: Int) -> Void
        ) {
            for i in 0..<x[0] where knobs.lastRow || i < x[0] - 1 {
                for j in 0..<x[1] {
                    for u in 0..<k[0] {
                        for v in 0..<k[1] {
                            var row = i + u - knobs.centerRows(k[0]), column = j + v - knobs.centerColumns(k[1])
                            if knobs.wraps { (row, column) = ((row + x[0]) % x[0], (column + x[1]) % x[1]) }
                            guard 0..<x[0] ~= row, 0..<x[1] ~= column else { continue }
                            let place = knobs.flip ? (k[0] - 1 - u) * k[1] + k[1] - 1 - v : u * k[1] + v
                            for c in 0..<knobs.channels(x[2]) {
                                for filter in 0..<k[3] {
                                    f(
                                        (i * x[1] + j) * k[3] + filter, (row * x[1] + column) * x[2] + c,
                                        (place * x[2] + c) * k[3] + filter, filter)
                                }
                            }
                        }
                    }
                }
            }
        }
        @Sendable func forward(_ knobs: Knobs)
            -> @Sendable (Tensor<Double>, Tensor<Double>, Tensor<Double>) throws -> Tensor<Double>
        {
            { x, k, b in
                let filters = k.shape[3]
                var y = (0..<x.shape[0] * x.shape[1] * filters).map { knobs.bias * b.elements[$0 % filters] }
                let xs = x.elements, ks = k.elements
                visit(x.shape, k.shape, knobs) { o, p, q, _ in y[o] += xs[p] * ks[q] }
                return Tensor(y, shape: [x.shape[0], x.shape[1], filters])
            }
        }
        typealias Gradients = (image: Tensor<Double>, kernel: Tensor<Double>, bias: Tensor<Double>)
        @Sendable func backward(
            _ knobs: Knobs, _ change: @escaping @Sendable (inout Gradients) -> Void = { _ in }
        ) -> @Sendable (Tensor<Double>, Tensor<Double>, Tensor<Double>) throws -> Gradients {
            { x, k, G in
                var dx = [Double](repeating: 0, count: x.count), dk = [Double](repeating: 0, count: k.count)
                var db = [Double](repeating: 0, count: k.shape[3])
                let xs = x.elements, ks = k.elements, gs = G.elements
                for (o, g) in gs.enumerated() { db[o % db.count] += g }
                visit(x.shape, k.shape, knobs) { o, p, q, _ in
                    dx[p] += gs[o] * ks[q]
                    dk[q] += gs[o] * xs[p]
                }
                var result: Gradients = (Tensor(dx, shape: x.shape), Tensor(dk, shape: k.shape), Tensor(db))
                change(&result)
                return result
            }
        }
        func both(_ knobs: Knobs, _ change: @escaping @Sendable (inout Gradients) -> Void = { _ in }) -> (inout Attempt)
            -> Void
        {
            {
                $0.convolutionForward = forward(knobs)
                $0.convolutionBackward = backward(knobs, change)
            }
        }
        let right = Knobs()
        accept(9, "as the formula says", both(right))
        accept(9, "by the library") {
            $0.convolutionForward = { x, k, b in
                ChildNet.convolution(x.reshaped([1] + x.shape), k, bias: b).reshaped([
                    x.shape[0], x.shape[1], k.shape[3],
                ])
            }
            $0.convolutionBackward = { x, k, G in
                let p = [
                    Parameter("x", x), Parameter("k", k), Parameter("b", Tensor(repeating: 0, shape: [k.shape[3]])),
                ]
                let y = ChildNet.convolution(p[0].tensor.reshaped([1] + x.shape), p[1].tensor, bias: p[2].tensor)
                let g = ∇(y * G.reshaped([1] + G.shape)).sum()
                return (g[p[0]]!, g[p[1]]!, g[p[2]]!)
            }
        }
        accept(9, "the image with a border of zeros") {
            $0.convolutionForward = { x, k, b in
                let (h, w) = (k.shape[0] / 2, k.shape[1] / 2)
                let (rows, columns, channels) = (x.shape[0], x.shape[1], x.shape[2])
                var padded = [Double](repeating: 0, count: (rows + 2 * h) * (columns + 2 * w) * channels)
                for i in 0..<rows {
                    for j in 0..<columns * channels {
                        padded[(i + h) * (columns + 2 * w) * channels + w * channels + j] =
                            x.elements[i * columns * channels + j]
                    }
                }
                let whole = Tensor(padded, shape: [rows + 2 * h, columns + 2 * w, channels])
                let y = try forward(right)(whole, k, b).elements
                let filters = k.shape[3]
                let cut = (0..<rows * columns * filters).map { place in
                    let (i, j, f) = (place / filters / columns, place / filters % columns, place % filters)
                    return y[((i + h) * (columns + 2 * w) + j + w) * filters + f]
                }
                return Tensor(cut, shape: [rows, columns, filters])
            }
            $0.convolutionBackward = backward(right)
        }
        func wrongForward(_ name: String, _ change: (inout Knobs) -> Void) {
            var knobs = Knobs()
            change(&knobs)
            refuse(9, name, both(knobs))
        }
        wrongForward("kernel flipped") { $0.flip = true }
        wrongForward("no bias") { $0.bias = 0 }
        wrongForward("sign of the bias") { $0.bias = -1 }
        wrongForward("off by one row") { $0.centerRows = { $0 / 2 + 1 } }
        wrongForward("wrong axis: not centered in columns") { $0.centerColumns = { _ in 0 } }
        wrongForward("wraps around the border") { $0.wraps = true }
        wrongForward("first channel only") { $0.channels = { min($0, 1) } }
        wrongForward("last row left out") { $0.lastRow = false }
        wrongForward("centered for 3×3 only") {
            $0.centerRows = { _ in 1 }
            $0.centerColumns = { _ in 1 }
        }
        func wrongBackward(_ name: String, _ change: @escaping @Sendable (inout Gradients) -> Void) {
            refuse(9, name, both(right, change))
        }
        wrongBackward("sign of the image's") { $0.image = -$0.image }
        wrongBackward("factor 2 of the kernel's") { $0.kernel = 2 * $0.kernel }
        wrongBackward("bias's mean, not sum") { $0.bias = $0.bias / 20 }
        wrongBackward("forgotten bias") { $0.bias = 0 * $0.bias }
        wrongBackward("detached image") { $0.image = 0 * $0.image }
        refuse(9, "kernel not turned round in the pullback") {
            var flipped = right
            flipped.flip = true
            let knobs = flipped
            $0.convolutionForward = forward(right)
            $0.convolutionBackward = { x, k, G in
                let wrong = try backward(knobs)(x, k, G)
                let true_ = try backward(right)(x, k, G)
                return (wrong.image, true_.kernel, true_.bias)
            }
        }
        refuse(9, "only the forward half") { $0.convolutionForward = forward(right) }
    }

    mutating func addCrossEntropy() {
        func solution(
            scale: @escaping @Sendable (_ rows: Int, _ classes: Int) -> Double = { rows, _ in 1 / Double(rows) },
            shift: Int = 0,
            term: @escaping @Sendable (_ π: [Double], _ k: Int, _ y: Int) -> Double = { π, k, y in
                π[k] - (k == y ? 1 : 0)
            }
        ) -> @Sendable (Tensor<Double>, [Int]) throws -> Tensor<Double> {
            { z, labels in
                let width = z.shape[1]
                let result = labels.indices.flatMap { n -> [Double] in
                    let π = probabilities(z, n), y = labels[(n + shift) % labels.count]
                    return (0..<width).map { scale(labels.count, width) * term(π, $0, y) }
                }
                return Tensor(result, shape: z.shape)
            }
        }
        accept(10, "as the formula says") { $0.crossEntropyBackward = solution() }
        accept(10, "by ∇") {
            $0.crossEntropyBackward = { z, labels in
                let θ = Parameter("z", z)
                return (∇softmaxCrossEntropy(θ.tensor, labels: labels))[θ]!
            }
        }
        accept(10, "from −log softmax") {
            $0.crossEntropyBackward = { z, labels in
                let θ = Parameter("z", z)
                return (∇(-logSoftmax(θ.tensor).picking(labels).mean()))[θ]!
            }
        }
        refuse(10, "sign") { $0.crossEntropyBackward = solution(scale: { rows, _ in -1 / Double(rows) }) }
        refuse(10, "sum, not mean") { $0.crossEntropyBackward = solution(scale: { _, _ in 1 }) }
        refuse(10, "divided by the classes") {
            $0.crossEntropyBackward = solution(scale: { _, classes in 1 / Double(classes) })
        }
        refuse(10, "forgotten label") { $0.crossEntropyBackward = solution(term: { π, k, _ in π[k] }) }
        refuse(10, "forgotten softmax") { $0.crossEntropyBackward = solution(term: { _, k, y in k == y ? -1 : 0 }) }
        refuse(10, "off by one row") { $0.crossEntropyBackward = solution(shift: 1) }
        refuse(10, "off by one class") {
            $0.crossEntropyBackward = solution(term: { π, k, y in π[k] - (k == y + 1 ? 1 : 0) })
        }
        refuse(10, "factor 2") { $0.crossEntropyBackward = solution(scale: { rows, _ in 2 / Double(rows) }) }
        refuse(10, "squared error's gradient") {
            $0.crossEntropyBackward = solution(term: { π, k, y in (π[k] - (k == y ? 1 : 0)) * π[k] * (1 - π[k]) })
        }
        refuse(10, "wrong axis: softmax over the rows") {
            $0.crossEntropyBackward = { z, labels in
                let (rows, classes) = (z.shape[0], z.shape[1])
                let π = transpose(softmax(transpose(z))).elements
                return Tensor(
                    (0..<rows * classes).map {
                        (π[$0] - ($0 % classes == labels[$0 / classes] ? 1 : 0)) / Double(rows)
                    },
                    shape: z.shape)
            }
        }
    }

    mutating func addLSTM() {
        struct Knobs: Sendable {
            var directPath = 1.0, hiddenPath = 1.0, tanhSlope = true, forget = 1.0, sigmoidSlope = true, output = 1.0
            var candidateSlope = true, order = [0, 1, 2, 3], usesNewMemory = false, sign = 1.0
        }
        @Sendable func solution(
            _ knobs: Knobs, _ change: @escaping @Sendable (inout LSTMGradients) -> Void = { _ in }
        ) -> @Sendable (LSTMCell) throws -> LSTMGradients {
            { s in
                let u = s.h.shape[1]
                let z = (matmul(s.x, s.Wx) + matmul(s.h, s.Wh) + s.b).elements
                func part(_ k: Int) -> [Double] { Array(z[k * u..<(k + 1) * u]) }
                func σ(_ x: Double) -> Double { 1 / (1 + .exp(-x)) }
                let i = part(0).map(σ), f = part(1).map(σ), o = part(2).map(σ), g = part(3).map { Double.tanh($0) }
                let c = s.c.elements
                let new = (0..<u).map { f[$0] * c[$0] + i[$0] * g[$0] }
                let t = new.map { Double.tanh($0) }
                let dh = s.upstreamH.elements, dc = s.upstreamC.elements
                let δ = (0..<u).map { (k: Int) -> Double in
                    let tanhSlope = knobs.tanhSlope ? 1 - t[k] * t[k] : 1
                    return knobs.sign * (knobs.directPath * dc[k] + knobs.hiddenPath * dh[k] * o[k] * tanhSlope)
                }
                func slope(_ y: Double) -> Double { knobs.sigmoidSlope ? y * (1 - y) : 1 }
                var parts = [[Double]](repeating: [], count: 4)
                parts[knobs.order[0]] = (0..<u).map { δ[$0] * g[$0] * slope(i[$0]) }
                parts[knobs.order[1]] = (0..<u).map { (k: Int) -> Double in
                    let memory = knobs.usesNewMemory ? new[k] : c[k]
                    return knobs.forget * δ[k] * memory * slope(f[k])
                }
                parts[knobs.order[2]] = (0..<u).map { knobs.output * dh[$0] * t[$0] * slope(o[$0]) }
                parts[knobs.order[3]] = (0..<u).map { (k: Int) -> Double in
                    let slope = knobs.candidateSlope ? 1 - g[k] * g[k] : 1
                    return δ[k] * i[k] * slope
                }
                let dz = Tensor(parts.flatMap(\.self), shape: [1, 4 * u])
                var result = LSTMGradients(
                    x: matmul(dz, transpose(s.Wx)), h: matmul(dz, transpose(s.Wh)),
                    c: Tensor((0..<u).map { δ[$0] * f[$0] }, shape: [1, u]), Wx: matmul(transpose(s.x), dz),
                    Wh: matmul(transpose(s.h), dz), b: dz)
                change(&result)
                return result
            }
        }
        accept(11, "as the formula says") { $0.lstmCellBackward = solution(Knobs()) }
        accept(11, "by ∇") {
            $0.lstmCellBackward = { s in
                let p = [("x", s.x), ("h", s.h), ("c", s.c), ("Wx", s.Wx), ("Wh", s.Wh), ("b", s.b)].map {
                    Parameter($0, $1)
                }
                let v = p.map(\.tensor), u = s.h.shape[1]
                let z = matmul(v[0], v[3]) + matmul(v[1], v[4]) + v[5]
                let c =
                    sigmoid(z.columns(u..<2 * u)) * v[2] + sigmoid(z.columns(0..<u)) * tanh(z.columns(3 * u..<4 * u))
                let h = sigmoid(z.columns(2 * u..<3 * u)) * tanh(c)
                let g = ∇((h * s.upstreamH).sum() + (c * s.upstreamC).sum())
                return LSTMGradients(x: g[p[0]]!, h: g[p[1]]!, c: g[p[2]]!, Wx: g[p[3]]!, Wh: g[p[4]]!, b: g[p[5]]!)
            }
        }
        func wrong(_ name: String, _ set: (inout Knobs) -> Void) {
            var knobs = Knobs()
            set(&knobs)
            let changed = knobs
            refuse(11, name) { $0.lstmCellBackward = solution(changed) }
        }
        wrong("sign of δ") { $0.sign = -1 }
        wrong("forgotten: the direct way through c′") { $0.directPath = 0 }
        wrong("detached: no gradient through h′ to c′") { $0.hiddenPath = 0 }
        wrong("no slope of tanh(c′)") { $0.tanhSlope = false }
        wrong("no slopes of the gates") { $0.sigmoidSlope = false }
        wrong("no slope of the candidate") { $0.candidateSlope = false }
        wrong("forget gate forgotten") { $0.forget = 0 }
        wrong("output gate forgotten") { $0.output = 0 }
        wrong("the new memory for the old: off by one in time") { $0.usesNewMemory = true }
        wrong("gates in another order") { $0.order = [0, 2, 1, 3] }
        wrong("factor 2 of the output gate") { $0.output = 2 }
        refuse(11, "memory's gradient not scaled by f") {
            $0.lstmCellBackward = { s in
                var result = try solution(Knobs())(s)
                result.c = s.upstreamC
                return result
            }
        }
        refuse(11, "sum, not row, for the bias") {
            $0.lstmCellBackward = solution(Knobs()) { $0.b = Tensor($0.b.elements) }
        }
        refuse(11, "Wʰ from x, right only where they have one shape") {
            $0.lstmCellBackward = { s in
                var result = try solution(Knobs())(s)
                if s.x.shape == s.h.shape { result.Wh = result.Wx }
                return result
            }
        }
    }
}
