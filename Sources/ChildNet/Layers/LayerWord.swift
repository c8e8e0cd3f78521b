/// A word by which the files of search spaces speak of a layer, declared in that layer's file: what it is said of, what may be
/// chosen, and what a choice makes of a network.
///
/// Words are the same where they are written the same.
package struct LayerWord: Sendable {
    /// What a word is said of: how many numbers of convolutions stand behind it.
    package enum Scope: Int, Sendable {
        /// The whole network: `dense`.
        case network
        /// One convolution: `filters 1`.
        case convolution
        /// Two convolutions, one before the other: `skip 1-3`.
        case connection
    }

    /// A word that can't be said of the same beside this one.
    package struct Conflict: Sendable {
        package let word: String
        /// Behind the other one's name.
        package let reason: String
    }

    package let name: String
    package let scope: Scope
    /// What may be chosen.
    package let alternatives: [LayerAlternative]
    package let conflict: Conflict?
    /// Writes a choice into a plan that has all convolutions; `numbers` are those behind the word, from 1.
    let write: @Sendable (_ plan: inout NetworkPlan, _ numbers: [Int], _ choice: LayerChoice) -> Void

    package init(
        _ name: String, of scope: Scope, _ alternatives: [LayerAlternative], unless conflict: Conflict? = nil,
        write: @escaping @Sendable (_ plan: inout NetworkPlan, _ numbers: [Int], _ choice: LayerChoice) -> Void
    ) {
        self.name = name
        self.scope = scope
        self.alternatives = alternatives
        self.conflict = conflict
        self.write = write
    }

    /// The words of all layers, in the order of ``Layer/kinds``.
    package static let all: [LayerWord] = Layer.kinds.flatMap { $0.words }.reduce(into: []) { words, word in
        if !words.contains(word) { words.append(word) }
    }

    /// The choice that a text stands for; nil for a text that stands for none.
    package func choice(_ text: String) -> LayerChoice? { alternatives.lazy.compactMap { $0.choice(text) }.first }

    /// The text that stands for a choice; nil for what can't be chosen.
    package func text(of choice: LayerChoice) -> String? { alternatives.lazy.compactMap { $0.text(of: choice) }.first }

    /// What may be chosen, in words: `none, max or mean`.
    package var expectation: String {
        let words = alternatives.map(\.expectation)
        return words.count == 1 ? words[0] : words.dropLast().joined(separator: ", ") + " or " + words.last!
    }
}

extension LayerWord: Hashable, CustomStringConvertible {
    package static func == (a: LayerWord, b: LayerWord) -> Bool { a.name == b.name }
    package func hash(into hasher: inout Hasher) { hasher.combine(name) }
    package var description: String { name }
}
