import Autodiff

/// One pass of images through the layers of a network, and what a layer has at hand in it.
package struct ForwardPass<T: Scalar> {
    private let allWeights: [Tensor<T>]
    /// Of the normalized layers, in order.
    private(set) var allStatistics: [ChannelStatistics<T>]
    /// What dropout draws from while the network is trained; nil where it is used.
    package var generator: RandomGenerator?
    /// Which weights and which statistics are this layer's, and which are the next one's.
    private var weights = 0..<0
    private var statisticsPlace = 0
    private var nextStatistics = 0

    init(_ weights: [Tensor<T>], _ statistics: [ChannelStatistics<T>], training generator: RandomGenerator? = nil) {
        allWeights = weights
        allStatistics = statistics
        self.generator = generator
    }

    /// Whether the network is trained; otherwise it is used.
    package var isTraining: Bool { generator != nil }

    /// The layer's own parameter of that number.
    package func weights(_ number: Int) -> Tensor<T> { allWeights[weights.lowerBound + number] }

    /// The running statistics of the channels that the layer normalizes.
    package var statistics: ChannelStatistics<T> {
        get { allStatistics[statisticsPlace] }
        set { allStatistics[statisticsPlace] = newValue }
    }

    /// The logits of images, of shape `[batch, classes]`.
    mutating func logits(_ images: Tensor<T>, _ summaries: [LayerSummary]) -> Tensor<T> {
        var maps = LayerMaps(images)
        var wanted: Set<Int> = []
        for summary in summaries { wanted.formUnion(summary.layer.kind.sources) }
        var kept: [Int: Tensor<T>] = wanted.contains(0) ? [0: images] : [:]
        var done = 0
        while done < summaries.count {
            let summary = summaries[done]
            done += 1
            turn(to: summary)
            let inputs = inputs(of: summary, maps, kept)
            // Two layers may do their work at once, where nothing else asks for what the first of them makes.
            if done < summaries.count, !wanted.contains(done), summaries[done].layer.kind.sources.isEmpty,
                let both = summary.layer.kind.outputs(of: inputs, with: summaries[done].layer.kind, &self)
            {
                maps = both
                turn(to: summaries[done])
                done += 1
            } else {
                maps = summary.layer.kind.outputs(of: inputs, &self)
            }
            if wanted.contains(done) { kept[done] = maps.tensor }
        }
        return maps.vectors
    }

    /// What a layer makes of the output of the layer before.
    ///
    /// - Parameter kept: of 0, the images, and of the layers from 1 on: what skip connections ask for.
    mutating func outputs(of summary: LayerSummary, _ maps: LayerMaps<T>, _ kept: [Int: Tensor<T>]) -> LayerMaps<T> {
        turn(to: summary)
        return summary.layer.kind.outputs(of: inputs(of: summary, maps, kept), &self)
    }

    private func inputs(
        of summary: LayerSummary, _ maps: LayerMaps<T>, _ kept: [Int: Tensor<T>]
    ) -> LayerMaps<T> {
        let sources = summary.layer.kind.sources
        return sources.isEmpty ? maps : LayerMaps(sources.map { kept[$0]! })
    }

    /// From here on the weights and the statistics are those of the next layer.
    private mutating func turn(to summary: LayerSummary) {
        weights = weights.upperBound..<weights.upperBound + summary.learned.count
        statisticsPlace = nextStatistics
        if summary.layer.kind.normalizedChannels > 0 { nextStatistics += 1 }
    }
}
