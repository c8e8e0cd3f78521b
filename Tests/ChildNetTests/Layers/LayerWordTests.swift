import Testing

@testable import ChildNet

@Suite struct LayerWordTests {
    @Test func theWordsOfAllLayers() {
        #expect(
            LayerWord.all.map(\.name) == [
                "filters", "kernel", "height", "width", "stride", "normalization", "pooling", "head", "dropout",
                "dense", "skip",
            ])
        #expect(Set(Layer.kinds.map { $0.name }).count == Layer.kinds.count)
    }

    @Test func namesAreReadAsTheyAreWritten() {
        for word in LayerWord.all {
            let setting: LayerSetting =
                switch word.scope {
                case .network: LayerSetting(word)
                case .convolution: LayerSetting(word, 64)
                case .connection: LayerSetting(word, 3, 12)
                }
            #expect(LayerSetting("\(setting)") == setting)
        }
        #expect(
            "\(LayerSetting(.skip, 1, 3)) \(LayerSetting(.filters, 2)) \(LayerSetting(.head))"
                == "skip 1-3 filters 2 head")
        for name in [
            "", " ", "filters", "filters ", "filters 0", "filters 65", "filters 01", "filters +1", "filters 1 ",
            "filters 1-2", "filters 1 2", "skip 1", "skip 2-1", "skip 1-1", "skip 1-2-3", "skip -1-2", "dense 1",
            "dense ", "Filters 1", "filters \(Int.max)", "filters 99999999999999999999",
        ] {
            #expect(LayerSetting(name) == nil, "\(name)")
        }
    }

    @Test func everyChoiceIsReadAsItIsWritten() {
        let choices: [LayerChoice] = [
            .nothing, .yes, 1, 64, 4096, .rate(0), .rate(0.5), .layer(.maxPooling), .layer(.meanPooling),
            .layer(.meanOverSpace),
        ]
        for word in LayerWord.all {
            let allowed = choices.filter { word.text(of: $0) != nil }
            #expect(!allowed.isEmpty, "\(word)")
            for choice in allowed { #expect(word.choice(word.text(of: choice)!) == choice, "\(word)") }
        }
        #expect(LayerWord.kernel.text(of: 65) == nil && LayerWord.dense.text(of: 65) == "65")
        #expect(LayerWord.dense.expectation == "none or a whole number from 1 to 65536")
    }

    @Test func theNearestName() {
        for (name, nearest) in [
            ("filtres 1", "filters 1"), ("filters 99", "filters 64"), ("kernel 02", "kernel 2"), ("droput", "dropout"),
            ("skip 2-1", "skip 1-2"),
        ] {
            #expect(LayerSetting.nearestName(to: name) == nearest)
        }
        let long = LayerSetting.nearestName(to: String(repeating: "x", count: 1_000_000))
        #expect(LayerSetting(long) != nil)
    }

    @Test func settingsDescribeLayersInAnyOrder() {
        let plan = NetworkPlan([
            LayerSetting(.dense): 32, LayerSetting(.dropout): .rate(0.5), LayerSetting(.head): .layer(.meanOverSpace),
            LayerSetting(.pooling, 1): .layer(.maxPooling), LayerSetting(.normalization): .yes,
            LayerSetting(.kernel, 1): 5, LayerSetting(.filters, 1): 8, LayerSetting(.filters, 2): 16,
            LayerSetting(.width, 2): 7, LayerSetting(.stride, 2): 2, LayerSetting(.skip, 1, 2): .yes,
        ])
        #expect(
            plan.layers == [
                .convolution(height: 5, width: 5, filters: 8, normalized: true), .maxPooling,
                .convolution(height: 3, width: 7, filters: 16, stride: 2, normalized: true), .meanOverSpace,
                .dropout(rate: 0.5), .dense(units: 32),
            ])
        #expect(NetworkPlan([:]).layers.isEmpty)
        #expect(NetworkPlan([LayerSetting(.dropout): .rate(0)]).layers.isEmpty)
    }
}
