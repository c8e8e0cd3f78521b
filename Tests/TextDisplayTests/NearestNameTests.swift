import Testing
import TextDisplay

@Suite struct NearestNameTests {
    @Test func theNearestIsSuggestedAndOfSeveralThePreferredOne() {
        #expect(
            nearest(to: "rolout", among: ["rollout(_:in:seed:)", "rollouts(_:in:count:seed:)"]) == "rollout(_:in:seed:)"
        )
        #expect(nearest(to: "sun", among: ["sum", "run", "sub"]) == "run")
        #expect(nearest(to: "sun", among: ["sum", "run", "sub"]) { $0 == "sum" } == "sum")
        // What is nearer comes before what is preferred.
        #expect(nearest(to: "gradient", among: ["gradients", "gradiens"]) { $0 == "nothing" } == "gradiens")
        #expect(nearest(to: "rolout", among: ["rollout", "layout"]) { $0 == "layout" } == "rollout")
        #expect(nearest(to: "xyz", among: ["sum", "run"]) == nil)
    }
}
