import Autodiff
import ChildNet
import Notebook
import TextDisplay

extension Augmentation: ForeignBridged {}
extension ConfusionTable: ForeignBridged {}
extension DataSet: ForeignBridged {}
extension DataSet.Part: ForeignBridged {}
extension ImageShape: ForeignBridged {}
extension Layer: ForeignBridged {}
extension LayerSummary: ForeignBridged {}
extension LayerTimes: ForeignBridged {}
extension LayerTimes.Row: ForeignBridged {}
extension LearningRateSchedule: ForeignBridged {}
extension Network: Bridged, ForeignBridged where T == Float {}
extension TrainedNetwork: Bridged, ForeignBridged where T == Float {}
extension TrainingSettings: ForeignBridged {}

extension Library {
    mutating func addChildNet() {
        define(constant: "digits", digits)
        for part in DataSet.Part.allCases { define(constant: "Part.\(part.rawValue)", part) }
        define("ImageShape(height:width:channels:)") { (height: Int, width: Int, channels: Int) in
            guard [height, width, channels].allSatisfy({ 1...65_536 ~= $0 }) else {
                throw InvalidArgument("sizes of images are 1 to 65536; not \(height)×\(width)×\(channels)")
            }
            return ImageShape(height: height, width: width, channels: channels)
        }
        define("ImageShape.height") { (shape: ImageShape) in shape.height }
        define("ImageShape.width") { (shape: ImageShape) in shape.width }
        define("ImageShape.channels") { (shape: ImageShape) in shape.channels }
        define("ImageShape.count") { (shape: ImageShape) in shape.count }
        define("DataSet.imageShape") { (data: DataSet) in data.imageShape }
        define("DataSet.classes") { (data: DataSet) in data.classes }
        define("DataSet.count(_:)") { (data: DataSet, part: DataSet.Part) in data.count(part) }
        define("DataSet.image(_:_:)") { (data: DataSet, part: DataSet.Part, index: Int) in
            guard 0..<data.count(part) ~= index else {
                throw InvalidArgument("the \(part.rawValue) part has images 0 to \(data.count(part) - 1), not \(index)")
            }
            return data.image(part, index)
        }
        define("DataSet.labels(_:)") { (data: DataSet, part: DataSet.Part) in data.labels(part) }

        addLayers()
        addNetworks()
        addTraining()
    }

    private mutating func addLayers() {
        define(constant: "Layer.maxPooling", Layer.maxPooling)
        define(constant: "Layer.meanPooling", Layer.meanPooling)
        define(constant: "Layer.meanOverSpace", Layer.meanOverSpace)
        define("static Layer.convolution(height:width:filters:)") { (height: Int, width: Int, filters: Int) in
            Layer.convolution(height: height, width: width, filters: filters)
        }
        define("static Layer.convolution(height:width:filters:stride:)") {
            (height: Int, width: Int, filters: Int, stride: Int) in
            Layer.convolution(height: height, width: width, filters: filters, stride: stride)
        }
        define("static Layer.convolution(height:width:filters:normalized:)") {
            (height: Int, width: Int, filters: Int, normalized: Bool) in
            Layer.convolution(height: height, width: width, filters: filters, normalized: normalized)
        }
        define("static Layer.convolution(height:width:filters:stride:normalized:)") {
            (height: Int, width: Int, filters: Int, stride: Int, normalized: Bool) in
            Layer.convolution(height: height, width: width, filters: filters, stride: stride, normalized: normalized)
        }
        define("static Layer.dropout(rate:)") { (rate: Double) in Layer.dropout(rate: rate) }
        define("static Layer.dense(units:)") { (units: Int) in Layer.dense(units: units) }
        define("static Layer.concatenation(of:)") { (sources: [Int]) in Layer.concatenation(of: sources) }
    }

