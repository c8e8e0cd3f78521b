import Autodiff
import Foundation
import Testing

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
        let file = try #require(Bundle.module(forDigits: ()))
        let data = [UInt8](try Data(contentsOf: file))
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

    @Test func trainingStopsWhenAsked() {
        let network = Network<Float>(layers, input: digits.imageShape, classes: 10, seed: 1)
        #expect(train(network, on: digits, seed: 1, shouldStop: { true }) == nil)
    }
}

extension Bundle {
    /// The package's own copy of the digits, beside these tests' sources.
    static func module(forDigits: Void) -> URL? {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
            .appendingPathComponent("Sources/ChildNet/Resources/digits.csv.gz")
    }
}
