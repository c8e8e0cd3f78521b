import Notebook
import NotebookPrelude
import TextDisplay

/// What `?name` and `??name` print.
enum DocumentationPage {
    private static let documentation = Documentation(folders: documentedFolders)

    /// The page of a query; a name that a cell of the session gave to something is that, with its type and value.
    static func text(for query: String, in session: Session, stop: StopSignal) -> StyledText {
        let wantsSource = query.hasPrefix("??")
        let name = query.drop { $0 == "?" }.filter { $0 != " " }
        if name.isEmpty { return StyledText(help) }
        if let (type, value) = session.description(ofVariable: name) {
            let cut = value.count > 2000 ? value.prefix(2000) + "…" : value[...]
            return "\(Terminal.bold("\(name): \(type)"))\(cut.contains("\n") ? "\n" : " = ")\(cut)"
        }
        if swiftTypes.contains(name) {
            return "\(name) is Swift's own: see https://developer.apple.com/documentation/swift"
        }
        if documentation.isEmpty {
            return "The sources of the library are not where this program was built, so there is nothing to show."
        }
        do {
            let found = try documentation.entries(for: name, stop: stop).prefix(wantsSource ? 3 : 6)
            if found.isEmpty {
                let nearest = try documentation.nearestName(to: name, stop: stop)
                return "Nothing is documented under '\(name)'\(didYouMean(nearest))"
            }
            return found.map { entry -> StyledText in
                let comment = wantsSource || entry.comment.isEmpty ? "" : "\n\n" + entry.comment
                let body = Terminal.bold(wantsSource ? entry.source : entry.signature)
                return "\(body)\(comment)\n\(Terminal.dim("— \(entry.place)"))"
            }.joined(separator: "\n\n")
        } catch {
            return StyledText("interrupted")
        }
    }

    private static let swiftTypes: Set = [
        "Int", "Double", "Float", "Bool", "String", "Character", "Array", "Dictionary", "Set", "Range", "ClosedRange",
        "Optional", "Any", "Void",
    ]

    static let help = """
        A cell is Swift; what its expressions are worth is shown. An unfinished cell asks for more lines.

          ?name, ??name      what something does; its source
          \\pi and Tab        the character π; other LaTeX names likewise
          name and Tab       completes a name; again: lists the possibilities
          Ctrl-R, Up, Down   search the history
          Ctrl-C             stops the running cell, or drops the line; variables stay
          _, Out3            the last value; the value of cell 3
          :vars              the variables
          :time CELL         runs a cell and says how long it took
          :save FILE.md      writes the session's cells as a Markdown lesson
          :reset             forgets all variables
          :hint, :solution   help with the exercise of a lesson
          :quit or Ctrl-D    leaves

        Begin with  nas-repl lesson 0,  or with these cells:

          let world = GridWorld(rows: 2, columns: 3, horizon: 4)
          let π = SoftmaxPolicy(for: world, seed: 1)
          let τ = rollout(π, in: world, seed: 7)
          ∇π.logProbability(of: τ)
        """
}
