import Autodiff
import TextDisplay

/// Gradient ascent θ ← θ + α g(θ): the policies that it passes, the first one included.
///
/// What is climbed is the closure's business: the exact `∇expectedReturn`, an estimate from fresh rollouts (REINFORCE), or the
/// likelihood of demonstrations (imitation).
///
///     let path = gradientAscent(from: π, learningRate: 2, steps: 50) { π, step in ∇expectedReturn(π, in: world) }
///     path.map { expectedReturn($0, in: world).value }      // the learning curve
///
/// - Parameters:
///   - α: the learning rate.
///   - gradient: g at the given policy and step; from the step's number it can make its seed.
/// - Returns: `steps + 1` policies.
public func gradientAscent<P: Policy>(
    from π: P, learningRate α: Double, steps: Int, gradient: (P, Int) throws -> Gradient<Double>
) rethrows -> [P] {
    require(problem(ofSteps: steps, from: π))
    var path = [π]
    for step in 0..<steps {
        var next = path[step]
        next += α * (try gradient(next, step))
        path.append(next)
    }
    return path
}

/// Why so many policies do not fit, or nil where they do.
package func problem(ofSteps steps: Int, from π: some Policy) -> InvalidArgument? {
    if 0...100_000 ~= steps, Double(steps) * Double(π.parameterCount) <= 2e7 { return nil }
    return InvalidArgument(
        "there are 0 to 100000 steps, and no more than 20000000 numbers on the way; not \(steps) steps of "
            + "\(π.parameterCount)")
}
