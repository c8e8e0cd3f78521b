import Autodiff
import PolicyGradient
import TextDisplay

/// REINFORCE with a moving-average baseline (Williams 1992; Zoph and Le 2017, section 3.2).
///
/// After every batch of m children: θ ← θ + α (1/m) Σₖ ∇log π(τₖ) (rₖ − b), the step being Adam's, and then
/// b ← λb + (1 − λ) r̄. The baseline of the first batch is that batch's own mean, so that the first step is not led by
/// the sheer height of the rewards.
public struct ReinforceStrategy: Strategy {
    private var controller: Controller
    private var optimizer: Adam<Double>
    private var baseline: MovingAverageBaseline
    private var generator: RandomGenerator
    private let world: TokenWorld
    /// The trajectories proposed last, which have no reward yet.
    private var batch: [Trajectory<[Int]>] = []
    /// The mean entropy of the choices proposed last, in nats; nil before the first.
    public private(set) var entropy: Double?

    /// A controller that has seen no reward.
    ///
    /// - Parameters:
    ///   - learningRate: Adam's α. The paper's 0.0006 is for 12,800 children; the default is for some hundred.
    ///   - baselineDecay: how much of the past the baseline keeps: λ.
    public init(for space: SearchSpace, learningRate: Double = 0.02, baselineDecay: Double = 0.8, seed: Int) {
        require(Self.problem(learningRate: learningRate, baselineDecay: baselineDecay))
        var seeds = RandomGenerator(seed: seed, stream: 2)
        // What an architecture is worth, its training tells.
        world = space.world { _ in 0 }
        controller = Controller(for: space, seed: seeds.seed())
        generator = RandomGenerator(seed: seeds.seed())
        optimizer = Adam(learningRate: learningRate)
        baseline = MovingAverageBaseline(decay: baselineDecay)
    }

    /// Why nothing can be learned so, or nil where it can.
    public static func problem(learningRate: Double, baselineDecay: Double) -> InvalidArgument? {
        if !(0...1e6 ~= learningRate) {
            return InvalidArgument("learningRate is 0 to 1e6; not \(formatted(learningRate))")
        }
        return MovingAverageBaseline.problem(decay: baselineDecay)
    }

    /// Architectures drawn from the controller's distribution.
    public mutating func propose(_ count: Int) -> [Architecture] {
        require(self.problem(sampling: count))
        batch = rollouts(controller, in: world, count: count, seed: generator.seed())
        // H(π(·|s)), the mean over all choices.
        entropy = count == 0 ? 0 : entropyBonus(controller, batch).value / Double(world.horizon)
        return batch.map { Architecture($0.finalState) }
    }

    /// Why the gradient of so many architectures would be too large, or nil where it would not.
    package func problem(sampling count: Int) -> InvalidArgument? {
        problem(proposing: count) ?? controller.problem(ofSteps: Double(count) * Double(world.horizon))
    }

    /// Takes one step up the policy gradient of the architectures proposed last.
    public mutating func observe(_ rewards: [Double]) {
        require(self.problem(observing: rewards))
        guard !rewards.isEmpty else { return }
        // r(τ) comes with the last choice.
        let batch = zip(batch, rewards).map { τ, r in τ.rewarded(r) }
        let b = baseline.isEmpty ? Baseline<[Int]>.batchMean : .movingAverage(baseline)
        // The optimizer descends, so it is given −∇J.
        optimizer.update(&controller, with: ∇(-surrogate(controller, batch, weights: .totalReturn - b)))
        baseline.update(with: mean(batch) { $0.return })
    }

    /// Why rewards can't be those of the architectures proposed last, or nil where they can.
    package func problem(observing rewards: [Double]) -> InvalidArgument? {
        problem(rewarding: batch.count, with: rewards)
    }

    /// The controller's parameters, the optimizer's averages, the baseline and the random generator.
    public var state: StrategyState {
        get {
            StrategyState(
                generator: generator, parameters: controller.parameters.map(\.value.elements),
                optimizer: optimizer.state.map(\.elements), baseline: baseline)
        }
        set {
            require(self.problem(restoring: newValue))
            generator = newValue.generator
            for (i, elements) in newValue.parameters.enumerated() {
                controller.parameters[i].value = Tensor(elements, shape: controller.parameters[i].shape)
            }
            // The number of steps, then two tensors of each parameter's shape.
            let shapes = [[]] + controller.parameters.flatMap { [$0.shape, $0.shape] }
            optimizer.state = zip(newValue.optimizer, shapes).map { Tensor($0, shape: $1) }
            if let saved = newValue.baseline { baseline = saved }
        }
    }

    /// Why this can't go on from a state, or nil where it can.
    package func problem(restoring state: StrategyState) -> InvalidArgument? {
        state.hasSizes(of: self.state) ? nil : InvalidArgument("this state is not of a controller with these decisions")
    }
}

extension ReinforceStrategy: CustomStringConvertible {
    /// The learning rate, the baseline, and the controller's sizes.
    public var description: String {
        "REINFORCE, learning rate \(formatted(optimizer.learningRate)), baseline \(formatted(baseline.value, digits: 3)) "
            + "(decay \(formatted(baseline.decay)))\n\(controller)"
    }
}
