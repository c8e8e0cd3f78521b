import Autodiff
import RealModule
import TextDisplay

/// How children are trained.
public struct TrainingSettings: Sendable, Hashable, Codable {
    /// Passes over the training images.
    public var epochs: Int
    /// Images in a step.
    public var batchSize: Int
    /// The step size of the first step.
    public var learningRate: Double
    /// What becomes of the step size.
    public var schedule: LearningRateSchedule
    /// Nesterov's momentum.
    public var momentum: Double
    /// The decay of weights.
    public var weightDecay: Double
    /// The longest gradient: longer ones are shortened to this norm, g ← g · min(1, limit/‖g‖); nil for no limit.
    public var gradientLimit: Double?
    /// How training images are varied.
    public var augmentation: Augmentation

    /// Settings; the defaults suit small networks on small images.
    public init(
        epochs: Int = 8, batchSize: Int = 32, learningRate: Double = 0.05, schedule: LearningRateSchedule = .cosine,
        momentum: Double = 0.9, weightDecay: Double = 1e-4, gradientLimit: Double? = nil,
        augmentation: Augmentation = .colorImages
    ) {
        self.epochs = epochs
        self.batchSize = batchSize
        self.learningRate = learningRate
        self.schedule = schedule
        self.momentum = momentum
        self.weightDecay = weightDecay
        self.gradientLimit = gradientLimit
        self.augmentation = augmentation
    }

    /// Why nothing can be trained so, or nil where it can.
    public var problem: InvalidArgument? {
        if !(1...100_000 ~= epochs) { return InvalidArgument("epochs is 1 to 100000; not \(epochs)") }
        if !(1...65_536 ~= batchSize) { return InvalidArgument("batchSize is 1 to 65536 images; not \(batchSize)") }
        if !(0...1e6 ~= learningRate) { return InvalidArgument("learningRate is 0 to 1e6; not \(learningRate)") }
        if !(0..<1 ~= momentum) { return InvalidArgument("momentum is at least 0 and less than 1; not \(momentum)") }
        if !(0...1e6 ~= weightDecay) { return InvalidArgument("weightDecay is 0 to 1e6; not \(weightDecay)") }
        if let gradientLimit, !(gradientLimit > 0) {
            return InvalidArgument("gradientLimit is more than 0; not \(gradientLimit)")
        }
        return schedule.problem
    }
}

extension TrainingSettings {
    /// Settings as they were stored, perhaps before some of them existed: then those are what they were without a choice.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            epochs: try values.decode(Int.self, forKey: .epochs),
            batchSize: try values.decode(Int.self, forKey: .batchSize),
            learningRate: try values.decode(Double.self, forKey: .learningRate),
            schedule: try values.decodeIfPresent(LearningRateSchedule.self, forKey: .schedule) ?? .cosine,
            momentum: try values.decode(Double.self, forKey: .momentum),
            weightDecay: try values.decode(Double.self, forKey: .weightDecay),
            gradientLimit: try values.decodeIfPresent(Double.self, forKey: .gradientLimit),
            augmentation: try values.decodeIfPresent(Augmentation.self, forKey: .augmentation) ?? .none)
    }
}

extension TrainingSettings: CustomStringConvertible {
    /// `8 epochs of batches of 32, learning rate 0.05 (cosine), momentum 0.9, weight decay 0.0001, color images varied`
    public var description: String {
        let limit = gradientLimit.map { ", gradients up to \($0)" } ?? ""
        return
            "\(epochs) epochs of batches of \(batchSize), learning rate \(learningRate) (\(schedule)), momentum \(momentum), "
            + "weight decay \(weightDecay)\(limit), \(augmentation == .none ? "images as they are" : "color images varied")"
    }
}

/// What becomes of the learning rate α₀ while a network is trained.
public enum LearningRateSchedule: Sendable, Hashable, Codable {
    /// α = α₀ always.
    case constant
    /// Down along half a cosine, towards zero after the last step: α = α₀ (1 + cos πt)/2, where t ∈ [0, 1) is the part of all steps
    /// that is done (Loshchilov and Hutter 2017, equation 5).
    case cosine
    /// Smaller by a factor after every so many epochs: α = α₀ · factorᵏ after k · `every` epochs.
    case step(every: Int, factor: Double)

    /// The learning rate at a step.
    ///
    /// - Parameters:
    ///   - first: α₀.
    ///   - epoch: the epochs done before, from 0.
    ///   - progress: the part of all steps that is done, t.
    public func learningRate(from first: Double, epoch: Int, progress: Double) -> Double {
        require(self.problem)
        return switch self {
        case .constant: first
        case .cosine: first * (1 + Double.cos(.pi * progress)) / 2
        case .step(let every, let factor): first * Double.pow(factor, epoch / every)
        }
    }

    /// Why there is no such schedule, or nil where there is.
    public var problem: InvalidArgument? {
        guard case .step(let every, let factor) = self else { return nil }
        if every < 1 { return InvalidArgument("a step schedule has 1 epoch or more between steps; not \(every)") }
        return 0...1 ~= factor ? nil : InvalidArgument("a step schedule's factor is 0 to 1; not \(factor)")
    }
}

extension LearningRateSchedule: CustomStringConvertible {
    /// `cosine`, or `times 0.1 after every 5 epochs`
    public var description: String {
        switch self {
        case .constant: "constant"
        case .cosine: "cosine"
        case .step(let every, let factor): "times \(factor) after every \(every) epochs"
        }
    }
}

/// How training images are varied, so that a network does not learn them by heart.
public enum Augmentation: String, Sendable, Hashable, Codable {
    /// Not at all.
    case none
    /// Images in color: framed by four zeros (the mean color) on each side, cut to their size at a random place, and
    /// mirrored one time in two (He et al. 2016, section 4.2). Digits and clothes in gray stay as they are.
    case colorImages
}

extension Augmentation: CustomStringConvertible {
    /// The name of the case.
    public var description: String { rawValue }
}
