import Autodiff
import Coursework
import PolicyGradient

/// The twelve functions that are graded: those in `Sources/Coursework`, unless others are put in their places.
public struct Attempt: Sendable {
    // A property for each exercise, with the labels of its arguments left out, as Swift has it for stored functions.
    /// Exercise 1: the log-probability of an action under a softmax, and its gradient with respect to the logits.
    public var softmaxLogProbability:
        @Sendable (_ action: Int, _ logits: Tensor<Double>) throws -> (value: Double, gradient: Tensor<Double>) = {
            try Coursework.softmaxLogProbability(of: $0, logits: $1)
        }
    /// Exercise 2: the log-probability that a policy takes a trajectory's actions in its states.
    public var trajectoryLogProbability: @Sendable (_ τ: Trajectory<Int>, _ logits: Tensor<Double>) throws -> Double = {
        try Coursework.trajectoryLogProbability(of: $0, logits: $1)
    }
    /// Exercise 3: the gradient of the mean log-likelihood of demonstrations.
    public var likelihoodGradient:
        @Sendable (_ logits: Tensor<Double>, _ demonstrations: [Trajectory<Int>]) throws -> Tensor<Double> = {
            try Coursework.likelihoodGradient(logits: $0, demonstrations: $1)
        }
    /// Exercise 4: the Monte Carlo estimate of the policy gradient.
    public var reinforceGradient:
        @Sendable (_ logits: Tensor<Double>, _ batch: [Trajectory<Int>]) throws -> Tensor<Double> = {
            try Coursework.reinforceGradient(logits: $0, batch: $1)
        }
    /// Exercise 5: the discounted reward-to-go of every time step.
    public var rewardsToGo: @Sendable (_ rewards: [Double], _ γ: Double) throws -> [Double] = {
        try Coursework.rewardsToGo(of: $0, discount: $1)
    }
    /// Exercise 6: the constant baseline that makes the variance of REINFORCE smallest.
    public var varianceMinimizingBaseline: @Sendable (_ scores: Tensor<Double>, _ returns: [Double]) throws -> Double =
        {
            try Coursework.varianceMinimizingBaseline(scores: $0, returns: $1)
        }
    /// Exercise 7: the expected return of a policy, estimated from the trajectories of another one.
    public var importanceWeightedReturn:
        @Sendable (_ logits: Tensor<Double>, _ oldLogits: Tensor<Double>, _ batch: [Trajectory<Int>]) throws -> Double =
            {
                try Coursework.importanceWeightedReturn(logits: $0, oldLogits: $1, batch: $2)
            }
    /// Exercise 8: the pullback of a dense layer.
    public var denseBackward:
        @Sendable (_ input: Tensor<Double>, _ weights: Tensor<Double>, _ upstream: Tensor<Double>) throws -> (
            input: Tensor<Double>, weights: Tensor<Double>, bias: Tensor<Double>
        ) = { try Coursework.denseBackward(input: $0, weights: $1, upstream: $2) }
    /// Exercise 9, first half: a convolution of one image.
    public var convolutionForward:
        @Sendable (_ image: Tensor<Double>, _ kernel: Tensor<Double>, _ bias: Tensor<Double>) throws -> Tensor<Double> =
            {
                try Coursework.convolutionForward(image: $0, kernel: $1, bias: $2)
            }
    /// Exercise 9, second half: the pullback of that convolution.
    public var convolutionBackward:
        @Sendable (_ image: Tensor<Double>, _ kernel: Tensor<Double>, _ upstream: Tensor<Double>) throws -> (
            image: Tensor<Double>, kernel: Tensor<Double>, bias: Tensor<Double>
        ) = { try Coursework.convolutionBackward(image: $0, kernel: $1, upstream: $2) }
    /// Exercise 10: the gradient of the mean softmax cross-entropy with respect to the logits.
    public var crossEntropyBackward: @Sendable (_ logits: Tensor<Double>, _ labels: [Int]) throws -> Tensor<Double> = {
        try Coursework.crossEntropyBackward(logits: $0, labels: $1)
    }
    /// Exercise 11: the pullback of an LSTM cell.
    public var lstmCellBackward: @Sendable (_ cell: LSTMCell) throws -> LSTMGradients = { cell in
        try Coursework.lstmCellBackward(
            x: cell.x, h: cell.h, c: cell.c, Wx: cell.Wx, Wh: cell.Wh, b: cell.b, upstreamH: cell.upstreamH,
            upstreamC: cell.upstreamC)
    }
    /// Exercise 12: one update of a controller by REINFORCE.
    public var controllerUpdate:
        @Sendable (_ update: ControllerUpdate) throws -> (logits: Tensor<Double>, baseline: Double) =
            { update in
                try Coursework.controllerUpdate(
                    logits: update.logits, architectures: update.architectures, rewards: update.rewards,
                    baseline: update.baseline, learningRate: update.learningRate, decay: update.decay)
            }

    /// The attempt in `Sources/Coursework`.
    public init() {}
}

/// The arguments of exercise 11.
public struct LSTMCell: Sendable {
    /// The input x, the state before (h and c), the weights (Wx, Wh and b), and the gradients of the state after, ∂L/∂h′ and
    /// ∂L/∂c′.
    public let x, h, c, Wx, Wh, b, upstreamH, upstreamC: Tensor<Double>
}

/// The arguments of exercise 12.
public struct ControllerUpdate: Sendable {
    /// θ, of shape `[decisions, choices]`.
    public let logits: Tensor<Double>
    /// The architectures that were tried: lists of tokens, one for each decision.
    public let architectures: [[Int]]
    /// The reward of each architecture.
    public let rewards: [Double]
    /// The baseline b before the update, the learning rate α, and how much of the baseline stays, λ.
    public let baseline, learningRate, decay: Double
}
