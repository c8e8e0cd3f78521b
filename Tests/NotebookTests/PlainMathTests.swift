import Testing

@testable import Notebook

@Suite struct PlainMathTests {
    static let formulas: [(String, String)] = [
        (#"\nabla \log \pi_\theta(\tau)"#, "∇log π_θ(τ)"),
        (#"\frac1N \sum_{n=1}^N r(\tau_n)"#, "1/N Σₙ₌₁^N r(τₙ)"),
        (#"\mathbb E_{\tau \sim \pi}[r(\tau)]"#, "E_(τ ∼ π)[r(τ)]"),
        (#"p(s' \mid s, a)"#, "p(s′ | s, a)"),
        (#"b \leftarrow \lambda b + (1 - \lambda)\, \bar r"#, "b ← λ b + (1 − λ) r̄"),
        (#"\frac{f(x + h) - f(x - h)}{2h}"#, "(f(x + h) − f(x − h))/2h"),
        (#"\sqrt{0.98 \cdot 0.02 / 300}"#, "√(0.98 · 0.02 / 300)"),
        (#"\lVert \hat g \rVert^2"#, "‖ ĝ ‖²"),
        (#"\begin{aligned} a &= b \\ &= c \end{aligned}"#, "a = b\n= c"),
        (#"\partial \ell / \partial \theta_{sb}"#, "∂ℓ / ∂θ_sb"), (#"\theta_{sa}"#, "θₛₐ"), (#"10^{20}"#, "10²⁰"),
        (#"2^{-53}"#, "2⁻⁵³"), (#"W^x"#, "Wˣ"), (#"b^*"#, "b*"),
        (#"\underbrace{\sum_i x_i}_{\log p}"#, "[Σᵢ xᵢ = log p]"), ("", ""), (#"\"#, ""), ("_", "_"), ("{", ""),
    ]

    @Test(arguments: formulas) func writesAFormulaInCharacters(_ latex: String, _ text: String) {
        #expect(PlainMath.of(latex) == text)
    }

    @Test func replacesFormulasAndLeavesTheRest() {
        #expect(
            PlainMath.replacingFormulas(in: #"with $\gamma = 0.9$, and `$0` stays"#) == "with γ = 0.9, and `$0` stays")
        #expect(PlainMath.replacingFormulas(in: "$$\\pi\n= 3$$") == "    π = 3")
        #expect(PlainMath.replacingFormulas(in: "it costs 5 $") == "it costs 5 $")
    }
}
