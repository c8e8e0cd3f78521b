import ChildNet

/// What a strategy is told of a child's validation accuracies.
public enum RewardRule: String, Sendable, Codable, CaseIterable {
    /// The accuracy after the last epoch.
    case accuracy
    /// The best accuracy of the last five epochs, cubed, so that the best children differ more (Zoph and Le 2017,
    /// section 4.1).
    case cubed

    /// The reward of a network, 0 to 1; 0 for one that diverged.
    public func reward<T>(of trained: TrainedNetwork<T>) -> Double {
        switch self {
        case .accuracy: return trained.validationAccuracy
        case .cubed:
            let best = trained.bestAccuracy(ofLast: 5)
            return best * best * best
        }
    }
}

extension RewardRule: CustomStringConvertible {
    /// The name of the case.
    public var description: String { rawValue }
}
