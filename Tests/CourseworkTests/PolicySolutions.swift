import Autodiff
import CourseworkChecks
import PolicyGradient
import RealModule

// Correct solutions of exercises 1 to 7 and 12, written in more than one way, and seeded mistakes.

/// Adds attempts at one exercise, correct and wrong.
struct Attempts {
    var correct: [(exercise: Int, name: String, attempt: Attempt)] = []
    var wrong: [(exercise: Int, name: String, attempt: Attempt)] = []

    mutating func accept(_ exercise: Int, _ name: String, _ change: (inout Attempt) -> Void) {
        var attempt = Attempt()
        change(&attempt)
        correct.append((exercise, name, attempt))
    }

    mutating func refuse(_ exercise: Int, _ name: String, _ change: (inout Attempt) -> Void) {
        var attempt = Attempt()
        change(&attempt)
        wrong.append((exercise, name, attempt))
    }

    static let all: Attempts = {
        var all = Attempts()
        all.addSoftmax()
        all.addTrajectory()
        all.addGradients()
        all.addRewardsToGo()
        all.addBaseline()
        all.addImportance()
        all.addControllerUpdate()
        all.addDense()
        all.addConvolution()
        all.addCrossEntropy()
        all.addLSTM()
        return all
    }()
}

/// π(·|s) of a row of logits.
func probabilities(_ logits: Tensor<Double>, _ state: Int) -> [Double] {
    let width = logits.shape[1]
    let row = logits.elements[state * width..<(state + 1) * width].map { Double.exp($0) }
    return row.map { $0 / row.reduce(0, +) }
}

/// Σₙ Σᵢ w ∇log π over a batch, with knobs for mistakes.
private func gradient(
    scale: @escaping @Sendable (_ batch: [Trajectory<Int>]) -> Double = { 1 / Double($0.count) },
    weights: @escaping @Sendable (Trajectory<Int>) -> [Double],
    steps: @escaping @Sendable ([Trajectory<Int>.Step]) -> ArraySlice<Trajectory<Int>.Step> = { $0[...] },
    score: @escaping @Sendable (_ π: [Double], _ a: Int, _ b: Int) -> Double = { π, a, b in (a == b ? 1 : 0) - π[b] }
) -> @Sendable (Tensor<Double>, [Trajectory<Int>]) throws -> Tensor<Double> {
    { logits, batch in
        var result = [Double](repeating: 0, count: logits.count)
        for τ in batch {
            let w = weights(τ)
            for i in steps(τ.steps).indices {
                let step = τ.steps[i]
                let π = probabilities(logits, step.state)
                for b in π.indices {
                    result[step.state * π.count + b] += w[i] * score(π, step.action, b) * scale(batch)
                }
            }
        }
        return Tensor(result, shape: logits.shape)
    }
}

