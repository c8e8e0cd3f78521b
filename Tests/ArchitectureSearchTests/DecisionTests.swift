import ChildNet
import Testing
import TextDisplay

@testable import ArchitectureSearch

@Suite struct DecisionTests {
    /// As a file describes it and as the library does, it is the same.
    @Test func textsAndValuesAreTheSame() {
        #expect(Decision("height 2", ["1", "3"]) == Decision(LayerSetting(.height, 2), [1, 3]))
        #expect(Decision("skip 1-2", ["no", "yes"]) == Decision(LayerSetting(.skip, 1, 2), [.nothing, .yes]))
        #expect(
            Decision("pooling 1", ["none", "max", "mean"])
                == Decision(LayerSetting(.pooling, 1), [.nothing, .layer(.maxPooling), .layer(.meanPooling)]))
        #expect(Decision("dense", ["none", "32"]) == Decision(LayerSetting(.dense), [.nothing, 32]))
        for space in [SearchSpace.smallCNN, .zoph(depth: 3, strides: true)] {
            for decision in space.decisions { #expect(Decision(decision.name, decision.choices) == decision) }
        }
    }

    @Test func theWordsOfTheSpacesAreWhatTheyWere() {
        #expect(
            SearchSpace.smallCNN.description == """
                smallCNN: 1728 architectures
                  kernel 1: 1, 3, 5
                  filters 1: 8, 16, 24, 32
                  pooling 1: none, max
                  kernel 2: 1, 3, 5
                  filters 2: 8, 16, 24, 32
                  pooling 2: none, max
                  dense: none, 32, 64
                """)
        let space = SearchSpace.zoph(depth: 2, strides: true)
        #expect(
            space.decisions.map(\.description) == [
                "height 1: 1, 3, 5, 7", "width 1: 1, 3, 5, 7", "filters 1: 24, 36, 48, 64", "stride 1: 1, 2, 3",
                "height 2: 1, 3, 5, 7", "width 2: 1, 3, 5, 7", "filters 2: 24, 36, 48, 64", "stride 2: 1, 2, 3",
                "skip 1-2: no, yes",
            ])
        #expect(
            space.expertArchitectures.map(space.choices)[1] == ["3", "3", "64", "1", "3", "3", "64", "1", "yes"])
        #expect(
            SearchSpace.smallCNN.choices(SearchSpace.smallCNN.expertArchitectures[0])
                == ["3", "16", "max", "3", "32", "max", "none"])
    }

    /// A name that no layer knows means something to the space that has it.
    @Test func aSpaceMayHaveItsOwnDecisions() throws {
        let space = SearchSpace(
            name: "widths", decisions: [Decision("units", ["8", "a lot"])], expertChoices: [["a lot"]]
        ) { choices in [.dense(units: choices == ["8"] ? 8 : 1000)] }
        #expect(space.expertArchitectures == [Architecture([1])] && space.choices(Architecture([1])) == ["a lot"])
        #expect(space.layers(Architecture([1])) == [.dense(units: 1000)])
        #expect(throws: InvalidArgument("'units' is nothing that can be decided: did you mean 'dense'?")) {
            try SearchSpace(name: "widths", decisions: space.decisions)
        }
    }

    @Test func whatIsNoSpaceHasItsReason() {
        func problem(_ decisions: [Decision], _ expert: [[String]]) -> String? {
            SearchSpace.problem(with: "mine", decisions: decisions, expertChoices: expert)?.description
        }
        let decision = Decision("a", ["0", "1"])
        #expect(problem([decision], [["0"], ["1"]]) == nil && problem([decision], []) == nil)
        #expect(problem([], []) == "the space 'mine' has nothing to decide")
        for wrong in [[], ["2"], ["0", "1"]] {
            #expect(
                problem([decision], [["0"], wrong]) == "the space 'mine' does not hold its expert's choices \(wrong)")
        }
    }

    @Test(arguments: [
        [], [0], [3, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, -1], Array(repeating: 0, count: 8), [Int.max],
    ])
    func tokensOfNoArchitectureHaveTheirReason(_ tokens: [Int]) {
        #expect(
            SearchSpace.smallCNN.problem(with: Architecture(tokens))?.description
                == "the space 'smallCNN' has no architecture of tokens \(tokens)")
    }

    @Test func mistakesOfTheProgrammerStopIt() async {
        await #expect(processExitsWith: .failure) { _ = SearchSpace.zoph(depth: 0) }
        await #expect(processExitsWith: .failure) { _ = SearchSpace.smallCNN.layers(Architecture([])) }
        await #expect(processExitsWith: .failure) { _ = Decision("filters 1", []) }
    }
}
