import Autodiff
import ChildNet
import Foundation
import Testing
import TextDisplay

@testable import ArchitectureSearch

@Suite struct SpaceTests {
    static let spaces: [SearchSpace] = [
        .smallCNN, .zoph, .zoph(depth: 1), .zoph(depth: 4, strides: true),
        .zoph(depth: 3, strides: true, skipConnections: false), .zoph(depth: 12, skipConnections: false),
    ]

    @Test(arguments: spaces) func everyArchitectureBuildsOrIsRefusedWithAReason(_ space: SearchSpace) {
        var generator = RandomGenerator(seed: 1)
        let inputs = [
            ImageShape(height: 8, width: 8, channels: 1), ImageShape(height: 32, width: 32, channels: 3),
            ImageShape(height: 3, width: 2, channels: 1), ImageShape(height: 1, width: 1, channels: 1),
        ]
        let all = (0..<40).map { _ in space.randomArchitecture(using: &generator) } + space.expertArchitectures
        var refused = 0
        for architecture in all {
            let layers = space.layers(architecture)
            for input in inputs {
                if let problem = Network<Float>.problem(with: layers, input: input, classes: 10) {
                    refused += 1
                    #expect(problem.description.contains("layer"))
                } else if input.height < 10 {
                    let network = Network<Float>(layers, input: input, classes: 10, seed: 1)
                    let images = Tensor<Float>(repeating: 1, shape: [1, input.height, input.width, input.channels])
                    #expect(network.logits(images).shape == [1, 10])
                }
            }
        }
        // Pooling shrinks a map of one pixel to nothing; the paper's space never shrinks a map so far.
        #expect((refused > 0) == (space.name == "smallCNN"))
    }

