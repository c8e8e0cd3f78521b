/// The characters that a backslash name and Tab enter, under their LaTeX names: `\pi` gives π, as in Julia.
public enum UnicodeEntry {
    /// The name at the end of some text, with the character that it stands for.
    ///
    /// - Returns: the length of the name in characters, backslash included, and what replaces it; nil where the text ends
    ///   in no such name.
    public static func replacement(atEndOf text: String) -> (length: Int, character: String)? {
        guard let slash = text.lastIndex(of: "\\") else { return nil }
        let name = text[text.index(after: slash)...]
        guard let character = characters[String(name)] else { return nil }
        return (name.count + 1, character)
    }

    /// The names that begin with what stands behind the last backslash.
    public static func completions(atEndOf text: String) -> [String] {
        guard let slash = text.lastIndex(of: "\\") else { return [] }
        let start = text[text.index(after: slash)...]
        return characters.keys.filter { $0.hasPrefix(start) }.sorted()
    }

    /// LaTeX names with their characters.
    public static let characters: [String: String] = {
        var table = [
            "nabla": "∇", "partial": "∂", "sum": "∑", "prod": "∏", "sqrt": "√", "infty": "∞", "le": "≤", "ge": "≥",
            "ne": "≠", "approx": "≈", "times": "×", "cdot": "·", "to": "→", "leftarrow": "←", "in": "∈", "pm": "±",
            "hat": "\u{302}", "bar": "\u{304}", "varepsilon": "ε", "varphi": "φ", "ell": "ℓ",
        ]
        let greek: [(String, String)] = [
            ("alpha", "α"), ("beta", "β"), ("gamma", "γ"), ("delta", "δ"), ("epsilon", "ϵ"), ("zeta", "ζ"),
            ("eta", "η"),
            ("theta", "θ"), ("iota", "ι"), ("kappa", "κ"), ("lambda", "λ"), ("mu", "μ"), ("nu", "ν"), ("xi", "ξ"),
            ("pi", "π"), ("rho", "ρ"), ("sigma", "σ"), ("tau", "τ"), ("upsilon", "υ"), ("phi", "ϕ"), ("chi", "χ"),
            ("psi", "ψ"), ("omega", "ω"), ("Gamma", "Γ"), ("Delta", "Δ"), ("Theta", "Θ"), ("Lambda", "Λ"), ("Xi", "Ξ"),
            ("Pi", "Π"), ("Sigma", "Σ"), ("Phi", "Φ"), ("Psi", "Ψ"), ("Omega", "Ω"),
        ]
        for (name, letter) in greek { table[name] = letter }
        for (digit, character) in zip(0...9, "₀₁₂₃₄₅₆₇₈₉") { table["_\(digit)"] = String(character) }
        for (digit, character) in zip(0...9, "⁰¹²³⁴⁵⁶⁷⁸⁹") { table["^\(digit)"] = String(character) }
        return table
    }()
}
