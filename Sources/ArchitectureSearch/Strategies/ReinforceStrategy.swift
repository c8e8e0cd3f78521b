import Autodiff
import PolicyGradient

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
    private var proposed: [Architecture] = []
    public private(set) var entropy: Double?

    /// A controller that has seen no reward.
    ///
    /// - Parameters:
    ///   - learningRate: Adam's α. The paper's 0.0006 is for 12,800 children; the default is for some hundred.
    ///   - baselineDecay: how much of the past the baseline keeps: λ.
    public init(for space: SearchSpace, learningRate: Double = 0.02, baselineDecay: Double = 0.8, seed: Int) {
        var seeds = RandomGenerator(seed: seed, stream: 2)
        controller = Controller(for: space, seed: seeds.seed())
        generator = RandomGenerator(seed: seeds.seed())
        optimizer = Adam(learningRate: learningRate)
        baseline = MovingAverageBaseline(decay: baselineDecay)
    }

    public mutating func propose(_ count: Int) -> [Architecture] {
        let samples = (0..<count).map { _ in controller.sample(using: &generator) }
        entropy = samples.reduce(0) { $0 + $1.entropy } / Double(max(count, 1))
        proposed = samples.map(\.architecture)
        return proposed
    }

    public mutating func observe(_ rewards: [Double]) {
        guard !rewards.isEmpty else { return }
        let batch = zip(proposed, rewards).map(Trajectory.init(choosing:reward:))
        let meanReward = rewards.reduce(0, +) / Double(rewards.count)
        let b = baseline == MovingAverageBaseline(decay: baseline.decay) ? meanReward : baseline.value
        // The optimizer descends, so it is given −∇J.
        optimizer.update(&controller, with: ∇(-surrogate(controller, batch, weights: .totalReturn - .constant(b))))
        baseline.update(with: meanReward)
    }

    public var state: StrategyState {
        get {
            StrategyState(
                generator: generator, parameters: controller.parameters.map(\.value.elements),
                optimizer: optimizer.state.map(\.elements), baseline: baseline)
        }
        set {
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
}

extension Trajectory where State == [Int] {
    /// An architecture as the trajectory of the controller's choices: the state is what was chosen so far, and the
    /// reward comes with the last choice.
    public init(choosing architecture: Architecture, reward: Double) {
        let tokens = architecture.tokens
        self.init(
            steps: tokens.indices.map { i in
                Step(
                    state: Array(tokens[..<i]), action: tokens[i], reward: i == tokens.count - 1 ? reward : 0)
            }, finalState: tokens)
    }
}
