import TextDisplay

/// LaTeX as a terminal can show it: `$\nabla \log \pi_\theta(\tau)$` becomes ∇log π_θ(τ).
///
/// The lessons' formulas are written for GitHub, which typesets them. This turns each into characters, as far as there are any:
/// Greek letters and signs, subscripts and superscripts, fractions in a line.
public struct PlainMath {
    private var rest: Substring
    private init(_ text: some StringProtocol) { rest = Substring(text) }

    /// Markdown with every formula between `$` or `$$` written in characters; code keeps its dollars.
    public static func replacingFormulas(in markdown: String) -> String {
        var result = ""
        var rest = Substring(markdown)
        while let first = rest.first {
            if first == "`", let end = rest.dropFirst().firstIndex(of: "`") {
                result += rest[...end]
                rest = rest[rest.index(after: end)...]
            } else if first == "$" {
                let mark = rest.hasPrefix("$$") ? "$$" : "$"
                let body = rest.dropFirst(mark.count)
                guard let end = body.firstRange(of: mark) else { return result + rest }
                let formula = of(String(body[..<end.lowerBound]))
                result += mark == "$" ? formula : display(formula)
                rest = body[end.upperBound...]
            } else {
                result.append(first)
                rest = rest.dropFirst()
            }
        }
        return result
    }

    /// One formula, without its dollars, in characters.
    public static func of(_ latex: String) -> String {
        var parser = PlainMath(latex)
        let text = parser.sequence(until: nil)
        // Runs of spaces come from LaTeX's own spacing; line ends from `\\`.
        let lines = text.split(separator: "\n").map { line in
            line.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
        }
        return lines.filter { !$0.isEmpty }.joined(separator: "\n")
            .replacing("∇ ", with: "∇").replacing("∂ ", with: "∂").replacing(" )", with: ")").replacing("( ", with: "(")
            .replacing(" ,", with: ",").replacing(" .", with: ".")
    }

    /// A formula of its own stands on lines of its own, set in.
    private static func display(_ formula: String) -> String {
        formula.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n")
    }

    private mutating func sequence(until end: Character?) -> String {
        var result = ""
        while let next = rest.first {
            if next == end {
                rest = rest.dropFirst()
                break
            }
            result += term()
        }
        return result
    }

    /// A group in braces, a command with what it takes, or one character.
    private mutating func term() -> String {
        let next = rest.removeFirst()
        switch next {
        case "{": return sequence(until: "}")
        case "_": return script(Self.subscripts, "_")
        case "^": return script(Self.superscripts, "^")
        case "'": return "′"
        case "&", "~": return " "
        case "-": return "−"
        case "\n": return " "
        case "\\": return command()
        default: return String(next)
        }
    }

    /// What follows `_` or `^`: in small characters where there are such for all of it.
    private mutating func script(_ characters: [Character: Character], _ mark: String) -> String {
        while rest.first == " " { rest = rest.dropFirst() }
        guard !rest.isEmpty else { return mark }
        let text = Self.trimmed(term())
        if text == "∗" || text == "*" { return "*" }
        let small = text.filter { $0 != " " }.map { characters[$0] }
        if small.allSatisfy({ $0 != nil }) { return String(small.compactMap(\.self)) }
        return mark + (text.allSatisfy { $0.isLetter } ? text : "(\(text))")
    }

    private mutating func command() -> String {
        guard let first = rest.first else { return "" }
        guard first.isLetter else {
            rest = rest.dropFirst()
            // `\\` ends a line; `\,` and its like are spaces; `\{` and `\|` are themselves.
            return first == "\\" ? "\n" : first == "|" ? "‖" : "{}%$&_#".contains(first) ? String(first) : " "
        }
        let name = String(rest.prefix { $0.isLetter })
        rest = rest.dropFirst(name.count)
        switch name {
        case "frac", "tfrac", "dfrac":
            let (above, below) = (argument(), argument())
            return Self.grouped(above) + "/" + Self.grouped(below)
        case "sqrt": return "√" + Self.grouped(argument())
        case "hat", "widehat", "bar", "tilde", "widetilde":
            let accent = name.hasSuffix("hat") ? "\u{302}" : name == "bar" ? "\u{304}" : "\u{303}"
            let letter = Self.trimmed(argument())
            return letter.prefix(1) + accent + letter.dropFirst()
        case "text", "mathrm", "mathbf", "mathbb", "mathcal", "operatorname", "boldsymbol": return argument()
        case "underbrace", "overbrace":
            let body = argument()
            if rest.first == "_" || rest.first == "^" {
                rest = rest.dropFirst()
                return "[" + Self.trimmed(body) + " = " + Self.trimmed(argument()) + "]"
            }
            return body
        case "begin", "end":
            _ = argument()
            return ""
        case "left", "right", "big", "Big", "bigl", "bigr", "Bigl", "Bigr", "displaystyle", "limits", "nolimits":
            return ""
        case "quad", "qquad": return "   "
        default: return Self.signs[name] ?? UnicodeEntry.characters[name] ?? Self.word(name, before: rest.first)
        }
    }

    /// The group, the command or the character that a command takes.
    private mutating func argument() -> String {
        while rest.first == " " { rest = rest.dropFirst() }
        return rest.isEmpty ? "" : term()
    }

    /// `log`, `max` and their like are words, with a space behind them where a letter follows.
    private static func word(_ name: String, before next: Character?) -> String {
        name + (next.map { $0 == " " || $0 == "(" || $0 == "_" || $0 == "^" || $0 == "{" } ?? true ? "" : " ")
    }

    private static func grouped(_ text: String) -> String {
        let text = trimmed(text)
        return text.contains { " +−/·".contains($0) } ? "(\(text))" : text
    }

    private static func trimmed(_ text: String) -> String {
        text.split(separator: " ").joined(separator: " ")
    }

    private static let signs = [
        "mid": "|", "lVert": "‖", "rVert": "‖", "Vert": "‖", "lvert": "|", "rvert": "|", "sim": "∼", "dots": "…",
        "ldots": "…", "cdots": "…", "circ": "∘", "odot": "⊙", "varnothing": "∅", "rightarrow": "→", "mapsto": "↦",
        "neq": "≠", "leq": "≤", "geq": "≥", "ll": "≪", "gg": "≫", "langle": "⟨", "rangle": "⟩", "top": "ᵀ",
        "propto": "∝",
        "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉", "forall": "∀", "exists": "∃", "nabla": "∇",
        "star": "*",
        "ast": "*", "sum": "Σ", "prod": "Π",
    ]

    private static let subscripts: [Character: Character] = Dictionary(
        uniqueKeysWithValues: zip("0123456789+−=()aehijklmnoprstuvxβγρ,", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨ,"))
    private static let superscripts: [Character: Character] = Dictionary(
        uniqueKeysWithValues: zip(
            "0123456789+−=()abcdefghijklmnoprstuvwxyzT′ᵀ", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᵀ′ᵀ"))
}
