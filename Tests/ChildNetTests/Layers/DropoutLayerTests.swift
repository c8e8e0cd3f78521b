import Autodiff
import TestSupport
import Testing

@testable import ChildNet

@Suite struct DropoutLayerTests {
    @Test func onlyTheRateCanBeWrong() throws {
        #expect("\(try summary([.dropout(rate: 0.25)]))".hasPrefix("dropout 0.25: 8×8×1 → 8×8×1"))
        for rate in [1, -0.1, Double.nan, .infinity] {
            #expect(
                problem([.dropout(rate: rate)])
                    == "layer 1 (dropout \(rate)): the rate is at least 0 and less than 1, not \(rate)")
        }
    }

    @Test func nothingIsDroppedWhereTheNetworkIsUsed() {
        var network = Network<Double>(
            [.dropout(rate: 0.5)], input: ImageShape(height: 4, width: 4, channels: 2), classes: 3, seed: 1)
        let images: Tensor<Double> = random([2, 4, 4, 2], seed: 1)
        let plain = Network<Double>([], input: network.input, classes: 3, seed: 1)
        #expect(network.logits(images) == plain.logits(images))
        var generator = RandomGenerator(seed: 1), other = generator
        #expect(network.trainingLogits(images, using: &generator) != plain.logits(images))
        // One number is drawn for each of the image's.
        for _ in 0..<images.count { _ = other.uniform() }
        #expect(generator.uniform() == other.uniform())
    }

    @Test func aRateHasItsSpellings() {
        let word = LayerWord.dropout
        #expect(word.choice("0.25") == .rate(0.25) && word.choice("0") == .rate(0) && word.choice("0.0") == .rate(0))
        for text in ["0.250", "1", "-1", ".5", "nan", "", "half"] { #expect(word.choice(text) == nil, "\(text)") }
        #expect(word.text(of: .rate(0.25)) == "0.25" && word.text(of: .rate(1)) == nil && word.text(of: .yes) == nil)
    }
}
