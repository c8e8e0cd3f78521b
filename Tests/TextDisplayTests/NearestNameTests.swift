import Testing
import TextDisplay

@Suite struct NearestNameTests {
    static let names = ["rollout(_:in:seed:)", "rollouts(_:in:count:seed:)", "mean(_:_:)", "π", "GridWorld"]

    @Test(arguments: [
        ("rolout", "rollout(_:in:seed:)"), ("rolluots", "rollouts(_:in:count:seed:)"), ("gridworld", "GridWorld"),
        ("men", "mean(_:_:)"), ("ρ", "π"),
    ]) func aSlipIsNear(_ name: String, _ nearest: String) {
        #expect(TextDisplay.nearest(to: name, among: Self.names) == nearest)
        #expect(didYouMean(TextDisplay.nearest(to: name, among: Self.names)) == ": did you mean '\(nearest)'?")
    }

    @Test(arguments: ["search", "", "gradient"]) func anotherNameIsNot(_ name: String) {
        #expect(TextDisplay.nearest(to: name, among: Self.names.filter { $0 != "π" }) == nil)
        #expect(didYouMean(nil) == "")
    }

    @Test func theNearestIsSuggestedAndOfSeveralThePreferredOne() {
        #expect(
            TextDisplay.nearest(to: "rolout", among: ["rollout(_:in:seed:)", "rollouts(_:in:count:seed:)"])
                == "rollout(_:in:seed:)"
        )
        #expect(TextDisplay.nearest(to: "sun", among: ["sum", "run", "sub"]) == "run")
        #expect(TextDisplay.nearest(to: "sun", among: ["sum", "run", "sub"]) { $0 == "sum" } == "sum")
        // What is nearer comes before what is preferred.
        #expect(
            TextDisplay.nearest(to: "gradient", among: ["gradients", "gradiens"]) { $0 == "nothing" } == "gradiens")
        #expect(TextDisplay.nearest(to: "rolout", among: ["rollout", "layout"]) { $0 == "layout" } == "rollout")
        #expect(TextDisplay.nearest(to: "xyz", among: ["sum", "run"]) == nil)
    }
}