    @Test func theSmallSpaceIsWhatItWas() {
        let space = SearchSpace.smallCNN
        #expect(space.count == 1728 && space.decisions.count == 7 && space.expertArchitectures.count == 6)
        let layers = space.layers(space.expertArchitectures[1])
        #expect(
            layers == [
                .convolution(height: 3, width: 3, filters: 32), .convolution(height: 3, width: 3, filters: 32),
                .maxPooling, .dense(units: 64),
            ])
    }

    @Test func skipConnectionsAreThoseOfThePaper() throws {
        // Zoph and Le 2017, section 3.3: a layer without an input gets the images; what nothing takes is joined at the end.
        let space = SearchSpace.zoph(depth: 4)
        var choices = Dictionary(uniqueKeysWithValues: space.decisions.map { ($0.name, $0.choices[0]) })
        choices["skip 1-3"] = "yes"
        choices["skip 3-4"] = "yes"
        choices["skip 1-4"] = "yes"
        let layers = space.layers(try space.architecture(space.decisions.map { choices[$0.name]! }))
        let convolution = Layer.convolution(height: 1, width: 1, filters: 24, normalized: true)
        #expect(
            layers == [
                convolution,  // 1
                .concatenation(of: [0]), convolution,  // the second has no input: the images
                .concatenation(of: [1]), convolution,  // the third takes the first
                .concatenation(of: [1, 5]), convolution,  // the fourth takes the first and the third
                .concatenation(of: [3, 7]), .meanOverSpace,  // nothing takes the second
            ])
    }

    @Test func aChainNeedsNoJoins() {
        let space = SearchSpace.zoph(depth: 2, strides: true, skipConnections: false)
        #expect(space.name == "zoph-2-strides-chain" && space.decisions.count == 8)
        #expect(
            space.layers(Architecture([1, 3, 0, 1, 0, 1, 3, 2])) == [
                .convolution(height: 3, width: 7, filters: 24, stride: 2, normalized: true),
                .convolution(height: 1, width: 3, filters: 64, stride: 3, normalized: true), .meanOverSpace,
            ])
    }

    /// A file as other systems write it is the same space, and its mistakes are on the same lines.
    @Test(arguments: ["\n", "\r\n", "\r"]) func linesEndAsTheyLike(_ end: String) throws {
        let lines = [
            "{", "  \"name\": \"mine\",", "  \"decisions\": [{\"name\": \"filters 1\", \"choices\": [4, 8]}]", "}",
        ]
        let space = try SearchSpace(definition: "\u{FEFF}" + lines.joined(separator: end) + end, file: "mine.json")
        #expect(space.name == "mine" && space.decisions.count == 1)
        let wrong = "\u{FEFF}" + (lines.dropLast() + [", \"nothing\": 1", "}"]).joined(separator: end)
        let error = #expect(throws: InvalidArgument.self) { try SearchSpace(definition: wrong, file: "mine.json") }
        #expect(error?.description.hasPrefix("mine.json: line 4: 'nothing' means nothing here") == true)
    }

    @Test func namesStandForSpaces() throws {
        for space in Self.spaces { #expect(try SearchSpace.named(space.name).decisions == space.decisions) }
        for name in ["zoph-0", "zoph-65", "zoph-", "zoph-4-skips", "smallcnn", "", "zoph-4-chain-strides"] {
            #expect(throws: InvalidArgument.self) { try SearchSpace.named(name) }
        }
        let error = #expect(throws: InvalidArgument.self) { try SearchSpace.named("nowhere.json") }
        #expect(error?.description == "nowhere.json: it can't be read: no such file or directory")
    }

    static let good = """
        {
            "name": "tiny",
            "decisions": [
                {"name": "filters 1", "choices": [8, 16]},
                {"name": "height 1",
                 "choices": ["3", 5]},
                {"name": "skip 1-2", "choices": ["no", "yes"]}
            ],
            "fixed": {"filters 2": 4, "pooling 2": "mean", "dropout": 0.25, "head": "flatten"},
            "expert": [{"filters 1": 16, "height 1": 3, "skip 1-2": "yes"}]
        }
        """

    @Test func aFileDescribesASpace() throws {
        let space = try SearchSpace(definition: Self.good, file: "tiny.json")
        #expect(space.name == "tiny" && space.count == 8 && space.definition == Self.good)
        #expect(space.expertArchitectures == [Architecture([1, 0, 1])])
        #expect(
            space.layers(Architecture([0, 1, 0])) == [
                .convolution(height: 5, width: 3, filters: 8), .concatenation(of: [0]),
                .convolution(height: 3, width: 3, filters: 4), .meanPooling, .concatenation(of: [1, 4]),
                .dropout(rate: 0.25),
            ])
    }

    /// What is changed in the good file, and the error that this makes.
    static let mistakes: [(String, String, String)] = [
        (
            "\"filters 1\", \"choices\"", "\"filtres 1\", \"choices\"",
            "line 4: 'filtres 1' is nothing that can be decided: did you mean 'filters 1'?"
        ),
        ("[8, 16]", "[]", "line 4: 'filters 1' has no choices"),
        ("[8, 16]", "[8, 8]", "line 4: 'filters 1' has the choice '8' twice"),
        ("[\"3\", 5]", "[\"3\",\n0]", "line 7: 'height 1': '0' can't be chosen: expected a whole number from 1 to 64"),
        ("\"no\", \"yes\"", "\"no\", \"perhaps\"", "line 7: 'skip 1-2': 'perhaps' can't be chosen: expected no or yes"),
        ("\"skip 1-2\", \"choices\"", "\"filters 1\", \"choices\"", "line 7: 'filters 1' is decided twice"),
        (
            "\"skip 1-2\", \"choices\"", "\"skip 2-1\", \"choices\"",
            "line 7: 'skip 2-1' is nothing that can be decided: did you mean 'skip 1-2'?"
        ),
        ("\"filters 2\": 4", "\"filters 1\": 4", "line 9: 'filters 1' is decided, so that it can't be fixed too"),
        ("\"filters 2\": 4, ", "", "line 7: convolution 2 needs a 'filters 2'"),
        (
            "\"dropout\": 0.25", "\"dropout\": 1",
            "line 9: 'dropout': '1' can't be chosen: expected a number from 0 up to, not including, 1, such as 0.5"
        ),
        (
            "\"dropout\": 0.25", "\"dropout\": \"0.250\"",
            "line 9: 'dropout': '0.250' can't be chosen: expected a number from 0 up to, not including, 1, such as 0.5"
        ),
        ("[8, 16]", "[8, \"08\"]", "line 4: 'filters 1': '08' can't be chosen: expected a whole number from 1 to 4096"),
        (
            "\"filters 1\", \"choices\"", "\"filters 99\", \"choices\"",
            "line 4: 'filters 99' is nothing that can be decided: did you mean 'filters 64'?"
        ),
        (
            "\"dropout\": 0.25", "\"kernel 02\": 3",
            "line 9: 'kernel 02' is nothing that can be decided: did you mean 'kernel 2'?"
        ),
        ("\"dropout\": 0.25", "\"h\\u0065ad\": \"mean\"", "line 9: 'head' is there twice"),
        ("\"name\": \"filters 1\", \"choices\"", "\"name\": \"filters 1\" \"choices\"", "line 4: it is not valid JSON"),
        ("\"yes\"}]", "\"yes\"}],", "line 11: it is not valid JSON"),
        ("[8, 16]", "7", "line 4: expected a list, […], here"),
        ("[8, 16]", "[8, null]", "line 4: expected a text or a number here"),
        (
            "\"dropout\": 0.25", "\"droput\": 1",
            "line 9: 'droput' is nothing that can be decided: did you mean 'dropout'?"
        ),
        ("\"dropout\": 0.25", "\"head\": \"mean\"", "line 9: 'head' is there twice"),
        (
            "\"dropout\": 0.25", "\"kernel 1\": 3",
            "line 5: 'kernel 1' is the height and the width: leave it out, or these"
        ),
        ("\"filters 1\": 16, \"height 1\"", "\"height 1\"", "line 10: the expert does not choose 'filters 1'"),
        (
            "\"filters 1\": 16", "\"filters 1\": 17",
            "line 10: the expert chooses '17' for 'filters 1', which has only 8, 16"
        ),
        (
            "\"fixed\"", "\"fixd\"",
            "line 9: 'fixd' means nothing here: a space has name, decisions, fixed and expert, and each decision has name and "
                + "choices"
        ),
        ("\"name\": \"tiny\",", "", "line 1: 'name' is missing here"),
    ]

    @Test(arguments: mistakes) func mistakesAreNamedWithTheirLine(_ old: String, _ new: String, _ problem: String) {
        let text = Self.good.replacingOccurrences(of: old, with: new)
        #expect(text != Self.good)
        #expect(throws: InvalidArgument("tiny.json: " + problem)) {
            try SearchSpace(definition: text, file: "tiny.json")
        }
    }

    @Test func whatIsNoJSONIsRefused() {
        for text in [
            "", "{", "[]", "{\"name\": \"x\", \"decisions\": []}", "null", "{\"name\": 3, \"decisions\": 4}",
            "\u{0}", String(repeating: "[", count: 100_000), "{\"name\": \"x\",,}",
        ] {
            #expect(throws: InvalidArgument.self, "\(text.prefix(20))") {
                try SearchSpace(definition: text, file: "bad.json")
            }
        }
    }

    @Test func aRunKeepsItsSpace() throws {
        let space = try SearchSpace(definition: Self.good, file: "tiny.json")
        let configuration = SearchConfiguration(space: space, children: 1)
        let stored = try JSONDecoder().decode(
            SearchConfiguration.self, from: JSONEncoder().encode(configuration))
        #expect(stored == configuration)
        #expect(try stored.searchSpace().decisions == space.decisions)
    }

    @Test func aSpaceWithoutAnExpertHasNoExpertSearch() throws {
        let space = try SearchSpace(name: "mine", decisions: [Decision("filters 1", ["1", "2"])])
        #expect(throws: InvalidArgument("the space 'mine' does not say what an expert would try")) {
            try Search(SearchConfiguration(space: space, strategy: .expert), data: digits, space: space)
        }
        #expect(throws: InvalidArgument("'filters 1' has the choice '2' twice")) {
            try SearchSpace(name: "mine", decisions: [Decision("filters 1", ["2", "2"])])
        }
    }

    @Test func refusedChildrenSayWhy() throws {
        let space = try SearchSpace(
            name: "deep", decisions: [Decision("filters 4", ["1"])],
            fixed: ["filters 1": "1", "filters 2": "1", "filters 3": "1"].merging(
                Dictionary(uniqueKeysWithValues: (1...4).map { ("pooling \($0)", "max") })
            ) { $1 })
        let result = try #require(
            try Search(SearchConfiguration(space: space, children: 1), data: digits, space: space).run())
        #expect(result.best.result.outcome == .refused && result.test == 0)
        #expect(result.best.result.reason == "layer 8 (max pool 2×2): a map of 1×1 is too small")
    }

    @Test func thePapersRewardIsCubed() throws {
        var configuration = SearchConfiguration(
            children: 2, training: TrainingSettings(epochs: 2), reward: .cubed, seed: 3)
        let cubed = try #require(try Search(configuration, data: digits, space: .smallCNN).run())
        configuration.reward = .accuracy
        let plain = try #require(try Search(configuration, data: digits, space: .smallCNN).run())
        for (a, b) in zip(cubed.children, plain.children) {
            #expect(a.architecture == b.architecture && a.result.validation == b.result.validation)
            // The best of the epochs is at least the last.
            #expect(a.reward >= b.reward * b.reward * b.reward && a.reward < 1)
            #expect(b.reward == b.result.validation)
        }
    }
}
