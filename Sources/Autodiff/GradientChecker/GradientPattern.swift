/// The patterns that mistakes leave in a gradient.
extension GradientJudge {
    /// An element whose slope is known: one that agreed, or that is wrong.
    private struct Element {
        let comparison: GradientComparison
        let line: DifferenceLine
        /// The best estimate of the truth, and how far it may be off.
        let slope: Double, slopeError: Double
        var yours: Double { comparison.yours }
    }

    /// What the derivatives that are wrong have in common.
    ///
    /// - Parameter diagnoses: of each derivative that differs; those that are excused have no part in the pattern.
    func pattern(_ diagnoses: [Int: GradientDiagnosis]) -> GradientReport.Cause {
        let elements = trials.indices.compactMap { place -> Element? in
            let (comparison, line, diagnosis) = (trials[place].comparison, trials[place].line, diagnoses[place])
            // Where there is a kink, the slope is not known.
            if comparison.block == nil || diagnosis?.isAtKink == true || diagnosis?.excuse != nil { return nil }
            return Element(
                comparison: comparison, line: line, slope: diagnosis?.slope ?? comparison.difference,
                slopeError: diagnosis?.slopeError ?? GradientDiagnostician.margin * line.rounding(checker.step))
        }
        let steep = elements.filter { abs($0.slope) > max(1e-6, $0.slopeError) }
        if let ratio = commonRatio(steep) { return abs(ratio + 1) < 1e-3 ? .sign : .factor(ratio) }
        for parameter in steep.map(\.comparison.parameter) {
            let own = elements.filter { $0.comparison.parameter == parameter }
            if own.allSatisfy({ $0.yours == 0 }) { return .missing(parameter: parameter) }
        }
        let zeros = steep.count { $0.yours == 0 }
        return zeros > 0 ? .missingIn(places: zeros, of: steep.count) : .unknown
    }

    /// What yours is times the truth, where that is the same everywhere; nil for a ratio that rounds to 1, which explains
    /// nothing.
    private func commonRatio(_ steep: [Element]) -> Double? {
        guard let steepest = steep.max(by: { abs($0.slope) < abs($1.slope) }) else { return nil }
        let ratio = steepest.yours / steepest.slope
        // A round number fits within the errors of the slopes; any other has to be known well.
        if let round = [ratio.rounded(), 1 / (1 / ratio).rounded()].first(where: {
            $0.isFinite && $0 != 0 && abs($0 - 1) > 0.1 && abs(ratio - $0) < 0.1 * abs($0) && isCommon($0, steep)
        }) {
            return round
        }
        guard abs(ratio) > 1e-9, abs(ratio - 1) > 2e-3, steepest.slopeError < 1e-3 * abs(steepest.slope) else {
            return nil
        }
        // One derivative always has a ratio: it is the cause if it is the same beside the point.
        let isTelling = steep.count > 1 || neighborhood.keeps(ratio, along: steepest.line) == true
        return isTelling && isCommon(ratio, steep) ? ratio : nil
    }

    private func isCommon(_ ratio: Double, _ steep: [Element]) -> Bool {
        let precision = min(1e-3 * abs(ratio), 0.1 * abs(ratio - 1))
        return steep.allSatisfy {
            abs($0.yours - ratio * $0.slope) <= precision * abs($0.slope) + abs(ratio) * $0.slopeError
        } && steep.prefix(4).allSatisfy { neighborhood.keeps(ratio, along: $0.line) != false }
    }
}
