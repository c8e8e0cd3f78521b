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

    /// - Parameters:
    ///   - decisions: as they were written.
    ///   - fixed: texts by the names of settings.
    ///   - expert: the same, for each architecture.
    init(
        describing name: String, _ decisions: [Decision], _ fixed: [String: String], _ expert: [[String: String]]
    ) throws(SpaceProblem) {
        if decisions.isEmpty { throw SpaceProblem(place: .decisions, reason: "there is nothing to decide") }
        var decided: [LayerSetting] = []
        for (i, decision) in decisions.enumerated() {
            decided.append(try Self.setting(of: decision, i, after: decided))
        }
        let constants = try Self.constants(fixed, besides: decided)
        try Self.checkLayers(decided, fixed: constants)
        let architectures = try expert.enumerated().map { i, choices throws(SpaceProblem) in
            try Self.expertArchitecture(choices, decisions, at: .expert(i))
        }
        self.init(name: name, decided, decisions, fixed: constants, expert: architectures)
    }

    /// A space whose decisions are about those settings.
    private init(
        name: String, _ decided: [LayerSetting], _ decisions: [Decision], fixed: [LayerSetting: LayerChoice],
        expert: [Architecture]
    ) {
        self.init(name: name, decisions: decisions, expert: expert) { options in
            NetworkPlan(fixed.merging(zip(decided, options.map { $0.choice! })) { $1 }).layers
        }
    }

    /// A space of this library's own.
    ///
    /// - Parameter expert: for each architecture a choice for each decision.
    static func described(
        _ name: String, _ decisions: [Decision], fixed: [LayerSetting: LayerChoice] = [:], expert: [[LayerChoice]]
    ) -> SearchSpace {
        let decided = decisions.map { $0.setting! }
        do {
            try checkLayers(decided, fixed: fixed)
        } catch {
            preconditionFailure("the space '\(name)': \(error.reason)")
        }
        return SearchSpace(
            name: name, decided, decisions, fixed: fixed,
            expert: expert.map { Architecture(zip(decisions, $0).map { $0.token($1)! }) })
    }

    /// What a decision is about, where each of its choices may be chosen.
    private static func setting(
        of decision: Decision, _ i: Int, after decided: [LayerSetting]
    ) throws(SpaceProblem) -> LayerSetting {
        guard let setting = decision.setting else { throw unknown(decision.name, at: .decision(i)) }
        if decided.contains(setting) {
            throw SpaceProblem(place: .decision(i), reason: "'\(setting)' is decided twice")
        }
        if decision.options.isEmpty { throw SpaceProblem(place: .decision(i), reason: "'\(setting)' has no choices") }
        var seen: Set<String> = []
        for (j, option) in decision.options.enumerated() {
            let place = SpaceProblem.Place.choice(decision: i, j)
            if !seen.insert(option.text).inserted {
                throw SpaceProblem(place: place, reason: "'\(setting)' has the choice '\(option.text)' twice")
            }
            if option.choice == nil { throw refused(option.text, setting, at: place) }
        }
        return setting
    }

    /// What is the same in every network.
    private static func constants(
        _ fixed: [String: String], besides decided: [LayerSetting]
    ) throws(SpaceProblem) -> [LayerSetting: LayerChoice] {
        var constants: [LayerSetting: LayerChoice] = [:]
        for (name, text) in fixed.sorted(by: { $0.key < $1.key }) {
            guard let setting = LayerSetting(name) else { throw unknown(name, at: .fixed(name)) }
            if decided.contains(setting) {
                throw SpaceProblem(place: .fixed(name), reason: "'\(name)' is decided, so that it can't be fixed too")
            }
            guard let choice = setting.word.choice(text) else { throw refused(text, setting, at: .fixed(name)) }
            constants[setting] = choice
        }
        return constants
    }

    private static func unknown(_ name: String, at place: SpaceProblem.Place) -> SpaceProblem {
        SpaceProblem(
            place: place,
            reason: "'\(name)' is nothing that can be decided" + didYouMean(LayerSetting.nearestName(to: name)))
    }

    private static func refused(
        _ text: String, _ setting: LayerSetting, at place: SpaceProblem.Place
    ) -> SpaceProblem {
        SpaceProblem(
            place: place, reason: "'\(setting)': '\(text)' can't be chosen: expected \(setting.word.expectation)")
    }

    /// Whatever describes a convolution needs that there is one, and a kernel is square or it is not.
    private static func checkLayers(
        _ decided: [LayerSetting], fixed: [LayerSetting: LayerChoice]
    ) throws(SpaceProblem) {
        let all = Set(decided).union(fixed.keys)
        for setting in decided + fixed.keys.sorted(by: { "\($0)" < "\($1)" }) {
            func problem(_ reason: String) -> SpaceProblem {
                let place = decided.firstIndex(of: setting).map { SpaceProblem.Place.decision($0) }
                return SpaceProblem(place: place ?? .fixed("\(setting)"), reason: reason)
            }
            guard let last = setting.numbers.last else { continue }
            // Filters make a convolution, behind the one before; everything else describes one that is there.
            let needed = setting.word == .filters ? last - 1 : last
            if needed > 0, !all.contains(LayerSetting(.filters, needed)) {
                throw problem("convolution \(needed) needs a '\(LayerSetting(.filters, needed))'")
            }
            if let conflict = setting.word.conflict,
                let other = all.first(where: { $0.word.name == conflict.word && $0.numbers == setting.numbers })
            {
                throw problem("'\(other)' \(conflict.reason)")
            }
        }
    }

    private static func expertArchitecture(
        _ choices: [String: String], _ decisions: [Decision], at place: SpaceProblem.Place
    ) throws(SpaceProblem) -> Architecture {
        if let unknown = choices.keys.sorted().first(where: { name in !decisions.contains { $0.name == name } }) {
            throw SpaceProblem(place: place, reason: "the expert chooses '\(unknown)', which is not decided")
        }
        return Architecture(
            try decisions.map { decision throws(SpaceProblem) in
                guard let choice = choices[decision.name] else {
                    throw SpaceProblem(place: place, reason: "the expert does not choose '\(decision.name)'")
                }
                guard let token = decision.token(choice) else {
                    throw SpaceProblem(
                        place: place,
                        reason: "the expert chooses '\(choice)' for '\(decision.name)', which has only "
                            + decision.choices.joined(separator: ", "))
                }
                return token
            })
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
