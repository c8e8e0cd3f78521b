extension Value {
    /// The value as Swift prints it; cut off where it would be longer than a person reads.
    public var description: String { rendered { $0.rendering(quoted: false) } }

    /// The value as a cell shows it: as Swift prints it, but texts in quotes.
    public var shown: String { rendered { $0.rendering(quoted: true) } }

    private func rendered(_ render: (Value) -> Rendering) -> String {
        var budget = 100_000
        var text = ""
        render(self).write(&text, &budget)
        return budget <= 0 ? text + "…" : text
    }

    /// Text that is made piece by piece, so that a value with very many elements costs only what is shown of it.
    private struct Rendering {
        let write: (inout String, inout Int) -> Void
    }

    private func rendering(quoted: Bool) -> Rendering {
        Rendering { text, budget in
            guard budget > 0 else { return }
            func add(_ piece: String) {
                budget -= piece.utf8.count
                text += piece
            }
            func addAll(_ values: some Sequence<Value>) {
                for (i, value) in values.enumerated() where budget > 0 {
                    if i > 0 { add(", ") }
                    value.rendering(quoted: true).write(&text, &budget)
                }
            }
            switch self {
            case .void: add("()")
            case .none: add("nil")
            case .literal(let literal):
                switch literal.int {
                case .success(let int): add(String(int))
                case .failure: add(literal.double.description)
                }
            case .int(let int): add(int.description)
            case .double(let double): add(double.description)
            case .bool(let bool): add(bool.description)
            case .string(let string): add(quoted ? string.debugDescription : string)
            case .array(let list):
                add("[")
                addAll(list.elements)
                add("]")
            case .dictionary(let dictionary):
                add("[")
                for (i, key) in dictionary.keys.enumerated() where budget > 0 {
                    if i > 0 { add(", ") }
                    key.value.rendering(quoted: true).write(&text, &budget)
                    add(": ")
                    dictionary[key]?.rendering(quoted: true).write(&text, &budget)
                }
                add(dictionary.count == 0 ? ":]" : "]")
            case .tuple(let tuple):
                let elements = tuple.elements
                add("(")
                for (i, element) in elements.enumerated() where budget > 0 {
                    if i > 0 { add(", ") }
                    if let label = element.label { add("\(label): ") }
                    element.value.rendering(quoted: true).write(&text, &budget)
                }
                add(")")
            case .range(let range, let isClosed):
                add(
                    isClosed
                        ? "\(range.lowerBound)...\(range.upperBound - 1)" : "\(range.lowerBound)..<\(range.upperBound)")
            case .function(let function): add("(function \(function.name))")
            case .implicitMember(let member): add(".\(member.name)")
            case .type(let name): add(name)
            case .foreign(let foreign): add("\(foreign.value)")
            }
        }
    }
}