    private mutating func addNetworks() {
        define("Network(_:input:classes:seed:)") { (layers: [Layer], input: ImageShape, classes: Int, seed: Int) in
            if let problem = Network<Float>.problem(with: layers, input: input, classes: classes) { throw problem }
            return Network<Float>(layers, input: input, classes: classes, seed: seed)
        }
        define("static DataSet.named(_:)") { (name: String) in try DataSet.named(name) }
        define("Network.parameterCount") { (network: Network<Float>) in network.parameterCount }
        define("Network.summaries") { (network: Network<Float>) in network.summaries }
        define("LayerSummary.layer") { (summary: LayerSummary) in summary.layer }
        define("LayerSummary.input") { (summary: LayerSummary) in summary.input }
        define("LayerSummary.output") { (summary: LayerSummary) in summary.output }
        define("LayerSummary.parameters") { (summary: LayerSummary) in summary.parameters }
        define("LayerSummary.flops") { (summary: LayerSummary) in summary.flops }
        define("Network.layers") { (network: Network<Float>) in network.layers }
        define("Network.filters(ofLayer:)") { (network: Network<Float>, number: Int) in
            try network.filters(ofLayer: number)
        }
        define("layerTimes(of:seed:)") { (network: Network<Float>, seed: Int) in layerTimes(of: network, seed: seed) }
        define("layerTimes(of:batchSize:seed:)") { (network: Network<Float>, batchSize: Int, seed: Int) in
            guard 1...4096 ~= batchSize else { throw InvalidArgument("batchSize is 1 to 4096; not \(batchSize)") }
            if let problem = network.problem(trainingOn: batchSize, inBatchesOf: batchSize) { throw problem }
            return layerTimes(of: network, batchSize: batchSize, seed: seed)
        }
        define("LayerTimes.rows") { (times: LayerTimes) in times.rows }
        define("Row.layer") { (row: LayerTimes.Row) in row.layer }
        define("Row.forward") { (row: LayerTimes.Row) in row.forward }
        define("Row.backward") { (row: LayerTimes.Row) in row.backward }
        define("Row.gigaflops") { (row: LayerTimes.Row) in row.gigaflops }
    }

    private mutating func addTraining() {
        addTrainingSettings()
        define(interruptible: "train(_:on:seed:)") {
            (running: Running, network: Network<Float>, data: DataSet, seed: Int) in
            try trained(network, data, TrainingSettings(), seed, running)
        }
        define(interruptible: "train(_:on:settings:seed:)") {
            (running: Running, network: Network<Float>, data: DataSet, settings: TrainingSettings, seed: Int) in
            try trained(network, data, settings, seed, running)
        }
        define("TrainedNetwork.network") { (trained: TrainedNetwork<Float>) in trained.network }
        define("TrainedNetwork.validationAccuracy") { (trained: TrainedNetwork<Float>) in trained.validationAccuracy }
        define("TrainedNetwork.validationAccuracies") { (trained: TrainedNetwork<Float>) in
            trained.validationAccuracies
        }
        define("TrainedNetwork.losses") { (trained: TrainedNetwork<Float>) in trained.losses }
        define("accuracy(of:on:_:)") { (network: Network<Float>, data: DataSet, part: DataSet.Part) in
            try check(network, data)
            return accuracy(of: network, on: data, part)
        }
        define("predictions(of:on:_:)") { (network: Network<Float>, data: DataSet, part: DataSet.Part) in
            try check(network, data)
            return predictions(of: network, on: data, part)
        }
        define("confusionTable(of:on:_:)") { (network: Network<Float>, data: DataSet, part: DataSet.Part) in
            try check(network, data)
            guard network.classes <= 1000 else {
                throw InvalidArgument("a confusion table has at most 1000 classes; the network has \(network.classes)")
            }
            return confusionTable(of: network, on: data, part)
        }
        define("ConfusionTable.counts") { (table: ConfusionTable) in table.counts }
        define("ConfusionTable.accuracy") { (table: ConfusionTable) in table.accuracy }
    }

