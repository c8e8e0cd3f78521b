import RealModule

/// A derivative that is judged, and the line along which it is one.
struct GradientTrial {
    let comparison: GradientComparison
    let line: DifferenceLine
}

/// Turns comparisons into a verdict: which derivatives are wrong, which only differ, and why.
///
/// The verdict is of the derivatives that nothing excuses. Where all are excused, the check has failed all the same,
/// for nothing was shown to be right; but its cause then does not blame yours.
struct GradientJudge {
    let checker: GradientChecker
    let trials: [GradientTrial]
    let neighborhood: GradientNeighborhood

    /// The places of trials, in their order.
    private typealias Places = [Int]

    var report: GradientReport {
        let all = Array(trials.indices)
        let differing = all.filter { trials[$0].comparison.isWrong }
        func report(
            _ failure: GradientReport.Failure?, worst: Int? = nil, excused: Int = 0, diagnosis: GradientDiagnosis? = nil
        ) -> GradientReport {
            let place = worst ?? self.worst(of: differing.isEmpty ? all : differing)
            return GradientReport(
                failure: failure, worst: place.map { trials[$0].comparison }, total: trials.count,
                wrong: differing.count, excused: excused, diagnosis: diagnosis, checker: checker)
        }
        let infinite = all.filter { !trials[$0].comparison.yours.isFinite }
        let undefined = all.filter { !trials[$0].comparison.difference.isFinite }
        if let place = infinite.first ?? undefined.first { return report(.notFinite, worst: place) }
        if trials.allSatisfy({ $0.comparison.yours == 0 && abs($0.comparison.difference) <= checker.absoluteTolerance }
        ) {
            return report(.vacuous)
        }
        if differing.isEmpty { return report(nil) }
        let diagnoses = diagnosed(differing)
        let wrong = differing.filter { diagnoses[$0]?.excuse == nil }
        let shown = plainest(wrong.isEmpty ? differing : wrong, diagnoses)
        guard let worst = worst(of: shown), var diagnosis = diagnoses[worst] else { return report(.wrong(.unknown)) }
        diagnosis.step = stepThatWouldDo(against: diagnosis, diagnoses)
        let cause = diagnosis.excuse ?? (diagnosis.isRightBeside ? .onlyHere : pattern(diagnoses))
        return report(.wrong(cause), worst: worst, excused: differing.count - wrong.count, diagnosis: diagnosis)
    }

    /// Those that tell most. Of what is wrong, that which is not at a kink; of what is excused, another value at each call,
    /// which may look like anything else, and then a kink with your slope on one side.
    private func plainest(_ places: Places, _ diagnoses: [Int: GradientDiagnosis]) -> Places {
        func rank(_ place: Int) -> Int {
            guard let found = diagnoses[place] else { return 0 }
            if found.excuse == nil { return found.isRightBeside ? 2 : found.isAtKink ? 1 : 0 }
            if found.excuse == .noise { return -1 }
            if let kink = found.kink { return found.isRightBeside ? 2 : kink.standing == .between ? 1 : 0 }
            return found.excuse == .kink && !found.isBeside ? 2 : 0
        }
        let least = places.map(rank).min()
        return places.filter { rank($0) == least }
    }

    /// An element says more than a direction through all of them: the worst is an element where there is one.
    private func worst(of places: Places) -> Int? {
        let elements = places.filter { trials[$0].comparison.block != nil }
        return (elements.isEmpty ? places : elements).max {
            trials[$0].comparison.toleranceUsed < trials[$1].comparison.toleranceUsed
        }
    }

