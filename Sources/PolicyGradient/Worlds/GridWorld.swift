import Autodiff
import TextDisplay

/// A grid to cross from the top left to the bottom right corner, on slippery ground (Russell and Norvig's grid world).
///
/// States are numbered row by row. The actions are 0 up, 1 right, 2 down, 3 left. A move goes where it was meant to with
/// probability 1 − `slip`, and to either side with probability `slip`/2; a move into the wall stays. Every move costs 0.04,
/// and reaching the goal pays 1 and ends the episode.
///
///     GridWorld(rows: 2, columns: 3, horizon: 4)
public struct GridWorld: FiniteWorld, CustomStringConvertible {
    /// The number of rows.
    public let rows: Int
    /// The number of columns.
    public let columns: Int
    /// The largest number of moves in an episode.
    public let horizon: Int
    /// The probability that a move goes sideways.
    public let slip: Double

    /// A grid of at least two cells.
    public init(rows: Int, columns: Int, horizon: Int, slip: Double = 0.2) {
        require(Self.problem(rows: rows, columns: columns, horizon: horizon, slip: slip))
        (self.rows, self.columns, self.horizon, self.slip) = (rows, columns, horizon, slip)
    }

    /// Why a grid can't be made so, or nil where it can.
    public static func problem(rows: Int, columns: Int, horizon: Int, slip: Double) -> InvalidArgument? {
        if !(1...1000 ~= rows && 1...1000 ~= columns && rows * columns >= 2) {
            return InvalidArgument(
                "a grid has 1 to 1000 rows and columns, and at least two cells; not \(rows)×\(columns)")
        }
        if !(1...10_000 ~= horizon) { return InvalidArgument("the horizon is 1 to 10000 moves; not \(horizon)") }
        if !(0...1 ~= slip) { return InvalidArgument("slip is a probability, 0 to 1; not \(formatted(slip))") }
        return nil
    }

    public let actionNames = ["up", "right", "down", "left"]
    public var stateCount: Int { rows * columns }
    public var initialStates: [(state: Int, probability: Double)] { [(0, 1)] }
    public func isTerminal(_ state: Int) -> Bool { state == stateCount - 1 }

    public func outcomes(of action: Int, in state: Int) -> [Outcome<Int>] {
        var byState: [(state: Int, probability: Double)] = []
        for (turn, probability) in [(0, 1 - slip), (1, slip / 2), (3, slip / 2)] where probability > 0 {
            let next = neighbor(of: state, towards: (action + turn) % 4)
            if let known = byState.firstIndex(where: { $0.state == next }) {
                byState[known].probability += probability
            } else {
                byState.append((next, probability))
            }
        }
        return byState.map {
            Outcome(state: $0.state, probability: $0.probability, reward: isTerminal($0.state) ? 0.96 : -0.04)
        }
    }

    /// 1, and the row and the column as numbers from 0 to 1.
    public func features(of state: Int) -> [Double] {
        [1, Double(state / columns) / Double(max(rows - 1, 1)), Double(state % columns) / Double(max(columns - 1, 1))]
    }

    private func neighbor(of state: Int, towards direction: Int) -> Int {
        let row = state / columns + [-1, 0, 1, 0][direction]
        let column = state % columns + [0, 1, 0, -1][direction]
        return 0..<rows ~= row && 0..<columns ~= column ? row * columns + column : state
    }

    /// The grid with its state numbers.
    public var description: String {
        let width = String(stateCount - 1).count
        let lines = (0..<min(rows, 20)).map { row in
            (0..<min(columns, 20)).map { column in
                let state = row * columns + column
                return String(state).padded(to: width, .right)
                    + (state == 0 ? "S" : isTerminal(state) ? "G" : column == columns - 1 ? "" : " ")
            }.joined(separator: " ")
        }
        return
            "GridWorld \(rows)×\(columns), horizon \(horizon), slip \(formatted(slip)); S start, G goal +1, each move -0.04\n"
            + lines.joined(separator: "\n")
    }
}
