import ChildNet
import TextDisplay

/// One thing to decide about a network, such as the number of filters of its first layer, with the choices that there are.
///
/// What is decided and what may be chosen are values of the layers that they are about (see `LayerSetting` and `LayerChoice`);
/// their names are for people and for files.
///
///     Decision("filters 1", ["8", "16"]).choices
public struct Decision: Sendable, Hashable {
    /// A choice, and how it is written.
    package struct Option: Sendable, Hashable {
        package let text: String
        /// What is chosen; nil for a text that stands for nothing that may be.
        package let choice: LayerChoice?
    }

    /// What is decided: `filters 1`.
    public let name: String
    /// The same as a layer's; nil for a name that no layer knows, which means something only to the space that has it.
    package let setting: LayerSetting?
    /// The choices, in order.
    package let options: [Option]

    /// The choices as they are written, in order; a token is an index into them.
    public var choices: [String] { options.map(\.text) }

    /// A decision between at least one choice.
    public init(_ name: String, _ choices: [String]) {
        require(!choices.isEmpty, "a decision has at least one choice: \(name)")
        self.init(name: name, choices)
    }

    /// A decision that a person described, perhaps without a choice.
    init(name: String, _ choices: [String]) {
        let setting = LayerSetting(name)
        self.name = name
        self.setting = setting
        options = choices.map { Option(text: $0, choice: setting?.word.choice($0)) }
    }

    /// A decision of this library's own.
    ///
    ///     Decision(LayerSetting(.filters, 1), [8, 16])
    package init(_ setting: LayerSetting, _ choices: [LayerChoice]) {
        name = setting.description
        self.setting = setting
        options = choices.map { choice in
            guard let text = setting.word.text(of: choice) else {
                preconditionFailure("'\(setting)' can't be \(choice)")
            }
            return Option(text: text, choice: choice)
        }
    }

    /// The token of a choice, as it is written; nil for one that is not there.
    func token(_ choice: String) -> Int? { options.firstIndex { $0.text == choice } }

    /// The token of a choice; nil for one that is not there.
    func token(_ choice: LayerChoice) -> Int? { options.firstIndex { $0.choice == choice } }
}

extension Decision: CustomStringConvertible {
    /// `filters 1: 8, 16`
    public var description: String { "\(name): \(choices.joined(separator: ", "))" }
}
