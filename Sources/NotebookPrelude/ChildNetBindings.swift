import Autodiff
import ChildNet
import Notebook

extension DataSet: ForeignBridged {}
extension DataSet.Part: ForeignBridged {}
extension ImageShape: ForeignBridged {}
extension Layer: ForeignBridged {}
extension Network: Bridged, ForeignBridged where T == Float {}
extension TrainedNetwork: Bridged, ForeignBridged where T == Float {}
extension TrainingSettings: ForeignBridged {}

extension Library {
    mutating func addChildNet() {
        define(constant: "digits", digits)
        for part in DataSet.Part.allCases { define(constant: "Part.\(part.rawValue)", part) }
        define("DataSet.imageShape") { (data: DataSet) in data.imageShape }
        define("DataSet.classes") { (data: DataSet) in data.classes }
        define("DataSet.count(_:)") { (data: DataSet, part: DataSet.Part) in data.count(part) }
        define("DataSet.labels(_:)") { (data: DataSet, part: DataSet.Part) in data.labels(part) }

        define(constant: "Layer.maxPooling", Layer.maxPooling)
        define(constant: "Layer.meanOverSpace", Layer.meanOverSpace)
        define("static Layer.convolution(height:width:filters:)") { (height: Int, width: Int, filters: Int) in
            Layer.convolution(height: height, width: width, filters: filters)
        }
        define("static Layer.convolution(height:width:filters:stride:)") {
            (height: Int, width: Int, filters: Int, stride: Int) in
            Layer.convolution(height: height, width: width, filters: filters, stride: stride)
        }
        define("static Layer.dense(units:)") { (units: Int) in Layer.dense(units: units) }
        define("Network(_:input:classes:seed:)") { (layers: [Layer], input: ImageShape, classes: Int, seed: Int) in
            if let problem = Network<Float>.problem(with: layers, input: input, classes: classes) { throw problem }
            return Network<Float>(layers, input: input, classes: classes, seed: seed)
        }
        define("static DataSet.named(_:)") { (name: String) in try DataSet.named(name) }
        define("Network.parameterCount") { (network: Network<Float>) in network.parameterCount }
        define("TrainingSettings(epochs:)") { (epochs: Int) in
            guard 1...100_000 ~= epochs else { throw InvalidArgument("epochs is 1 to 100000; not \(epochs)") }
            return TrainingSettings(epochs: epochs)
        }
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
    guard
        let result = train(
            network, on: data, settings: settings, seed: seed, shouldStop: { running.isStopped })
    else { throw CancellationError() }
    return result
}
