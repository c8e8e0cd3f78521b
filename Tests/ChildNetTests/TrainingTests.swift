import Autodiff
import Foundation
import TestSupport
import Testing
import TextDisplay

@testable import ChildNet

@Suite struct TrainingTests {
    @Test func digitsComeInThreePartsThatShareNothing() {
        #expect(digits.count(.training) == 1197 && digits.count(.validation) == 300 && digits.count(.test) == 300)
        #expect(Set(digits.labels(.test)) == Set(0..<10))
        let members = DataSet.Part.allCases.flatMap { digits.members($0) }
        #expect(members.sorted() == Array(0..<1797))
        let (images, labels) = digits.batch(.training, 0..<5, of: Float.self)
        #expect(images.shape == [5, 8, 8, 1])
        #expect(labels == Array(digits.labels(.training).prefix(5)))
        #expect(images.elements.allSatisfy { 0...1 ~= $0 } && images.elements.contains(1))
    }

    @Test func corruptDigitsAreRefusedWithTheLine() {
        #expect(throws: CorruptData.self) { try parseDigits(Array("1,2,3\n".utf8)) }
        #expect(throws: CorruptData.self) { try gunzip([1, 2, 3, 4]) }
        #expect(throws: CorruptData.self) { try gunzip([]) }
    }

    @Test func truncatedGzipIsRefused() throws {
        let file = Repository.path("Sources/ChildNet/Resources/digits.csv.gz")
        let data = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
        #expect(try gunzip(data).count > 200_000)
        #expect(throws: CorruptData.self) { try gunzip(Array(data.prefix(data.count / 2))) }
    }

    let layers: [Layer] = [.convolution(height: 3, width: 3, filters: 8), .maxPooling]

    @Test func aSmallNetworkLearnsTheDigits() {
        let network = Network<Float>(layers, input: digits.imageShape, classes: 10, seed: 1)
        let trained = train(network, on: digits, settings: TrainingSettings(epochs: 4), seed: 1)
        #expect(trained.validationAccuracy > 0.9)
        #expect(trained.losses.count == 4 && trained.losses[3] < trained.losses[0])
    }

    @Test func theSameSeedGivesTheSameBits() {
        let runs = (0..<2).map { _ in
            train(
                Network<Float>(layers, input: digits.imageShape, classes: 10, seed: 1), on: digits,
                settings: TrainingSettings(epochs: 1), seed: 1)
        }
        #expect(runs[0].losses == runs[1].losses)
        #expect(zip(runs[0].network.parameters, runs[1].network.parameters).allSatisfy { $0.value == $1.value })
    }

    @Test func aDivergedChildIsReported() {
        let network = Network<Float>(layers, input: digits.imageShape, classes: 10, seed: 1)
        let trained = train(network, on: digits, settings: TrainingSettings(epochs: 3, learningRate: 1e6), seed: 1)
        #expect(trained.divergedInEpoch == 1)
        #expect(trained.validationAccuracy == 0)
    }

    @Test func aTooLongGradientIsShortened() {
        let network = Network<Float>(layers, input: digits.imageShape, classes: 10, seed: 1)
        /// The longest way that any parameter went.
        func way(limit: Double?) -> Float {
            let settings = TrainingSettings(
                epochs: 1, batchSize: 400, learningRate: 1, schedule: .constant, momentum: 0, weightDecay: 0,
                gradientLimit: limit)
            let trained = train(network, on: digits, settings: settings, seed: 1).network
            return zip(trained.parameters, network.parameters).flatMap { ($0.value - $1.value).elements }.map(abs)
                .max()!
        }
        // Three steps of at most 0.001.
        #expect(way(limit: 0.001) <= 0.003 && way(limit: 0.001) > 0.0001)
        #expect(way(limit: nil) > 0.1)
        let g = ∇(Parameter("θ", Tensor<Double>([3, 4])).tensor * Tensor([1, 1])).sum()
        #expect(abs(g.shortened(to: 0.5).norm - 0.5) < 1e-12 && abs(g.shortened(to: 0.5).cosine(g) - 1) < 1e-12)
        #expect(g.shortened(to: 100).elements == g.elements)
    }

