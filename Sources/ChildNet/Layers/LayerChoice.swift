/// What was chosen for a word.
package enum LayerChoice: Hashable, Sendable {
    /// That it is not there.
    case nothing
    /// That it is there.
    case yes
    /// So many.
    case number(Int)
    /// A share, at least 0 and less than 1.
    case rate(Double)
    /// A layer, of those that the word names.
    case layer(Layer)

    package var number: Int? { if case .number(let number) = self { number } else { nil } }
    package var rate: Double? { if case .rate(let rate) = self { rate } else { nil } }
    package var layer: Layer? { if case .layer(let layer) = self { layer } else { nil } }
}

extension LayerChoice: ExpressibleByIntegerLiteral {
    package init(integerLiteral number: Int) { self = .number(number) }
}

/// Something that may be chosen for a word, and how it is written.
package enum LayerAlternative: Sendable {
    /// A choice with a name.
    case named(String, LayerChoice)
    /// A whole number of a range.
    case whole(ClosedRange<Int>)
    /// A number from 0 up to, not including, 1.
    case rate

    /// The choice that a text stands for. Numbers have one spelling (and 0 two, with and without a point), so that a text that is
    /// another one is another choice.
    func choice(_ text: String) -> LayerChoice? {
        switch self {
        case .named(let name, let choice): return text == name ? choice : nil
        case .whole(let range):
            guard let number = Int(text), range.contains(number), "\(number)" == text else { return nil }
            return .number(number)
        case .rate:
            guard let rate = Double(text), 0..<1 ~= rate, "\(rate)" == text || "\(rate)" == text + ".0" else {
                return nil
            }
            return .rate(rate)
        }
    }

    func text(of choice: LayerChoice) -> String? {
        switch (self, choice) {
        case (.named(let name, let named), _): choice == named ? name : nil
        case (.whole(let range), .number(let number)): range.contains(number) ? "\(number)" : nil
        case (.rate, .rate(let rate)): 0..<1 ~= rate ? "\(rate)" : nil
        default: nil
        }
    }

    var expectation: String {
        switch self {
        case .named(let name, _): name
        case .whole(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .rate: "a number from 0 up to, not including, 1, such as 0.5"
        }
    }
}