    /// A setting that can be read and changed; what can't be trained so is refused when it is set.
    private mutating func defineSetting<Number: Bridged>(
        _ name: String, _ property: WritableKeyPath<TrainingSettings, Number> & Sendable
    ) {
        define("TrainingSettings.\(name)") { (settings: TrainingSettings) in settings[keyPath: property] }
        define(setter: "TrainingSettings.\(name)") { (settings: TrainingSettings, value: Number) in
            var settings = settings
            settings[keyPath: property] = value
            if let problem = settings.problem { throw problem }
            return settings
        }
    }

    private mutating func addTrainingSettings() {
        defineSetting("epochs", \.epochs)
        defineSetting("batchSize", \.batchSize)
        defineSetting("learningRate", \.learningRate)
        defineSetting("momentum", \.momentum)
        defineSetting("weightDecay", \.weightDecay)
        defineSetting("gradientLimit", \.gradientLimit)
        defineSetting("schedule", \.schedule)
        defineSetting("augmentation", \.augmentation)
        define("TrainingSettings()") { TrainingSettings() }
        define("TrainingSettings(epochs:)") { (epochs: Int) in TrainingSettings(epochs: epochs) }
        define("TrainingSettings(epochs:learningRate:)") { (epochs: Int, learningRate: Double) in
            TrainingSettings(epochs: epochs, learningRate: learningRate)
        }
        define("TrainingSettings(epochs:batchSize:learningRate:)") {
            (epochs: Int, batchSize: Int, learningRate: Double) in
            TrainingSettings(epochs: epochs, batchSize: batchSize, learningRate: learningRate)
        }
        define("TrainingSettings(epochs:learningRate:schedule:)") {
            (epochs: Int, learningRate: Double, schedule: LearningRateSchedule) in
            TrainingSettings(epochs: epochs, learningRate: learningRate, schedule: schedule)
        }
        define("TrainingSettings(epochs:gradientLimit:)") { (epochs: Int, gradientLimit: Double) in
            TrainingSettings(epochs: epochs, gradientLimit: gradientLimit)
        }
        define("TrainingSettings(epochs:learningRate:gradientLimit:)") {
            (epochs: Int, learningRate: Double, gradientLimit: Double) in
            TrainingSettings(epochs: epochs, learningRate: learningRate, gradientLimit: gradientLimit)
        }
        define("TrainingSettings(epochs:augmentation:)") { (epochs: Int, augmentation: Augmentation) in
            TrainingSettings(epochs: epochs, augmentation: augmentation)
        }
        define(constant: "Augmentation.none", Augmentation.none)
        define(constant: "Augmentation.colorImages", Augmentation.colorImages)
        define(constant: "LearningRateSchedule.constant", LearningRateSchedule.constant)
        define(constant: "LearningRateSchedule.cosine", LearningRateSchedule.cosine)
        define("static LearningRateSchedule.step(every:factor:)") { (every: Int, factor: Double) in
            LearningRateSchedule.step(every: every, factor: factor)
        }
    }
}

private func check(_ network: Network<Float>, _ data: DataSet) throws {
    guard network.input == data.imageShape, network.classes >= data.classes else {
        throw InvalidArgument(
            "the network is for \(network.input) images of \(network.classes) classes; \(data.name) has "
                + "\(data.imageShape) images of \(data.classes)")
    }
}

private func trained(
    _ network: Network<Float>, _ data: DataSet, _ settings: TrainingSettings, _ seed: Int, _ running: Running
) throws -> TrainedNetwork<Float> {
    try check(network, data)
    let count = data.count(.training)
    if let problem = settings.problem ?? network.problem(trainingOn: count, inBatchesOf: settings.batchSize) {
        throw problem
    }
    defer { running.showStatus("") }
    guard
        let result = train(
            network, on: data, settings: settings, seed: seed, shouldStop: { running.isStopped },
            progress: { running.showStatus($0.line) })
    else { throw CancellationError() }
    return result
}
