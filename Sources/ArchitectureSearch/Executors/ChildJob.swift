import ChildNet
import TextDisplay

/// A child to be trained: everything that its result depends on.
public struct ChildJob: Sendable {
    /// The number of the child in its run, from 0.
    public let number: Int
    /// The network.
    public let layers: [Layer]
    /// The seed of its weights and of the order of its images.
    public let seed: Int
    /// What it is trained on.
    public let data: DataSet
    /// How it is trained.
    public let settings: TrainingSettings
    /// What of its accuracies the strategy sees.
    public let reward: RewardRule
}

extension ChildJob {
    /// The network before training.
    ///
    /// - Throws: ``InvalidArgument`` where the layers do not fit the images.
    func network() throws(InvalidArgument) -> Network<Float> {
        try Network(checking: layers, input: data.imageShape, classes: data.classes, seed: seed)
    }
}

extension ChildJob: CustomStringConvertible {
    /// `child 3: 5 layers on digits, 8 epochs of batches of 32, …`
    public var description: String {
        "child \(number): \(layers.count) \(layers.count == 1 ? "layer" : "layers") on \(data.source), \(settings)"
    }
}