extension Attempts {
    mutating func addSoftmax() {
        func solution(
            value: @escaping @Sendable (_ π: [Double], _ a: Int, _ θ: [Double]) -> Double = { π, a, _ in .log(π[a]) },
            gradient: @escaping @Sendable (_ π: [Double], _ a: Int) -> [Double] = { π, a in
                π.indices.map { ($0 == a ? 1 : 0) - π[$0] }
            }
        ) -> @Sendable (Int, Tensor<Double>) throws -> (value: Double, gradient: Tensor<Double>) {
            { action, logits in
                let θ = logits.elements
                let exponentials = θ.map { Double.exp($0) }
                let π = exponentials.map { $0 / exponentials.reduce(0, +) }
                return (value(π, action, θ), Tensor(gradient(π, action)))
            }
        }
        accept(1, "as the formula says") { $0.softmaxLogProbability = solution() }
        accept(1, "with the largest logit subtracted") {
            $0.softmaxLogProbability = { action, logits in
                let θ = logits.elements, largest = θ.max()!
                let logSum = largest + Double.log(θ.reduce(0) { $0 + Double.exp($1 - largest) })
                return (
                    θ[action] - logSum, Tensor(θ.indices.map { ($0 == action ? 1 : 0) - Double.exp(θ[$0] - logSum) })
                )
            }
        }
        accept(1, "by ∇") {
            $0.softmaxLogProbability = { action, logits in
                let θ = Parameter("θ", logits)
                let y = logSoftmax(θ.tensor)[action]
                return (y.value, (∇y)[θ]!)
            }
        }
        refuse(1, "sign of the value") { $0.softmaxLogProbability = solution(value: { π, a, _ in -.log(π[a]) }) }
        refuse(1, "sign of the gradient") {
            $0.softmaxLogProbability = solution(gradient: { π, a in π.indices.map { π[$0] - ($0 == a ? 1 : 0) } })
        }
        refuse(1, "no logarithm") { $0.softmaxLogProbability = solution(value: { π, a, _ in π[a] }) }
        refuse(1, "no normalization") { $0.softmaxLogProbability = solution(value: { _, a, θ in θ[a] }) }
        refuse(1, "logarithm to base 2") { $0.softmaxLogProbability = solution(value: { π, a, _ in .log2(π[a]) }) }
        refuse(1, "factor 2") {
            $0.softmaxLogProbability = solution(gradient: { π, a in π.indices.map { 2 * (($0 == a ? 1 : 0) - π[$0]) } })
        }
        refuse(1, "gradient of π, not of log π") {
            $0.softmaxLogProbability = solution(gradient: { π, a in π.indices.map { π[a] * (($0 == a ? 1 : 0) - π[$0]) }
            })
        }
        refuse(1, "forgotten −π(b)") {
            $0.softmaxLogProbability = solution(gradient: { π, a in π.indices.map { $0 == a ? 1 : 0 } })
        }
        refuse(1, "only the taken action's component") {
            $0.softmaxLogProbability = solution(gradient: { π, a in π.indices.map { $0 == a ? 1 - π[a] : 0 } })
        }
        refuse(1, "off by one action") {
            $0.softmaxLogProbability = solution(gradient: { π, a in
                π.indices.map { ($0 == (a + 1) % π.count ? 1 : 0) - π[$0] }
            })
        }
        refuse(1, "only for three actions") {
            $0.softmaxLogProbability = solution(gradient: { π, a in
                (0..<3).map { ($0 == a ? 1 : 0) - (π + [0, 0, 0])[$0] }
            })
        }
    }

    mutating func addTrajectory() {
        func solution(
            steps: @escaping @Sendable ([Trajectory<Int>.Step]) -> [Trajectory<Int>.Step] = { $0 },
            term: @escaping @Sendable (Tensor<Double>, Trajectory<Int>.Step) -> Double = {
                .log(probabilities($0, $1.state)[$1.action])
            },
            total: @escaping @Sendable ([Double]) -> Double = { $0.reduce(0, +) }
        ) -> @Sendable (Trajectory<Int>, Tensor<Double>) throws -> Double {
            { τ, logits in total(steps(τ.steps).map { term(logits, $0) }) }
        }
        accept(2, "as the formula says") { $0.trajectoryLogProbability = solution() }
        accept(2, "backwards") { $0.trajectoryLogProbability = solution(steps: { $0.reversed() }) }
        accept(2, "the logarithm of the product") {
            $0.trajectoryLogProbability = solution(
                term: { probabilities($0, $1.state)[$1.action] }, total: { .log($0.reduce(1, *)) })
        }
        accept(2, "by the library") {
            $0.trajectoryLogProbability = { SoftmaxPolicy(logits: $1).logProbability(of: $0).value }
        }
        refuse(2, "sign") { $0.trajectoryLogProbability = solution(total: { -$0.reduce(0, +) }) }
        refuse(2, "mean, not sum") {
            $0.trajectoryLogProbability = solution(total: { $0.reduce(0, +) / Double(max($0.count, 1)) })
        }
        refuse(2, "without the last step") { $0.trajectoryLogProbability = solution(steps: { $0.dropLast() }) }
        refuse(2, "without the first step") { $0.trajectoryLogProbability = solution(steps: { Array($0.dropFirst()) }) }
        refuse(2, "no logarithm") {
            $0.trajectoryLogProbability = solution(term: { probabilities($0, $1.state)[$1.action] })
        }
        refuse(2, "softmax over the states") {
            $0.trajectoryLogProbability = solution(term: { logits, step in
                let width = logits.shape[1]
                let column = (0..<logits.shape[0]).map { Double.exp(logits.elements[$0 * width + step.action]) }
                return .log(column[step.state] / column.reduce(0, +))
            })
        }
        refuse(2, "only for four actions") {
            $0.trajectoryLogProbability = solution(term: { logits, step in
                let row = (0..<4).map {
                    Double.exp((logits.elements + [0, 0, 0])[min(step.state * 4 + $0, logits.count)])
                }
                return .log(row[step.action] / row.reduce(0, +))
            })
        }
        refuse(2, "the state of the next step") {
            $0.trajectoryLogProbability = { τ, logits in
                let states = τ.states.dropFirst() + [τ.finalState]
                return zip(states, τ.actions).reduce(0) { $0 + .log(probabilities(logits, $1.0)[$1.1]) }
            }
        }
        refuse(2, "not a number for an empty trajectory") {
            $0.trajectoryLogProbability = solution(total: { $0.reduce(0, +) / (Double($0.count) / Double($0.count)) })
        }
    }

