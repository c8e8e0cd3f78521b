/// The candidate most like a name that was typed, or nil where none is close.
///
/// Close means an edit distance (insertions, deletions, substitutions, swapped neighbors) of at most a third of the name.
///
/// - Parameter isPreferred: which of several that are as close is taken; of those that are left, the first in the alphabet.
public func nearest<Candidates: Sequence<String>>(
    to name: String, among candidates: Candidates, preferring isPreferred: (String) -> Bool = { _ in false }
) -> String? {
    func bare(_ candidate: String) -> String { String(candidate.prefix { $0 != "(" }) }
    let close = candidates.compactMap { candidate -> (String, Int)? in
        let other = bare(candidate)
        guard name.count <= 64, abs(other.count - name.count) <= 3 else { return nil }
        let distance = editDistance(Array(name.lowercased()), Array(other.lowercased()))
        return distance <= max(1, name.count / 3) ? (candidate, distance) : nil
    }
    guard let distance = close.map(\.1).min() else { return nil }
    let nearest = close.filter { $0.1 == distance }.map(\.0)
    return nearest.filter(isPreferred).min() ?? nearest.min()
}

/// What an error about an unknown name says last: `: did you mean 'rollout(_:in:seed:)'?`, or nothing where no name is close.
package func didYouMean(_ nearest: String?) -> String { nearest.map { ": did you mean '\($0)'?" } ?? "" }

private func editDistance(_ a: [Character], _ b: [Character]) -> Int {
    var rows = [Array(0...b.count)]
    for i in 1...max(a.count, 1) where i <= a.count {
        var row = [i]
        for j in 1...max(b.count, 1) where j <= b.count {
            var best = min(rows[i - 1][j] + 1, row[j - 1] + 1, rows[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = min(best, rows[i - 2][j - 2] + 1)
            }
            row.append(best)
        }
        rows.append(row)
    }
    return rows[a.count][b.count]
}
