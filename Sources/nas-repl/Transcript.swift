/// The notebook's own prompts: how they look, and how they are taken off a transcript that is pasted back.
enum Transcript {
    static func input(_ number: Int) -> String { "In [\(number)]: " }
    static func continuation(_ number: Int) -> String {
        String(repeating: " ", count: input(number).count - 5) + "...: "
    }
    static func output(_ number: Int) -> String { "Out[\(number)]: " }

    /// The cells of a pasted transcript, without prompts and outputs; other text as it is.
    static func cells(in text: String) -> String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.contains(where: { inputText($0) != nil }) else { return text }
        var isCell = false
        return lines.compactMap { line -> Substring? in
            if let text = inputText(line) {
                isCell = true
                return text
            }
            if isCell, let dots = line.range(of: "...: "), line[..<dots.lowerBound].allSatisfy({ $0 == " " }) {
                return line[dots.upperBound...]
            }
            isCell = false
            return nil
        }.joined(separator: "\n")
    }

    private static func inputText(_ line: Substring) -> Substring? {
        guard line.hasPrefix("In ["), let close = line.range(of: "]: ") else { return nil }
        return line[line.index(line.startIndex, offsetBy: 4)..<close.lowerBound].allSatisfy(\.isNumber)
            ? line[close.upperBound...] : nil
    }
}