    mutating func addGradients() {
        let ones: @Sendable (Trajectory<Int>) -> [Double] = { τ in τ.steps.map { _ in 1 } }
        let returns: @Sendable (Trajectory<Int>) -> [Double] = { τ in τ.steps.map { _ in τ.return } }
        accept(3, "as the formula says") { $0.likelihoodGradient = gradient(weights: ones) }
        accept(3, "from counts") {
            $0.likelihoodGradient = { logits, batch in
                let width = logits.shape[1]
                var counts = [Double](repeating: 0, count: logits.count)
                for step in batch.flatMap(\.steps) { counts[step.state * width + step.action] += 1 }
                let result = counts.indices.map { place in
                    let state = place / width
                    let visits = counts[state * width..<(state + 1) * width].reduce(0, +)
                    return (counts[place] - visits * probabilities(logits, state)[place % width]) / Double(batch.count)
                }
                return Tensor(result, shape: logits.shape)
            }
        }
        accept(3, "by ∇") {
            $0.likelihoodGradient = { logits, batch in
                let π = SoftmaxPolicy(logits: logits)
                return (∇mean(batch) { π.logProbability(of: $0) })[π.θ]!
            }
        }
        accept(4, "as the formula says") { $0.reinforceGradient = gradient(weights: returns) }
        accept(4, "trajectory by trajectory") {
            let of = gradient(weights: ones)
            $0.reinforceGradient = { logits, batch in
                try batch.reduce(Tensor(repeating: 0, shape: logits.shape)) { $0 + $1.return * (try of(logits, [$1])) }
                    / Double(batch.count)
            }
        }
        accept(4, "by ∇ of the surrogate") {
            $0.reinforceGradient = { logits, batch in
                let π = SoftmaxPolicy(logits: logits)
                return (∇surrogate(π, batch))[π.θ]!
            }
        }
        for (number, weights) in [(3, ones), (4, returns)] {
            func wrong(
                _ name: String, _ f: @escaping @Sendable (Tensor<Double>, [Trajectory<Int>]) throws -> Tensor<Double>
            ) {
                refuse(number, name) {
                    if number == 3 { $0.likelihoodGradient = f } else { $0.reinforceGradient = f }
                }
            }
            wrong("sign", gradient(weights: weights, score: { π, a, b in π[b] - (a == b ? 1 : 0) }))
            wrong("sum, not mean", gradient(scale: { _ in 1 }, weights: weights))
            wrong(
                "mean over steps",
                gradient(scale: { 1 / Double($0.reduce(0) { $0 + $1.count }) }, weights: weights))
            wrong("without the last step", gradient(weights: weights, steps: { $0.dropLast() }))
            wrong("without the first step", gradient(weights: weights, steps: { $0.dropFirst() }))
            wrong("forgotten −π(b)", gradient(weights: weights, score: { _, a, b in a == b ? 1 : 0 }))
            wrong(
                "detached: no gradient through the taken action",
                gradient(weights: weights, score: { π, _, b in -π[b] }))
            wrong("gradient of π", gradient(weights: weights, score: { π, a, b in π[a] * ((a == b ? 1 : 0) - π[b]) }))
            wrong("only the first trajectory") { logits, batch in
                try gradient(weights: weights)(logits, Array(batch.prefix(1)))
            }
            wrong("flat shape") { logits, batch in
                try gradient(weights: weights)(logits, batch).reshaped([logits.count])
            }
            wrong("wrong axis") { logits, batch in
                let right = try gradient(weights: weights)(logits, batch)
                let (m, n) = (logits.shape[0], logits.shape[1])
                return Tensor((0..<m * n).map { right.elements[$0 % m * n + $0 / m] }, shape: logits.shape)
            }
        }
        refuse(4, "without the return") { $0.reinforceGradient = gradient(weights: ones) }
        refuse(4, "with the reward-to-go") { $0.reinforceGradient = gradient(weights: { $0.rewardsToGo }) }
        refuse(4, "with each step's reward") { $0.reinforceGradient = gradient(weights: { $0.rewards }) }
        refuse(4, "with the mean reward") {
            $0.reinforceGradient = gradient(weights: { τ in τ.steps.map { _ in 1 / Double(τ.count) * τ.return } })
        }
        refuse(4, "with the batch's mean subtracted") {
            let of = gradient(weights: ones)
            let right = gradient(weights: returns)
            $0.reinforceGradient = { logits, batch in
                try right(logits, batch) - mean(batch) { $0.return } * (try of(logits, batch))
            }
        }
    }

