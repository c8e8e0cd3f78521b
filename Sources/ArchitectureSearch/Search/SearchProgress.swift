import Foundation
import TextDisplay

/// How far a search is.
public struct SearchProgress: Sendable {
    /// The number of children in all.
    public let total: Int
    /// The number of children done.
    public private(set) var done = 0
    /// The best child so far.
    public private(set) var best: Child?
    /// The mean entropy of the choices proposed last, in nats; nil for a strategy without probabilities.
    public internal(set) var entropy: Double?
    private var recent: [Double] = []
    /// The number of children that an earlier process had done.
    private var restored = 0
    private let start: ContinuousClock.Instant

    init(total: Int, start: ContinuousClock.Instant) {
        self.total = total
        self.start = start
    }

    mutating func restore(_ child: Child) {
        add(child)
        restored += 1
    }

    mutating func add(_ child: Child) {
        done += 1
        if best.map({ child.isBetter(than: $0) }) ?? true { best = child }
        recent = recent.suffix(15) + [child.reward]
    }

    /// The mean reward of the last sixteen children.
    public var meanReward: Double { recent.isEmpty ? 0 : recent.reduce(0, +) / Double(recent.count) }

    /// The seconds that the rest will take at the pace so far.
    public var secondsLeft: Double {
        let since = done - restored
        return since == 0 ? .nan : start.duration(to: .now).seconds / Double(since) * Double(total - done)
    }

    /// One line: a bar, the children done, the best validation accuracy, the mean reward, the entropy and the time left.
    ///
    /// - Parameter width: the columns that there are; what does not fit is left out from the right.
    public func line(width: Int) -> String {
        var parts = ["\(progressBar(done, of: total, cells: 16)) \(done)/\(total)"]
        if let best { parts.append("best \(percent(best.reward))") }
        parts.append("mean \(percent(meanReward))")
        if let entropy { parts.append("entropy \(String(format: "%.2f", entropy))") }
        if secondsLeft.isFinite && done < total { parts.append("\(duration(secondsLeft)) left") }
        var line = parts[0]
        for part in parts.dropFirst() where line.count + 2 + part.count < width { line += "  " + part }
        return line
    }
}

extension SearchProgress: CustomStringConvertible {
    /// ``line(width:)`` with all of its parts.
    public var description: String { line(width: .max) }
}

/// Seconds as people say them: `42 s`, `3 min 5 s`.
private func duration(_ seconds: Double) -> String {
    let whole = Int(seconds.rounded())
    return whole < 60 ? "\(whole) s" : "\(whole / 60) min \(whole % 60) s"
}
