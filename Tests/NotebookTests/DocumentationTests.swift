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
        #expect(found.first?.access == .public)
    }

    static let surfaceAndBelow: [(name: String, fullName: String, kind: Documentation.Kind)] = [
        ("convolutionForward", "convolutionForward(_:_:_:_:rectified:whenWritten:)", .func),
        ("ConvolutionTile", "ConvolutionTile", .struct), ("World.horizon", "World.horizon", .var),
        ("GridWorld.neighbor", "GridWorld.neighbor(of:towards:)", .func),
        ("World.State", "World.State", .associatedtype),
        ("GradientReport.Cause.kink", "GradientReport.Cause.kink", .case),
        ("Cause.kink", "GradientReport.Cause.kink", .case),
        ("GradientReport.Cause", "GradientReport.Cause", .enum),
        ("Tensor.subscript", "Tensor.subscript(_:)", .subscript),
        ("+", "Tensor.+(_:_:)", .func), ("Gradient.+", "Gradient.+(_:_:)", .func), ("∇", "∇(_:)", .func),
        ("Trajectory.return", "Trajectory.return", .var), ("Trajectory.`return`", "Trajectory.return", .var),
        ("SoftmaxPolicy.init", "SoftmaxPolicy(for:seed:)", .`init`), ("GridWorld", "GridWorld", .struct),
        ("SoftmaxPolicy(logits:)", "SoftmaxPolicy(logits:)", .`init`), ("ChildNet.digits", "digits", .let),
        ("PolicyGradient.GridWorld.slip", "GridWorld.slip", .let),
        ("rollout(_:in:using:)", "rollout(_:in:using:)", .func),
        // Labels of arguments that have values of their own may be missing; a whole call is its labels.
        ("GridWorld(rows:columns:horizon:)", "GridWorld(rows:columns:horizon:slip:)", .`init`),
        ("rollout(π, in: world, seed: 7)", "rollout(_:in:seed:)", .func),
        ("rollout(wrong:)", "rollout(_:in:seed:)", .func),
        // A member that a type has from a protocol.
        ("GridWorld.logProbability(of:)", "World.logProbability(of:)", .func), ("τ.return", "Trajectory.return", .var),
    ]

    @Test(arguments: surfaceAndBelow)
    func findsTheSurfaceAndWhatIsBelow(_ name: String, _ fullName: String, _ kind: Documentation.Kind) throws {
        let first = try #require(try documentation.entries(for: name).first)
        #expect(first.name == fullName)
        #expect(first.kind == kind)
    }

    @Test func whatIsPublicComesFirst() throws {
        let found = try documentation.entries(for: "rollout")
        #expect(
            found.map(\.name) == ["rollout(_:in:seed:)", "rollout(_:in:using:)", "rollout(_:in:using:known:)"])
        #expect(found.map(\.access) == [.public, .public, .private])
    }

    @Test func aVariableHidesWhatStandsAlone() throws {
        #expect(try documentation.nameHidden(by: "rollout") == "rollout(_:in:seed:)")
        #expect(try documentation.nameHidden(by: "digits") == "ChildNet.digits")
        // A member is asked for behind a dot, and hidden by nothing.
        #expect(try documentation.nameHidden(by: "horizon") == nil)
        #expect(try documentation.nameHidden(by: "rolout") == nil)
    }

    @Test func aTypeThatHasNoSuchMemberShowsNoOthers() throws {
        #expect(try documentation.entries(for: "GridWorld.sum").isEmpty)
        #expect(try documentation.entries(for: "Array.count").isEmpty)
        #expect(try documentation.entries(for: "nothingOfThatName").isEmpty)
        #expect(try documentation.entries(for: "").isEmpty)
        #expect(try documentation.entries(for: ".").isEmpty)
        #expect(try documentation.entries(for: "(").isEmpty)
    }

    static let misspelled = [
        ("rolout", "rollout(_:in:seed:)"), ("convolutionForwrd", "convolutionForward(_:_:_:_:rectified:whenWritten:)"),
        ("Trajectory.retrun", "Trajectory.return"), ("GridWrld", "GridWorld"), ("horizn", "World.horizon"),
    ]

    @Test(arguments: misspelled) func suggestsTheNearestName(_ wrong: String, _ right: String) throws {
        let name = try documentation.nearestName(to: wrong)
        // Types have a `horizon` each: any of them is right.
        #expect(name == right || name?.hasSuffix(".horizon") == true && right.hasSuffix(".horizon"))
    }

    @Test func stopsWhenItIsTold() {
        let raised = StopSignal { true }
        for body in [
            { _ = try documentation.entries(for: "rollout", stop: raised) },
            { _ = try documentation.nearestName(to: "rolout", stop: raised) },
            { _ = try documentation.nameHidden(by: "rolout", stop: raised) },
        ] {
            let error = #expect(throws: CellError.self) { try body() }
            #expect(error?.message == "interrupted")
        }
    }

    @Test func aMemberWithoutACommentShowsThatOfTheRequirementItFulfills() throws {
        let horizon = try #require(try documentation.entries(for: "Bandit.horizon").first)
        #expect(horizon.comment == "The largest number of actions in an episode.")
        #expect(horizon.commentOrigin == "World")
        #expect(horizon.signature == "public var horizon: Int")
        let description = try #require(try documentation.entries(for: "ChainWorld.description").first)
        #expect(description.commentOrigin == "CustomStringConvertible")
        let own = try #require(try documentation.entries(for: "GridWorld.features").first)
        #expect(own.comment == "1, and the row and the column as numbers from 0 to 1.")
        #expect(own.commentOrigin == nil)
    }

    /// Each declaration is found by the name that the library lists it under, each public one has a comment to show, and each
    /// name that a page says it calls, or that its comment links to, leads to a page.
    @Test func everyDeclarationIsFoundAndEveryPublicOneHasAComment() throws {
        let names = try documentation.allNames()
        #expect(names.count > 1000)
        var lost: [String] = [], silent: [String] = [], nowhere: [String] = [], callCount = 0
        var known = Set(names)
        for name in names {
            let pages = try documentation.entries(for: name).filter { $0.name == name }
            if pages.isEmpty { lost.append(name) }
            for page in pages {
                if page.access >= .public && page.comment.isEmpty { silent.append("\(name), \(page.place)") }
                callCount += page.calls.count
                for link in page.comment.matches(of: /``([^`]+)``/).map({ String($0.1).replacing("/", with: ".") }) {
                    // A link may leave out the type that it stands in.
                    let owner =
                        page.kind.isType
                        ? page.name
                        : page.name.prefix { $0 != "(" }.split(separator: ".").first
                            .map(String.init) ?? ""
                    let isFound =
                        try !documentation.entries(for: link).isEmpty
                        || !documentation.entries(for: owner + "." + link).isEmpty
                    if !isFound { nowhere.append("\(link), from \(name)") }
                }
                for called in page.calls where known.insert(called).inserted {
                    if try documentation.entries(for: called).isEmpty { nowhere.append("\(called), from \(name)") }
                }
            }
        }
        #expect(callCount > names.count)
        #expect(lost.isEmpty, "not found: \(lost)")
        #expect(silent.isEmpty, "public without a comment: \(silent)")
        #expect(nowhere.isEmpty, "called but not found: \(nowhere)")
    }

    /// Every name that a cell can use, members included, has a comment to show.
    @Test func everyBoundNameIsDocumented() throws {
        let swiftsOwn = Library(), library = Library.prelude
        // Swift's own numbers, which the notebook knows for the library's sake.
        let numbers = ["Float", "ClosedRange"]
        let names = Set(library.names).subtracting(swiftsOwn.names).filter { name in
            !numbers.contains(String(name.prefix { $0 != "(" }))
        }
        #expect(names.count > 30)
        // The library of bindings knows a type by its own name, or by that with the types around it.
        let types = Set(try documentation.allNames().filter { !$0.contains("(") } + library.names + ["Array"])
        let owners = types.union(types.compactMap { $0.split(separator: ".").last.map(String.init) })
        let members = owners.subtracting(numbers).flatMap { owner in
            Set(library.memberNames(of: owner)).subtracting(swiftsOwn.memberNames(of: owner)).map { "\(owner).\($0)" }
        }
        #expect(members.count > 100)
        var missing: [String] = []
        for name in names.union(members).sorted()
        where try documentation.entries(for: name).allSatisfy({ $0.comment.isEmpty }) {
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
            session.completions(for: "trajectory.re") == [
                "return", "rewarded(_:)", "rewards", "rewardsToGo", "rewardsToGo(discount:)",
            ])
        #expect(
            session.completions(for: "rollo") == [
                "rollout(_:in:seed:)", "rollout(_:in:using:)", "rollouts(_:in:count:seed:)",
            ])
        #expect(session.completions(for: "SearchSpace.sm") == ["smallCNN"])
    }

    @Test func entersUnicode() {
        #expect(UnicodeEntry.replacement(atEndOf: "let \\pi")! == (3, "π"))
        #expect(UnicodeEntry.replacement(atEndOf: "a\\_1")! == (3, "₁"))
        #expect(UnicodeEntry.replacement(atEndOf: "\\nothing") == nil)
        #expect(UnicodeEntry.completions(atEndOf: "\\nab") == ["nabla"])
    }
}