    mutating func addRewardsToGo() {
        func sums(_ f: @escaping @Sendable (_ i: Int, _ j: Int, _ r: [Double], _ γ: Double) -> Double?)
            -> @Sendable ([Double], Double) throws -> [Double]
        {
            { r, γ in r.indices.map { i in r.indices.reduce(0) { $0 + (f(i, $1, r, γ) ?? 0) } } }
        }
        @Sendable func power(_ γ: Double, _ n: Int) -> Double { .pow(γ, n) }
        accept(5, "as the formula says") {
            $0.rewardsToGo = sums { i, j, r, γ in j >= i ? power(γ, j - i) * r[j] : nil }
        }
        accept(5, "one pass from the end") {
            $0.rewardsToGo = { rewards, γ in
                var G = rewards
                for i in rewards.indices.dropLast().reversed() { G[i] += γ * G[i + 1] }
                return G
            }
        }
        accept(5, "by the library") {
            $0.rewardsToGo = { rewards, γ in
                Trajectory(steps: rewards.map { .init(state: 0, action: 0, reward: $0) }, finalState: 0)
                    .rewardsToGo(discount: γ)
            }
        }
        refuse(5, "sign") { $0.rewardsToGo = sums { i, j, r, γ in j >= i ? -power(γ, j - i) * r[j] : nil } }
        refuse(5, "off by one: without its own reward") {
            $0.rewardsToGo = sums { i, j, r, γ in j > i ? power(γ, j - i) * r[j] : nil }
        }
        refuse(5, "off by one in the discount") {
            $0.rewardsToGo = sums { i, j, r, γ in j >= i ? power(γ, j - i + 1) * r[j] : nil }
        }
        refuse(5, "no discount") { $0.rewardsToGo = sums { i, j, r, _ in j >= i ? r[j] : nil } }
        refuse(5, "the past, not the future") {
            $0.rewardsToGo = sums { i, j, r, γ in j <= i ? power(γ, i - j) * r[j] : nil }
        }
        refuse(5, "discounted from the start") {
            $0.rewardsToGo = sums { i, j, r, γ in j >= i ? power(γ, j) * r[j] : nil }
        }
        refuse(5, "the whole return everywhere") { $0.rewardsToGo = sums { _, j, r, γ in power(γ, j) * r[j] } }
        refuse(5, "mean, not sum") {
            $0.rewardsToGo = sums { i, j, r, γ in j >= i ? power(γ, j - i) * r[j] / Double(r.count - i) : nil }
        }
        refuse(5, "without the last reward") {
            $0.rewardsToGo = sums { i, j, r, γ in j >= i && j < r.count - 1 ? power(γ, j - i) * r[j] : nil }
        }
        refuse(5, "right for three rewards") {
            let right = sums { i, j, r, γ in j >= i ? power(γ, j - i) * r[j] : nil }
            $0.rewardsToGo = { rewards, γ in
                Array(try right(Array((rewards + [0, 0, 0]).prefix(3)), γ).prefix(rewards.count))
            }
        }
        refuse(5, "reversed") {
            let right = sums { i, j, r, γ in j >= i ? power(γ, j - i) * r[j] : nil }
            $0.rewardsToGo = { try right($0, $1).reversed() }
        }
    }