    @Test func schedulesAreTheirFormulas() {
        func rates(_ schedule: LearningRateSchedule) -> [Double] {
            (0..<4).map { schedule.learningRate(from: 0.4, epoch: $0, progress: Double($0) / 4) }
        }
        #expect(rates(.constant) == [0.4, 0.4, 0.4, 0.4])
        #expect(zip(rates(.step(every: 2, factor: 0.1)), [0.4, 0.4, 0.04, 0.04]).allSatisfy { abs($0 - $1) < 1e-15 })
        let half = 0.5.squareRoot()
        #expect(
            zip(rates(.cosine), [0.4, 0.2 * (1 + half), 0.2, 0.2 * (1 - half)]).allSatisfy { abs($0 - $1) < 1e-12 })
    }

    @Test func theScheduleIsFollowed() {
        // A factor of nothing after the first epoch: a second one changes no weight.
        let network = Network<Float>([.dense(units: 4)], input: digits.imageShape, classes: 10, seed: 1)
        let (once, twice) = (trained(epochs: 1), trained(epochs: 2))
        func trained(epochs: Int) -> TrainedNetwork<Float> {
            let settings = TrainingSettings(epochs: epochs, schedule: .step(every: 1, factor: 0))
            return train(network, on: digits, settings: settings, seed: 1)
        }
        #expect(twice.losses.count == 2)
        #expect(zip(once.network.parameters, twice.network.parameters).allSatisfy { $0.value == $1.value })
        #expect(zip(once.network.parameters, network.parameters).allSatisfy { $0.value != $1.value })
    }

    @Test func imagesAreShuffledAnewForEachEpoch() throws {
        // Without learning, what differs between epochs is the order of the images.
        let network = Network<Float>([], input: digits.imageShape, classes: 10, seed: 1)
        var losses: [[Double]] = [[], []]
        let result = train(
            network, on: digits, settings: TrainingSettings(epochs: 2, learningRate: 0), seed: 1, shouldStop: { false }
        ) { losses[$0.epochsDone].append($0.loss) }
        let trained = try #require(result)
        #expect(losses[0][0] != losses[1][0] && losses[0].count == losses[1].count)
        #expect(abs(trained.losses[0] - trained.losses[1]) < 1e-5)
    }

    @Test func settingsDescribeThemselves() {
        #expect(
            "\(TrainingSettings(epochs: 2, schedule: .step(every: 3, factor: 0.5), gradientLimit: 1))"
                == "2 epochs of batches of 32, learning rate 0.05 (times 0.5 after every 3 epochs), momentum 0.9, "
                + "weight decay 0.0001, gradients up to 1.0, color images varied")
    }

    @Test func settingsThatMakeNoSenseAreRefused() {
        func problem(_ change: (inout TrainingSettings) -> Void) -> String? {
            var settings = TrainingSettings()
            change(&settings)
            return settings.problem?.description
        }
        #expect(problem { _ in } == nil)
        #expect(problem { $0.batchSize = 0 } == "batchSize is 1 to 65536 images; not 0")
        #expect(problem { $0.learningRate = .nan } == "learningRate is 0 to 1e6; not nan")
        #expect(problem { $0.gradientLimit = 0 } == "gradientLimit is more than 0; not 0.0")
        #expect(
            problem { $0.schedule = .step(every: 0, factor: 1) }
                == "a step schedule has 1 epoch or more between steps; not 0")
    }

    @Test func settingsStoredBeforeSchedulesAreStillRead() throws {
        let old = #"{"epochs":3,"batchSize":32,"learningRate":0.05,"momentum":0.9,"weightDecay":0.0001}"#
        let settings = try JSONDecoder().decode(TrainingSettings.self, from: Data(old.utf8))
        #expect(settings == TrainingSettings(epochs: 3, augmentation: .none))
    }

    @Test func aViewMovesAndMirrors() {
        let x = Tensor<Double>((1...12).map(Double.init), shape: [1, 2, 3, 2])
        #expect(viewed(x, [ImageView(rows: 0, columns: 0, isMirrored: false)]) == x)
        #expect(
            viewed(x, [ImageView(rows: 0, columns: 0, isMirrored: true)]).elements
                == [5, 6, 3, 4, 1, 2, 11, 12, 9, 10, 7, 8])
        #expect(
            viewed(x, [ImageView(rows: 1, columns: -1, isMirrored: false)]).elements
                == [0, 0, 7, 8, 9, 10, 0, 0, 0, 0, 0, 0])
        #expect(viewed(x, [ImageView(rows: -4, columns: 4, isMirrored: true)]).elements.allSatisfy { $0 == 0 })
    }

    @Test func onlyColorImagesAreVaried() {
        var generator = RandomGenerator(seed: 1)
        let (plain, _) = digits.batch(.training, 0..<8, of: Float.self)
        let (varied, _) = digits.trainingBatch(0..<8, augmentation: .colorImages, using: &generator, of: Float.self)
        #expect(plain == varied)
        let colors = DataSet(
            name: "colors", source: "colors", bytes: (0..<20 * 48).map { UInt8($0 % 251) },
            labels: Array(repeating: 0, count: 20), imageShape: ImageShape(height: 4, width: 4, channels: 3),
            classes: 1,
            parts: [.training: Array(0..<10), .validation: Array(10..<15), .test: Array(15..<20)]
        ) { byte, _ in Float(byte) }
        let (images, _) = colors.batch(.training, 0..<8, of: Float.self)
        let (once, _) = colors.trainingBatch(0..<8, augmentation: .colorImages, using: &generator, of: Float.self)
        let (never, _) = colors.trainingBatch(0..<8, augmentation: .none, using: &generator, of: Float.self)
        #expect(never == images && once != images)
        generator = RandomGenerator(seed: 3)
        let views = (0..<1000).map { _ in ImageView.random(using: &generator) }
        #expect(Set(views.map(\.rows)) == Set(-4...4) && Set(views.map(\.columns)) == Set(-4...4))
        #expect(400...600 ~= views.count(where: \.isMirrored))
    }

    @Test func progressIsReportedAfterEveryStep() {
        var lines: [String] = []
        let network = Network<Float>(layers, input: digits.imageShape, classes: 10, seed: 1)
        _ = train(
            network, on: digits, settings: TrainingSettings(epochs: 2, batchSize: 400), seed: 1, shouldStop: { false },
            progress: { lines.append($0.line) })
        #expect(lines.count == 6)
        #expect(lines[0].hasPrefix("epoch 1 of 2  ███░░░░░░░  loss ") && !lines[0].contains("validation"))
        #expect(lines[5].hasPrefix("epoch 2 of 2  ██████████  loss ") && lines[5].contains("validation"))
    }

    @Test func theBestOfTheLastEpochs() {
        let network = Network<Float>(layers, input: digits.imageShape, classes: 10, seed: 1)
        var trained = TrainedNetwork(
            network: network, validationAccuracies: [0.9, 0.5, 0.7, 0.6], losses: [], divergedInEpoch: nil)
        #expect(trained.bestAccuracy(ofLast: 3) == 0.7 && trained.bestAccuracy(ofLast: 5) == 0.9)
        #expect(trained.validationAccuracy == 0.6)
        trained.divergedInEpoch = 4
        #expect(trained.bestAccuracy(ofLast: 3) == 0)
    }

    @Test func whatTheNetworkTakesForWhat() {
        let network = train(
            Network<Float>(layers, input: digits.imageShape, classes: 10, seed: 1), on: digits,
            settings: TrainingSettings(epochs: 2), seed: 1
        ).network
        let table = confusionTable(of: network, on: digits, .test)
        #expect(table.counts.joined().reduce(0, +) == 300)
        #expect(abs(table.accuracy - accuracy(of: network, on: digits, .test)) < 1e-12)
        let rows = digits.labels(.test)
        #expect((0..<10).allSatisfy { label in table.counts[label].reduce(0, +) == rows.count { $0 == label } })
        #expect(ConfusionTable(counts: [[12, 0], [3, 4]]).description == "       0  1\n  0 │ 12  ·\n  1 │  3  4")
    }

    @Test func filtersAreTheKernels() throws {
        let network = Network<Float>(
            [.maxPooling, .convolution(height: 2, width: 3, filters: 2)], input: digits.imageShape, classes: 10, seed: 1
        )
        let filters = try network.filters(ofLayer: 2), w = network.parameters[0].value.elements
        #expect(filters.count == 2 && filters[1].count == 2 && filters[1][0].count == 3)
        #expect(filters[1][1][2] == Double(w[(1 * 3 + 2) * 2 + 1]))
        #expect(throws: InvalidArgument("layer 1 is no convolution; these are: 2")) {
            try network.filters(ofLayer: 1)
        }
    }

    @Test func trainingStopsWhenAsked() {
        let network = Network<Float>(layers, input: digits.imageShape, classes: 10, seed: 1)
        #expect(train(network, on: digits, seed: 1, shouldStop: { true }) == nil)
    }
}
