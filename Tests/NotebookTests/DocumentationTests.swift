import NotebookPrelude
import Testing

@testable import Notebook

@Suite struct DocumentationTests {
    let documentation = Documentation(folders: documentedFolders)

    @Test func showsTheCommentAndTheSignatureOfAFunction() throws {
        let entry = try #require(try documentation.entries(for: "expectedReturn").first)
        #expect(entry.name == "expectedReturn(_:in:)")
        #expect(entry.signature.hasPrefix("public func expectedReturn<State>("))
        #expect(entry.comment.hasPrefix("The expected return J(θ) = E[r(τ)], exactly"))
        #expect(entry.source.contains("expectation(π, in: world)"))
        #expect(entry.place.hasPrefix("Sources/PolicyGradient/Exact/Enumeration.swift:"))
    }

    @Test(arguments: [
        "rollouts", "GridWorld", "Tensor.sum", "digits", "search", "∇", "SoftmaxPolicy.probabilities", "return",
    ])
    func findsWhatCellsUse(_ name: String) throws {
        let found = try documentation.entries(for: name)
        #expect(!found.isEmpty)
    }

    @Test func suggestsTheNearestName() throws {
        let name = try documentation.nearestName(to: "rolout")
        #expect(name == "rollout(_:in:seed:)")
    }

    /// Every name that a cell can use has a comment to show.
    @Test func everyBoundNameIsDocumented() throws {
        let swiftsOwn = Set(Library().names)
        let names = Set(
            Library.prelude.names.filter { !swiftsOwn.contains($0) }.map { String($0.prefix { $0 != "(" }) })
        #expect(names.count > 30)
        var missing: [String] = []
        for name in names where try documentation.entries(for: name).allSatisfy({ $0.comment.isEmpty }) {
            missing.append(name)
        }
        #expect(missing.isEmpty, "undocumented: \(missing)")
    }
}

@Suite struct CompletionTests {
    @Test func completesVariablesFunctionsAndMembers() {
        let session = Session(library: .prelude, print: { _ in })
        session.run("let trajectory = rollout(SoftmaxPolicy(for: Bandit([0.5]), seed: 1), in: Bandit([0.5]), seed: 1)")
        #expect(session.completions(for: "traj") == ["trajectory", "trajectoryCount(in:)"])
        #expect(
            session.completions(for: "trajectory.re") == ["return", "rewards", "rewardsToGo", "rewardsToGo(discount:)"])
        #expect(session.completions(for: "rollo") == ["rollout(_:in:seed:)", "rollout(_:in:using:)", "rollouts(_:in:count:seed:)"])
        #expect(session.completions(for: "SearchSpace.sm") == ["smallCNN"])
    }

    @Test func entersUnicode() {
        #expect(UnicodeEntry.replacement(atEndOf: "let \\pi")! == (3, "π"))
        #expect(UnicodeEntry.replacement(atEndOf: "a\\_1")! == (3, "₁"))
        #expect(UnicodeEntry.replacement(atEndOf: "\\nothing") == nil)
        #expect(UnicodeEntry.completions(atEndOf: "\\nab") == ["nabla"])
    }
}