    mutating func addBaseline() {
        func solution(
            norm: @escaping @Sendable ([Double]) -> Double = { $0.reduce(0) { $0 + $1 * $1 } },
            result: @escaping @Sendable (_ norms: [Double], _ r: [Double]) -> Double = { norms, r in
                zip(norms, r).reduce(0) { $0 + $1.0 * $1.1 } / norms.reduce(0, +)
            }
        ) -> @Sendable (Tensor<Double>, [Double]) throws -> Double {
            { scores, returns in
                let width = scores.shape[1]
                let rows = returns.indices.map { Array(scores.elements[$0 * width..<($0 + 1) * width]) }
                return result(rows.map(norm), returns)
            }
        }
        accept(6, "as the formula says") { $0.varianceMinimizingBaseline = solution() }
        accept(6, "with normalized weights") {
            $0.varianceMinimizingBaseline = solution(result: { norms, r in
                let total = norms.reduce(0, +)
                return zip(norms.map { $0 / total }, r).reduce(0) { $0 + $1.0 * $1.1 }
            })
        }
        accept(6, "as the vertex of the parabola") {
            $0.varianceMinimizingBaseline = solution(result: { norms, r in
                func f(_ b: Double) -> Double { zip(norms, r).reduce(0) { $0 + $1.0 * ($1.1 - b) * ($1.1 - b) } }
                return (f(-1) - f(1)) / (2 * (f(-1) - 2 * f(0) + f(1)))
            })
        }
        refuse(6, "sign") {
            $0.varianceMinimizingBaseline = solution(result: { n, r in
                -zip(n, r).reduce(0) { $0 + $1.0 * $1.1 } / n.reduce(0, +)
            })
        }
        refuse(6, "factor ½") {
            $0.varianceMinimizingBaseline = solution(result: { n, r in
                zip(n, r).reduce(0) { $0 + $1.0 * $1.1 } / n.reduce(0, +) / 2
            })
        }
        refuse(6, "plain mean") {
            $0.varianceMinimizingBaseline = solution(result: { _, r in r.reduce(0, +) / Double(r.count) })
        }
        refuse(6, "norm, not its square") {
            $0.varianceMinimizingBaseline = solution(norm: { $0.reduce(0) { $0 + $1 * $1 }.squareRoot() })
        }
        refuse(6, "sum of the score, not its norm") {
            $0.varianceMinimizingBaseline = solution(norm: { $0.reduce(0, +) })
        }
        refuse(6, "without the division") {
            $0.varianceMinimizingBaseline = solution(result: { n, r in zip(n, r).reduce(0) { $0 + $1.0 * $1.1 } })
        }
        refuse(6, "divided by the count") {
            $0.varianceMinimizingBaseline = solution(result: { n, r in
                zip(n, r).reduce(0) { $0 + $1.0 * $1.1 } / Double(r.count)
            })
        }
        refuse(6, "off by one trajectory") {
            $0.varianceMinimizingBaseline = solution(result: { n, r in
                zip(n, r.dropFirst() + [r[0]]).reduce(0) { $0 + $1.0 * $1.1 } / n.reduce(0, +)
            })
        }
        refuse(6, "wrong axis") {
            $0.varianceMinimizingBaseline = { scores, returns in
                let (m, n) = (scores.shape[0], scores.shape[1])
                let norms = (0..<n).map { k in
                    (0..<m).reduce(0.0) { $0 + scores.elements[$1 * n + k] * scores.elements[$1 * n + k] }
                }
                return zip(norms, returns).reduce(0) { $0 + $1.0 * $1.1 } / norms.reduce(0, +)
            }
        }
        refuse(6, "only the first parameter") { $0.varianceMinimizingBaseline = solution(norm: { $0[0] * $0[0] }) }
    }

