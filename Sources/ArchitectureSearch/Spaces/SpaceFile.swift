import Autodiff
import Foundation
import TextDisplay

extension SearchSpace {
    /// The space that a JSON file describes.
    ///
    ///     {
    ///         "name": "tiny",
    ///         "decisions": [
    ///             {"name": "filters 1", "choices": [8, 16, 32]},
    ///             {"name": "kernel 1", "choices": [3, 5]}
    ///         ],
    ///         "fixed": {"pooling 1": "max"},
    ///         "expert": [{"filters 1": 16, "kernel 1": 3}]
    ///     }
    ///
    /// `fixed` and `expert` may be left out; the names are those of ``init(name:decisions:fixed:expert:)``.
    ///
    /// - Throws: ``InvalidArgument`` that names the file, the line and what is wrong there.
    public init(file path: String) throws {
        let text: String
        do {
            text = try TextFile.read(path)
        } catch {
            throw InvalidArgument(error.description)
        }
        try self.init(definition: text, file: path)
    }

    /// The space of a definition in JSON.
    ///
    /// - Parameter file: what errors call it.
    init(definition: String, file: String) throws {
        func failure(line: Int?, _ reason: String) -> InvalidArgument {
            InvalidArgument("\(file): " + (line.map { "line \($0): " } ?? "") + reason)
        }
        let definition = PlainText.normalized(definition)
        let lines = JSONLines(of: definition)
        let described: SpaceDefinition
        do {
            described = try JSONDecoder().decode(SpaceDefinition.self, from: Data(definition.utf8))
        } catch let error as DecodingError {
            let (path, reason) = error.pathAndReason
            throw failure(line: path.map { lines.line(of: $0) } ?? lines.failure, reason)
        }
        if let line = lines.failure { throw failure(line: line, "it is not valid JSON") }
        if let (line, key) = lines.duplicate { throw failure(line: line, "'\(key)' is there twice") }
        for (path, line) in lines.keys where !SpaceDefinition.knows(path) {
            throw failure(line: line, "'\(path.last!)' means nothing here: \(SpaceDefinition.keysInWords)")
        }
        do throws(SpaceProblem) {
            try self.init(
                describing: described.name, described.decisions.map { Decision(name: $0.name, $0.choices) },
                described.fixed ?? [:], described.expert ?? [])
        } catch {
            let path: [String] =
                switch error.place {
                case .decisions: ["decisions"]
                case .decision(let i): ["decisions", "\(i)", "name"]
                case .choice(let i, let j): ["decisions", "\(i)", "choices", "\(j)"]
                case .fixed(let name): ["fixed", name]
                case .expert(let i): ["expert", "\(i)"]
                }
            throw failure(line: lines.line(of: path), error.reason)
        }
        self.definition = definition
    }
}

/// The JSON of a space.
private struct SpaceDefinition: Decodable {
    struct Decision: Decodable {
        let name: String
        let choices: [String]

        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            name = try values.decode(String.self, forKey: .name)
            choices = try values.decode([Choice].self, forKey: .choices).map(\.text)
        }

        private enum CodingKeys: CodingKey { case name, choices }
    }
    let name: String
    let decisions: [Decision]
    let fixed: [String: String]?
    let expert: [[String: String]]?

    private enum CodingKeys: CodingKey { case name, decisions, fixed, expert }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        name = try values.decode(String.self, forKey: .name)
        decisions = try values.decode([Decision].self, forKey: .decisions)
        fixed = try values.decodeIfPresent([String: Choice].self, forKey: .fixed)?.mapValues(\.text)
        expert = try values.decodeIfPresent([[String: Choice]].self, forKey: .expert)?.map { $0.mapValues(\.text) }
    }

    /// A choice: a text, or a number.
    private struct Choice: Decodable {
        let text: String

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if let whole = try? value.decode(Int.self) {
                text = String(whole)
            } else if let number = try? value.decode(Double.self) {
                text = String(number)
            } else {
                text = try value.decode(String.self)
            }
        }
    }

    /// Whether a key at that path is read.
    static func knows(_ path: [String]) -> Bool {
        switch (path.count, path[0]) {
        case (1, let key): ["name", "decisions", "fixed", "expert"].contains(key)
        case (3, "decisions"): ["name", "choices"].contains(path[2])
        case (2, "fixed"), (3, "expert"): true
        default: false
        }
    }

    static let keysInWords =
        "a space has name, decisions, fixed and expert, and each decision has name and choices"
}

extension DecodingError {
    /// What was expected, in JSON's words.
    private static func words(for type: Any.Type) -> String {
        if type == String.self { return "a text or a number" }
        return "\(type)".hasPrefix("Array") ? "a list, […]," : "an object, {…},"
    }

    /// Where in the JSON something can't be read, and why; no path where it is no JSON at all.
    fileprivate var pathAndReason: (path: [String]?, reason: String) {
        func path(_ context: Context) -> [String] {
            context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }
        }
        switch self {
        case .keyNotFound(let key, let context): return (path(context), "'\(key.stringValue)' is missing here")
        case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
            return (path(context), "expected \(Self.words(for: type)) here")
        case .dataCorrupted: return (nil, "it is not valid JSON")
        @unknown default: return (nil, "it is not valid JSON")
        }
    }
}