    private func diagnosed(_ differing: Places) -> [Int: GradientDiagnosis] {
        // Whether the function repeats itself is looked at closely once, and where it does not, everywhere.
        let first = worst(of: differing).map { trials[$0].line }
        first?.repeatValues(checker.step, times: 8)
        let isNoisy = first?.unrepeated != nil
        var diagnoses: [Int: GradientDiagnosis] = [:]
        for place in differing {
            let (line, yours) = (trials[place].line, trials[place].comparison.yours)
            var diagnosis = GradientDiagnostician(
                checker: checker, line: line, yours: yours, repetitions: isNoisy ? 8 : 1
            ).diagnosis()
            if diagnosis.excuse == nil { lookBeside(&diagnosis, line, yours) }
            diagnoses[place] = diagnosis
        }
        let isElementWrong = differing.contains { trials[$0].comparison.block != nil && diagnoses[$0]?.excuse == nil }
        for place in differing where !isElementWrong && diagnoses[place]?.excuse == nil {
            if trials[place].comparison.absoluteError <= reach(ofKinks: diagnoses, along: trials[place].line) {
                diagnoses[place]?.excuse = .kink
            }
        }
        return diagnoses
    }

    /// Whether what looks wrong at the point is one of many kinks that meet in it.
    private func lookBeside(_ diagnosis: inout GradientDiagnosis, _ line: DifferenceLine, _ yours: Double) {
        let error = yours - diagnosis.slope
        switch neighborhood.finding(along: line, error: error) {
        case .right(let slopes): diagnosis.take(rightSlopesBeside: slopes)
        case .wrong: break
        case .unknown:
            guard
                let beside = neighborhood.slopesWhereKinksMeet(along: line, slope: diagnosis.slope, error: error),
                !diagnosis.isOneKink(slopesBeside: beside)
            else { return }
            diagnosis.slopesBeside = beside
            if beside.contains(yours) { diagnosis.excuse = .kink }
        }
    }

    /// By how much a direction through elements at kinks may be off: twice what their slopes differ by.
    private func reach(ofKinks diagnoses: [Int: GradientDiagnosis], along line: DifferenceLine) -> Double {
        guard case .random(let vectors) = line.direction else { return 0 }
        return diagnoses.reduce(0) { sum, found in
            guard let kink = found.value.kink, case .element(let block, let index) = trials[found.key].line.direction
            else { return sum }
            // Each element that was sampled stands for as many as were not.
            let count = vectors[block].count
            let share = Double(count) / Double(min(count, checker.elementsPerBlock))
            return sum + 2 * share * abs(vectors[block].withElements { $0[index] } * (kink.right - kink.left))
        }
    }

    /// The step nearest to the checker's own with which all derivatives agree, but for those that no step helps.
    private func stepThatWouldDo(
        against diagnosis: GradientDiagnosis, _ diagnoses: [Int: GradientDiagnosis]
    ) -> Double? {
        let candidates: [Double]
        switch diagnosis.excuse {
        case .rounding: candidates = Self.steps.filter { $0 > 1.5 * checker.step }
        case .truncation: candidates = Self.steps.reversed().filter { 1.5 * $0 < checker.step }
        case .kink where diagnosis.isBeside, .jump where diagnosis.isBeside:
            candidates = Self.steps.reversed().filter { 1.5 * $0 < checker.step }
        default: return nil
        }
        // Well within the tolerance, so that another seed finds the same.
        func agrees(_ place: Int, _ step: Double, _ share: Double) -> Bool {
            let (yours, difference) = (trials[place].comparison.yours, trials[place].line.central(step))
            return abs(yours - difference) <= share * checker.tolerance(yours, difference)
        }
        let helped = trials.indices.filter { place in
            guard let found = diagnoses[place] else { return true }
            return found.isBeside || [.rounding, .truncation].contains(found.excuse)
        }
        // Those that differ now come first: at most steps, one of them does so again.
        let ordered = helped.filter { diagnoses[$0] != nil } + helped.filter { diagnoses[$0] == nil }
        return candidates.first { step in ordered.allSatisfy { agrees($0, step, 0.5) } }
            ?? candidates.first { step in ordered.allSatisfy { agrees($0, step, 1) } }
    }

    /// 1e-10, 3e-10, 1e-9, … 1000
    private static let steps = (-10...3).flatMap { exponent -> [Double] in
        let power = exponent < 0 ? 1 / Double.pow(10, -exponent) : Double.pow(10, exponent)
        return [power, 3 * power]
    }.dropLast()
}