    mutating func addImportance() {
        func solution(
            ratio: @escaping @Sendable (_ new: [Double], _ old: [Double]) -> Double = { new, old in
                zip(new, old).reduce(1) { $0 * $1.0 / $1.1 }
            },
            weight: @escaping @Sendable (Trajectory<Int>) -> Double = { $0.return },
            total: @escaping @Sendable (_ terms: [Double], _ ratios: [Double]) -> Double = { terms, _ in
                terms.reduce(0, +) / Double(terms.count)
            }
        ) -> @Sendable (Tensor<Double>, Tensor<Double>, [Trajectory<Int>]) throws -> Double {
            { logits, oldLogits, batch in
                let ratios = batch.map { τ in
                    ratio(
                        τ.steps.map { probabilities(logits, $0.state)[$0.action] },
                        τ.steps.map { probabilities(oldLogits, $0.state)[$0.action] })
                }
                return total(zip(ratios, batch).map { $0 * weight($1) }, ratios)
            }
        }
        accept(7, "as the formula says") { $0.importanceWeightedReturn = solution() }
        accept(7, "with logarithms") {
            $0.importanceWeightedReturn = solution(ratio: { new, old in
                .exp(new.reduce(0) { $0 + .log($1) } - old.reduce(0) { $0 + .log($1) })
            })
        }
        accept(7, "by the library") {
            $0.importanceWeightedReturn = { logits, oldLogits, batch in
                let ratios = importanceWeights(
                    of: batch, from: SoftmaxPolicy(logits: oldLogits), to: SoftmaxPolicy(logits: logits))
                return zip(ratios, batch).reduce(0) { $0 + $1.0 * $1.1.return } / Double(batch.count)
            }
        }
        refuse(7, "sign") { $0.importanceWeightedReturn = solution(weight: { -$0.return }) }
        refuse(7, "sum, not mean") { $0.importanceWeightedReturn = solution(total: { terms, _ in terms.reduce(0, +) }) }
        refuse(7, "upside down") {
            $0.importanceWeightedReturn = solution(ratio: { new, old in zip(new, old).reduce(1) { $0 * $1.1 / $1.0 } })
        }
        refuse(7, "no ratio") { $0.importanceWeightedReturn = solution(ratio: { _, _ in 1 }) }
        refuse(7, "no old policy") { $0.importanceWeightedReturn = solution(ratio: { new, _ in new.reduce(1, *) }) }
        refuse(7, "without the last step") {
            $0.importanceWeightedReturn = solution(ratio: { new, old in
                zip(new, old).dropLast().reduce(1) { $0 * $1.0 / $1.1 }
            })
        }
        refuse(7, "sum of the ratios") {
            $0.importanceWeightedReturn = solution(ratio: { new, old in zip(new, old).reduce(0) { $0 + $1.0 / $1.1 } })
        }
        refuse(7, "logarithm of the ratio") {
            $0.importanceWeightedReturn = solution(ratio: { new, old in
                zip(new, old).reduce(0) { $0 + .log($1.0 / $1.1) }
            })
        }
        refuse(7, "without the return") { $0.importanceWeightedReturn = solution(weight: { _ in 1 }) }
        refuse(7, "self-normalized") {
            $0.importanceWeightedReturn = solution(total: { terms, ratios in terms.reduce(0, +) / ratios.reduce(0, +) })
        }
        refuse(7, "the last reward only") { $0.importanceWeightedReturn = solution(weight: { $0.rewards.last ?? 0 }) }
    }

