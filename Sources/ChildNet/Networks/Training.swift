import Autodiff
import RealModule

/// How children are trained.
public struct TrainingSettings: Sendable, Hashable, Codable {
    /// Passes over the training images.
    public var epochs: Int
    /// Images in a step.
    public var batchSize: Int
    /// The step size of the first step; it falls along half a cosine to zero at the last.
    public var learningRate: Double
    /// Nesterov's momentum.
    public var momentum: Double
    /// The decay of weights.
    public var weightDecay: Double

    /// Settings; the defaults suit small networks on small images.
    public init(
        epochs: Int = 8, batchSize: Int = 32, learningRate: Double = 0.05, momentum: Double = 0.9,
        weightDecay: Double = 1e-4
    ) {
        self.epochs = epochs
        self.batchSize = batchSize
        self.learningRate = learningRate
        self.momentum = momentum
        self.weightDecay = weightDecay
    }
}

/// A network after training, with what the training saw.
public struct TrainedNetwork<T: Scalar>: Sendable {
    /// The network with its learned parameters.
    public var network: Network<T>
    /// The validation accuracy after each epoch, 0 to 1.
    public var validationAccuracies: [Double]
    /// The mean training loss of each epoch.
    public var losses: [Double]
    /// The epoch in which the loss stopped being a finite number, from 1; nil where training went well.
    public var divergedInEpoch: Int?

    /// The validation accuracy after the last epoch; 0 for a network that diverged.
    public var validationAccuracy: Double { divergedInEpoch == nil ? validationAccuracies.last ?? 0 : 0 }
}

extension TrainedNetwork: CustomStringConvertible {
    /// The network, and the validation accuracy after its last epoch.
    public var description: String {
        let end =
            divergedInEpoch.map { "diverged in epoch \($0)" }
            ?? "validation accuracy \(formatted(100 * validationAccuracy)) % after \(losses.count) epochs"
        return "\(network)\n\(end)"
    }
}

/// Trains a network by stochastic gradient descent with Nesterov's momentum, on one core.
///
/// The training images are shuffled anew for each epoch by the generator of `seed`. A loss that is no longer finite ends
/// the training and is reported in the result. The same seed gives the same bits.
///
///     let network = Network<Float>([.dense(units: 32)], input: digits.imageShape, classes: 10, seed: 1)
///     train(network, on: digits, seed: 1).validationAccuracy
public func train<T: Scalar>(
    _ network: Network<T>, on data: DataSet, settings: TrainingSettings = TrainingSettings(), seed: Int
) -> TrainedNetwork<T> {
    train(network, on: data, settings: settings, seed: seed, shouldStop: { false })!
}

/// Trains a network as long as nobody wants it to stop.
///
/// - Parameter shouldStop: asked before every step; training that is stopped returns nil.
public func train<T: Scalar>(
    _ network: Network<T>, on data: DataSet, settings: TrainingSettings = TrainingSettings(), seed: Int,
    shouldStop: () -> Bool
) -> TrainedNetwork<T>? {
    var result = TrainedNetwork(network: network, validationAccuracies: [], losses: [], divergedInEpoch: nil)
    var optimizer = SGD<T>(
        learningRate: T(settings.learningRate), momentum: T(settings.momentum), weightDecay: T(settings.weightDecay))
    var generator = RandomGenerator(seed: seed, stream: 1)
    let count = data.count(.training)
    let stepsPerEpoch = (count + settings.batchSize - 1) / settings.batchSize
    for epoch in 0..<settings.epochs {
        let order = generator.permutation(count)
        var total = 0.0
        for step in 0..<stepsPerEpoch {
            if shouldStop() { return nil }
            let progress = Double(epoch * stepsPerEpoch + step) / Double(settings.epochs * stepsPerEpoch)
            optimizer.learningRate = T(settings.learningRate * (1 + Double.cos(.pi * progress)) / 2)
            let members = order[step * settings.batchSize..<min((step + 1) * settings.batchSize, count)]
            let (images, labels) = data.batch(.training, members, of: T.self)
            let loss = softmaxCrossEntropy(result.network.logits(images), labels: labels)
            guard loss.value.isFinite else {
                result.divergedInEpoch = epoch + 1
                return result
            }
            total += Double(loss.value) * Double(members.count)
            optimizer.update(&result.network, with: ∇loss)
        }
        // The last step's damage shows in no loss.
        guard result.network.parameters.allSatisfy({ $0.value.sum().value.isFinite }) else {
            result.divergedInEpoch = epoch + 1
            return result
        }
        result.losses.append(total / Double(count))
        result.validationAccuracies.append(accuracy(of: result.network, on: data, .validation))
    }
    return result
}

/// The share of a part's images that a network classifies rightly, 0 to 1.
public func accuracy<T: Scalar>(of network: Network<T>, on data: DataSet, _ part: DataSet.Part) -> Double {
    let count = data.count(part)
    var right = 0
    for first in stride(from: 0, to: count, by: 128) {
        let (images, labels) = data.batch(part, first..<min(first + 128, count), of: T.self)
        right += zip(network.predictions(images), labels).count { $0 == $1 }
    }
    return Double(right) / Double(count)
}
