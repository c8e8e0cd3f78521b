/// Something that can be chosen about a network: a word of a layer, and the convolutions that it is said of.
///
/// Its description is its name in a file: `filters 1`, `skip 1-3`, `dense`.
package struct LayerSetting: Hashable, Sendable {
    package let word: LayerWord
    /// The numbers of the convolutions, from 1: none, one or two, as the word's scope says.
    package let numbers: [Int]

    /// The most convolutions that a space may describe.
    package static let depthLimit = 64

    /// The setting of a word, of as many convolutions as it is said of.
    package init(_ word: LayerWord, _ numbers: Int...) {
        precondition(numbers.count == word.scope.rawValue, "'\(word)' is not said of the convolutions \(numbers)")
        self.word = word
        self.numbers = numbers
    }

    /// The setting of a name; nil for a name that stands for nothing.
    package init?(_ name: String) {
        let parts = name.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        guard 1...2 ~= parts.count, let word = LayerWord.all.first(where: { $0.name == parts[0] }) else { return nil }
        // Numbers have one spelling, so that a name stands for one thing: 'kernel 01' is none.
        func number(_ text: Substring) -> Int? {
            Int(text).flatMap { 1...Self.depthLimit ~= $0 && "\($0)" == text ? $0 : nil }
        }
        let texts = parts.dropFirst().flatMap { $0.split(separator: "-", omittingEmptySubsequences: false) }
        let numbers = texts.compactMap(number)
        guard numbers.count == texts.count, numbers.count == word.scope.rawValue else { return nil }
        if word.scope == .connection, numbers[0] >= numbers[1] { return nil }
        self.word = word
        self.numbers = numbers
    }

    /// The name that stands for something and looks most like an unknown one.
    package static func nearestName(to name: String) -> String {
        // Nobody means a name of hundreds of characters.
        let name = String(name.prefix(40))
        let number = min(max(name.split(separator: " ").last.flatMap { Int($0) } ?? 1, 1), depthLimit)
        func names(_ scope: LayerWord.Scope, _ numbers: String) -> [String] {
            LayerWord.all.filter { $0.scope == scope }.map { $0.name + numbers }
        }
        return (names(.convolution, " \(number)") + names(.connection, " 1-2") + names(.network, "")).min {
            $0.difference(from: name).count < $1.difference(from: name).count
        }!
    }
}

extension LayerSetting: CustomStringConvertible {
    package var description: String {
        word.name + (numbers.isEmpty ? "" : " " + numbers.map { "\($0)" }.joined(separator: "-"))
    }
}