    mutating func addControllerUpdate() {
        func solution(
            weight: @escaping @Sendable (_ u: ControllerUpdate, _ k: Int, _ b: Double) -> Double = { u, k, _ in
                u.rewards[k] - u.baseline
            },
            scale: @escaping @Sendable (ControllerUpdate) -> Double = { $0.learningRate / Double($0.rewards.count) },
            score: @escaping @Sendable (_ π: [Double], _ a: Int, _ b: Int) -> Double = { π, a, b in
                (a == b ? 1 : 0) - π[b]
            },
            shift: Int = 0,
            baseline: @escaping @Sendable (ControllerUpdate) -> Double = { u in
                u.decay * u.baseline + (1 - u.decay) * u.rewards.reduce(0, +) / Double(u.rewards.count)
            }
        ) -> @Sendable (ControllerUpdate) throws -> (logits: Tensor<Double>, baseline: Double) {
            { u in
                var θ = u.logits.elements
                let width = u.logits.shape[1]
                let b = baseline(u)
                for (k, tokens) in u.architectures.enumerated() {
                    for (d, token) in tokens.enumerated() {
                        let row = (d + shift) % tokens.count
                        let π = probabilities(u.logits, row)
                        for c in 0..<width { θ[row * width + c] += scale(u) * weight(u, k, b) * score(π, token, c) }
                    }
                }
                return (Tensor(θ, shape: u.logits.shape), b)
            }
        }
        accept(12, "as the formula says") { $0.controllerUpdate = solution() }
        accept(12, "by ∇") {
            $0.controllerUpdate = { u in
                let θ = Parameter("θ", u.logits)
                let J = mean(Array(zip(u.architectures, u.rewards))) { tokens, r in
                    logSoftmax(θ.tensor).picking(tokens).sum() * (r - u.baseline)
                }
                let average = u.rewards.reduce(0, +) / Double(u.rewards.count)
                return (u.logits + u.learningRate * (∇J)[θ]!, average + u.decay * (u.baseline - average))
            }
        }
        refuse(12, "sign: down") {
            $0.controllerUpdate = solution(scale: { -$0.learningRate / Double($0.rewards.count) })
        }
        refuse(12, "sum, not mean") { $0.controllerUpdate = solution(scale: { $0.learningRate }) }
        refuse(12, "no learning rate") { $0.controllerUpdate = solution(scale: { 1 / Double($0.rewards.count) }) }
        refuse(12, "no baseline") { $0.controllerUpdate = solution(weight: { u, k, _ in u.rewards[k] }) }
        refuse(12, "the new baseline") { $0.controllerUpdate = solution(weight: { u, k, b in u.rewards[k] - b }) }
        refuse(12, "baseline's sign") {
            $0.controllerUpdate = solution(weight: { u, k, _ in u.rewards[k] + u.baseline })
        }
        refuse(12, "off by one decision") { $0.controllerUpdate = solution(shift: 1) }
        refuse(12, "forgotten −π(b)") { $0.controllerUpdate = solution(score: { _, a, b in a == b ? 1 : 0 }) }
        refuse(12, "gradient of π") {
            $0.controllerUpdate = solution(score: { π, a, b in π[a] * ((a == b ? 1 : 0) - π[b]) })
        }
        refuse(12, "decay exchanged") {
            $0.controllerUpdate = solution(baseline: { u in
                (1 - u.decay) * u.baseline + u.decay * u.rewards.reduce(0, +) / Double(u.rewards.count)
            })
        }
        refuse(12, "baseline not updated") { $0.controllerUpdate = solution(baseline: { $0.baseline }) }
        refuse(12, "divided by the number of decisions") {
            $0.controllerUpdate = solution(scale: { $0.learningRate / Double($0.rewards.count * $0.logits.shape[0]) })
        }
    }
}
