import Notebook
import NotebookPrelude
import TextDisplay

/// What `?name` and `??name` print.
enum DocumentationPage {
    private static let documentation = Documentation(folders: documentedFolders)

    /// The page of a query. A name that a cell of the session gave to something is that, whatever the library calls so.
    static func text(for query: String, in session: Session, stop: StopSignal) -> StyledText {
        let wantsSource = query.hasPrefix("??")
        let name = query.drop { $0 == "?" }.filter { $0 != " " }
        if name.isEmpty { return StyledText(help) }
        do {
            if let variable = try session.variable(named: name, stop: stop) {
                return try page(of: variable, name, wantsSource: wantsSource, stop)
            }
            if swiftTypes.contains(name) {
                return "\(name) is Swift's own: see https://developer.apple.com/documentation/swift"
            }
            if documentation.isEmpty {
                return "The sources of the library are not where this program was built, so there is nothing to show."
            }
            let found = try entries(for: name, in: session, stop)
            if found.isEmpty {
                let nearest = try documentation.nearestName(to: name, stop: stop)
                return "Nothing is documented under '\(name)'\(didYouMean(nearest))"
            }
            return page(of: found, wantsSource: wantsSource)
        } catch {
            return StyledText("interrupted")
        }
    }

    // MARK: The session's own

    /// What a cell gave a name to: a function as it was written, anything else with its type and value.
    private static func page(
        of variable: Session.Variable, _ name: String, wantsSource: Bool, _ stop: StopSignal
    ) throws -> StyledText {
        var parts: [StyledText] = []
        // What a variable was declared with may no longer be what it holds.
        let isWritten =
            variable.isFunction && !variable.declarations.isEmpty
            && !variable.declarations.contains { $0.source.hasPrefix("var ") }
        if !isWritten {
            let value = Terminal.cut(variable.value)
            parts.append(
                "\(Terminal.bold("\(name): \(variable.type)"))\(value.contains("\n") ? "\n" : " = ")\(value)")
        }
        if isWritten || wantsSource {
            parts += variable.declarations.map {
                "\(Terminal.bold($0.source))\n\(Terminal.dim("— cell \($0.cell)"))"
            }
        }
        if let other = try documentation.nameHidden(by: name, stop: stop) {
            parts.append(Terminal.dim("The library has this name, too: ?\(other)"))
        }
        return parts.joined(separator: "\n")
    }

    // MARK: The library's

    /// The declarations of a name; of a variable's member, `τ.return`, those in the type of its value.
    private static func entries(
        for name: String, in session: Session, _ stop: StopSignal
    ) throws -> [Documentation.Entry] {
        if let dot = name.firstIndex(of: "."), dot != name.startIndex,
            let variable = try session.variable(named: String(name[..<dot]), stop: stop)
        {
            let type = variable.type.hasPrefix("[") ? "Array" : variable.type
            let found = try documentation.entries(for: type + name[dot...], stop: stop)
            if !found.isEmpty || swiftTypes.contains(type) { return found }
        }
        return try documentation.entries(for: name, stop: stop)
    }

    /// The first few declarations of a name, and the names of the others. Functions of one name stand together; what only the
    /// library's own sources can use is for who asks for sources, or where there is nothing else.
    private static func page(of entries: [Documentation.Entry], wantsSource: Bool) -> StyledText {
        let usable = entries.filter { $0.access >= .public }
        let names = distinctNames(of: wantsSource || usable.isEmpty ? entries : usable)
        let shown = names.prefix(wantsSource ? 3 : 6)
        let others = distinctNames(of: entries).filter { !shown.contains($0) }
        var parts = entries.filter { shown.contains($0.name) }.map { page(of: $0, wantsSource: wantsSource) }
        if !others.isEmpty { parts.append(Terminal.dim(Terminal.wrapped("also: \(list(others))"))) }
        return parts.joined(separator: "\n\n")
    }

    private static func distinctNames(of entries: [Documentation.Entry]) -> [String] {
        var seen: Set<String> = []
        return entries.map(\.name).filter { seen.insert($0).inserted }
    }

    private static func page(of entry: Documentation.Entry, wantsSource: Bool) -> StyledText {
        let place = Terminal.dim("— \(entry.place)")
        if wantsSource {
            let calls = entry.calls.isEmpty ? "" : "\n" + Terminal.wrapped("calls: \(list(entry.calls))")
            return "\(Terminal.bold(entry.source))\(calls)\n\(place)"
        }
        let origin = entry.commentOrigin.map { "from \($0): " } ?? ""
        let comment = entry.comment.isEmpty ? "" : "\n\n" + origin + entry.comment
        return "\(Terminal.bold(entry.signature))\(comment)\n\(place)"
    }

    /// Names with commas, of very many the first.
    private static func list(_ names: some Collection<String>) -> String {
        let limit = 40
        let rest = names.count > limit ? " … and \(names.count - limit) more" : ""
        return names.prefix(limit).joined(separator: ", ") + rest
    }

    private static let swiftTypes: Set = [
        "Int", "Double", "Float", "Bool", "String", "Character", "Array", "Dictionary", "Set", "Range", "ClosedRange",
        "Optional", "Any", "Void",
    ]

    static let help = """
        A cell is Swift; what its expressions are worth is shown. An unfinished cell asks for more lines.

          ?name, ??name      what something does; its source, and what that calls
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
