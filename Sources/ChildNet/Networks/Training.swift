import Autodiff
import TextDisplay

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

    /// The best validation accuracy of the last epochs; 0 for a network that diverged.
    public func bestAccuracy(ofLast epochs: Int) -> Double {
        require(epochs >= 0, "the number of epochs is not negative: \(epochs)")
        return divergedInEpoch == nil ? validationAccuracies.suffix(epochs).max() ?? 0 : 0
    }
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

/// How far the training of a network is.
public struct TrainingProgress: Sendable {
    /// The epochs to be trained.
    public let epochs: Int
    /// The epochs that are done.
    public let epochsDone: Int
    /// The steps of this epoch that are done, of ``steps``.
    public let stepsDone: Int
    /// The steps of an epoch.
    public let steps: Int
    /// The mean loss of the epoch so far.
    public let loss: Double
    /// The validation accuracy after the last whole epoch; nil in the first.
    public let validation: Double?

    /// One line: `epoch 3 of 8  ██████░░░░  loss 0.213  validation 95.7 %`.
    public var line: String {
        let bar = progressBar(stepsDone, of: steps, cells: 10)
        let validation = validation.map { "  validation \(formatted(($0 * 1000).rounded() / 10)) %" } ?? ""
        return
            "epoch \(min(epochsDone + 1, epochs)) of \(epochs)  \(bar)  loss \(formatted(loss, digits: 3))\(validation)"
    }
}

/// Trains a network by stochastic gradient descent with Nesterov's momentum, on one core.
///
/// The generator of `seed` shuffles the training images anew for each epoch, varies them and draws what dropout drops. A
/// loss that is no longer finite ends the training and is reported in the result. The same seed gives the same bits.
///
///     let network = Network<Float>([.dense(units: 32)], input: digits.imageShape, classes: 10, seed: 1)
///     train(network, on: digits, seed: 1).validationAccuracy
public func train<T: Scalar>(
    _ network: Network<T>, on data: DataSet, settings: TrainingSettings = TrainingSettings(), seed: Int
) -> TrainedNetwork<T> {
    require(network.problem(training: settings, on: data))
    return train(network, on: data, settings: settings, seed: seed, shouldStop: { false })!
}

/// Trains a network as long as nobody wants it to stop.
///
/// - Parameters:
///   - shouldStop: asked before every step; training that is stopped returns nil.
///   - progress: called after every step.
public func train<T: Scalar>(
    _ network: Network<T>, on data: DataSet, settings: TrainingSettings = TrainingSettings(), seed: Int,
    shouldStop: () -> Bool, progress: (TrainingProgress) -> Void = { _ in }
) -> TrainedNetwork<T>? {
    require(network.problem(training: settings, on: data))
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
            let done = Double(epoch * stepsPerEpoch + step) / Double(settings.epochs * stepsPerEpoch)
            optimizer.learningRate = T(
                settings.schedule.learningRate(from: settings.learningRate, epoch: epoch, progress: done))
            let members = order[step * settings.batchSize..<min((step + 1) * settings.batchSize, count)]
            let (images, labels) = data.trainingBatch(
                members, augmentation: settings.augmentation, using: &generator, of: T.self)
            let logits = result.network.trainingLogits(images, using: &generator)
            let loss = softmaxCrossEntropy(logits, labels: labels)
            guard loss.value.isFinite else {
                result.divergedInEpoch = epoch + 1
                return result
            }
            total += Double(loss.value) * Double(members.count)
            var slope = ∇loss
            if let limit = settings.gradientLimit { slope = slope.shortened(to: T(limit)) }
            optimizer.update(&result.network, with: slope)
            progress(
                TrainingProgress(
                    epochs: settings.epochs, epochsDone: epoch, stepsDone: step + 1, steps: stepsPerEpoch,
                    loss: total / Double(min((step + 1) * settings.batchSize, count)),
                    validation: result.validationAccuracies.last))
        }
        // The last step's damage shows in no loss.
        guard result.network.isFinite else {
            result.divergedInEpoch = epoch + 1
            return result
        }
        result.losses.append(total / Double(count))
        result.validationAccuracies.append(accuracy(of: result.network, on: data, .validation))
    }
    return result
}

extension Network {
    /// Why the network can't be applied to a data set's images and labels, or nil where it can.
    package func problem(on data: DataSet) -> InvalidArgument? {
        input == data.imageShape && classes >= data.classes
            ? self.problem
            : InvalidArgument(
                "the network is for \(input) images of \(classes) classes; \(data.name) has "
                    + "\(data.imageShape) images of \(data.classes)")
    }

    /// Why the network can't be trained so on a data set, or nil where it can.
    package func problem(training settings: TrainingSettings, on data: DataSet) -> InvalidArgument? {
        problem(on: data) ?? settings.problem
            ?? problem(trainingOn: data.count(.training), inBatchesOf: settings.batchSize)
    }

    /// As many images as are classified at once.
    fileprivate var batchInUse: Int { max(1, min(128, Tensor<T>.placeLimit / max(largestMap, 1))) }

    /// Whether every parameter and every running statistic is a finite number.
    fileprivate var isFinite: Bool {
        (parameters.map(\.value) + statistics.flatMap { [$0.mean, $0.variance] }).allSatisfy { $0.sum().value.isFinite }
    }
}

/// The share of a part's images that a network classifies rightly, 0 to 1.
public func accuracy<T: Scalar>(of network: Network<T>, on data: DataSet, _ part: DataSet.Part) -> Double {
    require(network.problem(on: data))
    let right = zip(predictions(of: network, on: data, part), data.labels(part)).count { $0 == $1 }
    return Double(right) / Double(data.count(part))
}

/// The class that a network takes each of a part's images for, in order.
public func predictions<T: Scalar>(of network: Network<T>, on data: DataSet, _ part: DataSet.Part) -> [Int] {
    require(network.problem(on: data))
    let count = data.count(part), size = network.batchInUse
    return stride(from: 0, to: count, by: size).flatMap { first in
        network.predictions(data.selected(part, first..<min(first + size, count), of: T.self).images)
    }
}
