import Autodiff
import ChildNet
import TextDisplay

extension SearchSpace {
    /// A space described by the names of its decisions.
    ///
    /// `filters N` makes the N-th convolution; `kernel N` (or `height N` and `width N`), `stride N`, `pooling N` (none, max,
    /// mean) describe it; `skip J-N` (no, yes) says whether the output of the J-th is an input of the N-th, and
    /// `normalization` (none, batch), `head` (flatten, mean), `dropout` and `dense` are about the network as a whole.
    ///
    ///     try SearchSpace(
    ///         name: "tiny", decisions: [Decision("filters 1", ["8", "16"]), Decision("kernel 1", ["3", "5"])])
    ///
    /// - Parameters:
    ///   - fixed: what is the same in every network, by the same names.
    ///   - expert: what a person would try by hand, in the order in which they would: a choice for each decision.
    /// - Throws: ``InvalidArgument`` for an unknown name, a choice that a decision can't have, an empty list or a duplicate.
    public init(
        name: String, decisions: [Decision], fixed: [String: String] = [:], expert: [[String: String]] = []
    ) throws(InvalidArgument) {
        do {
            try self.init(describing: name, decisions, fixed, expert)
        } catch {
            throw InvalidArgument(error.reason)
        }
    }

    init(
        describing name: String, _ decisions: [Decision], _ fixed: [String: String], _ expert: [[String: String]]
    ) throws(SpaceProblem) {
        if decisions.isEmpty { throw SpaceProblem(place: .decisions, reason: "there is nothing to decide") }
        var kinds: [DecisionKind] = []
        for (i, decision) in decisions.enumerated() {
            let kind = try Self.kind(decision.name, at: .decision(i))
            if kinds.contains(kind) {
                throw SpaceProblem(place: .decision(i), reason: "'\(decision.name)' is decided twice")
            }
            kinds.append(kind)
            if decision.choices.isEmpty {
                throw SpaceProblem(place: .decision(i), reason: "'\(decision.name)' has no choices")
            }
            var seen: Set<String> = []
            for (j, choice) in decision.choices.enumerated() {
                if !seen.insert(choice).inserted {
                    throw SpaceProblem(
                        place: .choice(decision: i, j), reason: "'\(decision.name)' has the choice '\(choice)' twice")
                }
                if let problem = kind.problem(with: choice) {
                    throw SpaceProblem(place: .choice(decision: i, j), reason: "'\(decision.name)': \(problem)")
                }
            }
        }
        var given: [DecisionKind: String] = [:]
        for (name, choice) in fixed.sorted(by: { $0.key < $1.key }) {
            let kind = try Self.kind(name, at: .fixed(name))
            if kinds.contains(kind) {
                throw SpaceProblem(place: .fixed(name), reason: "'\(name)' is decided, so that it can't be fixed too")
            }
            if let problem = kind.problem(with: choice) {
                throw SpaceProblem(place: .fixed(name), reason: "'\(name)': \(problem)")
            }
            given[kind] = choice
        }
        try Self.checkLayers(kinds, fixed: given, fixed.keys.sorted())
        let expertChoices = try expert.enumerated().map { i, choices throws(SpaceProblem) in
            try Self.expertChoices(choices, decisions, at: .expert(i))
        }
        let constants = given, decided = kinds
        self.init(name: name, decisions: decisions, expertChoices: expertChoices) { choices in
            NetworkChoices(choices: constants.merging(zip(decided, choices)) { $1 }).layers
        }
    }

    private static func kind(_ name: String, at place: SpaceProblem.Place) throws(SpaceProblem) -> DecisionKind {
        if let kind = DecisionKind(name) { return kind }
        throw SpaceProblem(
            place: place,
            reason: "'\(name)' is nothing that can be decided" + didYouMean(DecisionKind.nearestName(to: name)))
    }

    /// Whatever describes a convolution needs that there is one, and a kernel is square or it is not.
    private static func checkLayers(
        _ kinds: [DecisionKind], fixed: [DecisionKind: String], _ fixedNames: [String]
    ) throws(SpaceProblem) {
        let all = Set(kinds).union(fixed.keys)
        func place(of kind: DecisionKind) -> SpaceProblem.Place {
            kinds.firstIndex(of: kind).map { .decision($0) }
                ?? fixedNames.first { DecisionKind($0) == kind }.map { .fixed($0) } ?? .decisions
        }
        func require(_ layer: Int, for kind: DecisionKind) throws(SpaceProblem) {
            guard layer > 0, !all.contains(.filters(layer)) else { return }
            throw SpaceProblem(place: place(of: kind), reason: "convolution \(layer) needs a 'filters \(layer)'")
        }
        for kind in kinds + fixed.keys.sorted(by: { "\($0)" < "\($1)" }) {
            switch kind {
            case .filters(let layer): try require(layer - 1, for: kind)
            case .height(let layer), .width(let layer):
                try require(layer, for: kind)
                if all.contains(.kernel(layer)) {
                    throw SpaceProblem(
                        place: place(of: kind),
                        reason: "'kernel \(layer)' is the height and the width: leave it out, or these")
                }
            case .kernel(let layer), .stride(let layer), .pooling(let layer), .skip(_, let layer):
                try require(layer, for: kind)
            case .normalization, .head, .dropout, .dense: break
            }
        }
    }

    private static func expertChoices(
        _ choices: [String: String], _ decisions: [Decision], at place: SpaceProblem.Place
    ) throws(SpaceProblem) -> [String] {
        if let unknown = choices.keys.sorted().first(where: { name in !decisions.contains { $0.name == name } }) {
            throw SpaceProblem(place: place, reason: "the expert chooses '\(unknown)', which is not decided")
        }
        return try decisions.map { decision throws(SpaceProblem) in
            guard let choice = choices[decision.name] else {
                throw SpaceProblem(place: place, reason: "the expert does not choose '\(decision.name)'")
            }
            guard decision.choices.contains(choice) else {
                throw SpaceProblem(
                    place: place,
                    reason: "the expert chooses '\(choice)' for '\(decision.name)', which has only "
                        + decision.choices.joined(separator: ", "))
            }
            return choice
        }
    }
}

/// Why a description of a space makes no sense, and where in it.
struct SpaceProblem: Error {
    enum Place {
        case decisions
        case decision(Int)
        case choice(decision: Int, Int)
        case fixed(String)
        case expert(Int)
    }
    let place: Place
    let reason: String
}
