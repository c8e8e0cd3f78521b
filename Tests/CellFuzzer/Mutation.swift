import Autodiff
import Foundation
import Notebook

/// Cells of the lessons, changed as a person who types, pastes and guesses would, and worse.
struct Mutation {
    private let cells: [String]
    private let words: [String]

    /// Knows the cells of all lessons in a folder.
    init(lessons folder: String) {
        let files = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter {
            $0.hasSuffix(".md")
        }
        cells = files.sorted().flatMap { file in
            ((try? Lesson(path: folder + "/" + file))?.cells ?? []).map(\.source)
        }
        precondition(!cells.isEmpty, "there are no lessons in \(folder)")
        let pieces = Set(cells.flatMap(Self.pieces))
        words = pieces.filter { $0.first.map { $0.isLetter || $0 == "." } ?? false }.sorted()
    }

    /// What cells begin with, so that most of what they name exists.
    static let prelude = [
        "let world = GridWorld(rows: 2, columns: 3, horizon: 4)",
        "var π = SoftmaxPolicy(for: world, seed: 1)\nlet τ = rollout(π, in: world, seed: 7)",
        "let batch = rollouts(π, in: world, count: 16, seed: 7)",
        "let x = Tensor([1.0, -2.0, 0.5])\nlet θ = Parameter(\"θ\", x)\nvar numbers = [3.0, 1.0, 2.0]",
        "let network = Network<Float>([.maxPooling], input: digits.imageShape, classes: 10, seed: 1)",
        "var checker = GradientChecker()\nlet report = checker.check([\"x\": x]) { ($0[0] * $0[0]).sum() }",
        "func f(_ n: Int) -> Int { n + 1 }\nvar text = \"one\\ntwo\"\nvar table = [\"a\": 1]",
    ]

    /// The cell of a number: the same whenever it is asked for.
    func cell(_ number: Int, seed: Int) -> String {
        var generator = RandomGenerator(seed: seed, stream: number)
        var cell = cells[generator.uniform(below: cells.count)]
        for _ in 0..<generator.uniform(below: 5) { cell = changed(cell, &generator) }
        return cell
    }

    private func changed(_ cell: String, _ generator: inout RandomGenerator) -> String {
        var pieces = Self.pieces(cell)
        func place(_ generator: inout RandomGenerator) -> Int { generator.uniform(below: max(pieces.count, 1)) }
        func one<Element>(of list: [Element], _ generator: inout RandomGenerator) -> Element {
            list[generator.uniform(below: list.count)]
        }
        guard !pieces.isEmpty else { return one(of: cells, &generator) }
        switch generator.uniform(below: 14) {
        case 0:
            let start = place(&generator)
            pieces.removeSubrange(start..<min(pieces.count, start + 1 + generator.uniform(below: 4)))
        case 1:
            let start = place(&generator)
            let copy = pieces[start..<min(pieces.count, start + 1 + generator.uniform(below: 6))]
            pieces.insert(contentsOf: copy, at: place(&generator))
        case 2: pieces.swapAt(place(&generator), place(&generator))
        case 3, 4:
            let numbers = pieces.indices.filter { pieces[$0].first?.isNumber == true }
            if !numbers.isEmpty { pieces[one(of: numbers, &generator)] = one(of: Self.numbers, &generator) }
        case 5, 6:
            let names = pieces.indices.filter { pieces[$0].first?.isLetter == true }
            if !names.isEmpty { pieces[one(of: names, &generator)] = one(of: words, &generator) }
        case 7: pieces.insert(one(of: Self.characters, &generator), at: place(&generator))
        case 8: pieces.insert(one(of: Self.snippets, &generator), at: place(&generator))
        case 9:
            let other = Self.pieces(one(of: cells, &generator))
            pieces = Array(
                pieces.prefix(place(&generator)) + other.dropFirst(generator.uniform(below: other.count + 1)))
        case 10:
            let end = one(of: ["\r\n", "\r", "\n\n"], &generator)
            return cell.replacingOccurrences(of: "\n", with: end)
        case 11:
            let (open, close) = one(
                of: [("(", ")"), ("[", "]"), ("{ ", " }"), ("{ _ in ", " }()"), ("-", "")], &generator)
            let depth = 1 + generator.uniform(below: 4)
            return String(repeating: open, count: depth) + cell + String(repeating: close, count: depth)
        case 12:
            // A flipped bit, and what is left of the text after it.
            var bytes = Array(cell.utf8)
            if !bytes.isEmpty {
                bytes[generator.uniform(below: bytes.count)] ^= 1 << UInt8(generator.uniform(below: 8))
            }
            return String(decoding: bytes, as: UTF8.self)
        default:
            return one(of: ["?", "??", ""], &generator) + one(of: words, &generator).drop { $0 == "." }
        }
        return pieces.joined()
    }

    /// A text as names, numbers, runs of spaces, and single other characters.
    private static func pieces(_ text: String) -> [String] {
        var pieces: [String] = []
        var kind = -1
        for character in text {
            let new = character.isLetter || character == "_" ? 0 : character.isNumber ? (kind == 0 ? 0 : 1) : 2
            if new == kind && new != 2 {
                pieces[pieces.count - 1].append(character)
            } else {
                pieces.append(String(character))
            }
            kind = new
        }
        return pieces
    }

    private static let numbers = [
        "0", "-1", "1", "2", "9223372036854775807", "-9223372036854775808", "1000000000000", "65536", "1e308", "-0.0",
        "1e-320", ".nan", ".infinity", "0.5", "1000", "99999999999999999999", "0x7fffffffffffffff", "nil",
    ]
    private static let characters = [
        "\u{FEFF}", "\u{200B}", "\u{202E}", "\u{0}", "\u{1B}[2J", "\u{A0}", "\u{2028}", "“", "’", "×", "−", "\\", "\"",
        "\"\"\"", "`", "#", "@", "/*", "*/", "//", "{", "}", "(", ")", "[", "]", ",", ";", ":", "=", " = ", "\r", "\n",
        "\t",
        "&", "|", "%", "^", "~", "!", "?", ".", "...", "..<", "->", "$0", "$9", "👩‍👩‍👧", "e\u{301}", "ﷺ", "\u{E0041}",
        "\u{3164}", "<<<<<<< HEAD\n", "{ [", "é", "\u{FFFD}",
    ]
    private static let snippets = [
        ".return", "∇", "[0]", "(-1)", " nil ", ".map { $0 }", " ** ", " as Int", " in ", ".self", "try ", "await ",
        "let ",
        "func g() { g() }; g()", "for i in 0..<1000000 { numbers.append(0.0) }", "while true {}", "text += text",
        "switch τ { default: 1 }", " ? ", "[[[[[[[[[[[[[", "/a b/", "#if X", "@main ", "$0", "_ = ", "\\(", "\"\\(1\"",
        ".count", ".shape", ".steps", "struct S {}", "enum E { case a }", "import Foundation\n", "0b2", "1...", "...1",
    ]
}
