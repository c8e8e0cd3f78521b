import Autodiff
import Notebook
import PolicyGradient
import TextDisplay

extension Library {
    /// Steps along a gradient, for any kind of policy.
    mutating func addSteps<P: Policy & Bridged>(of type: P.Type, atMost limit: Int) {
        define(operator: "+=") { (π: P, step: Gradient<Double>) in
            var π = π
            π += step
            return π
        }
        define(operator: "-=") { (π: P, step: Gradient<Double>) in
            var π = π
            π -= step
            return π
        }
        define("gradientAscent(from:learningRate:steps:_:)") { (π: P, α: Double, steps: Int, f: Callback) in
            guard 0...limit ~= steps, Double(steps) * Double(π.parameterCount) <= 2e7 else {
                throw InvalidArgument(
                    "there are 0 to \(limit) steps, and no more than 20000000 numbers on the way; not \(steps) steps of "
                        + "\(π.parameterCount)")
            }
            return try gradientAscent(from: π, learningRate: α, steps: steps) { π, step in
                try f(π.bridged, step.bridged, returning: Gradient<Double>.self)
            }
        }
    }

    /// What is differentiated on a batch of trajectories, for any kind of policy.
    ///
    /// - Parameters:
    ///   - check: throws where the policy can't have made the batch.
    ///   - weights: the weights for this kind of trajectory.
    mutating func addSurrogates<P: Policy & Bridged>(
        of type: P.Type, check: @escaping @Sendable (P, [Trajectory<P.State>]) throws -> Void,
        weights: @escaping @Sendable (AnyWeights, [Trajectory<P.State>]) throws -> StepWeights<P.State>
    ) {
        define("surrogate(_:_:)") { (π: P, batch: [Trajectory<P.State>]) in
            try check(π, batch)
            return surrogate(π, batch)
        }
        define("surrogate(_:_:weights:)") { (π: P, batch: [Trajectory<P.State>], w: AnyWeights) in
            try check(π, batch)
            let result = surrogate(π, batch, weights: try weights(w, batch))
            try w.failure?.rethrow()
            return result
        }
        define("logLikelihood(_:_:)") { (π: P, batch: [Trajectory<P.State>]) in
            try check(π, batch)
            return logLikelihood(π, batch)
        }
        define("entropyBonus(_:_:)") { (π: P, batch: [Trajectory<P.State>]) in
            try check(π, batch)
            return entropyBonus(π, batch)
        }
    }
}
