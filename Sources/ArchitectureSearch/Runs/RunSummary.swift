import Autodiff
import Foundation
import GRDB
import TextDisplay

/// Whether a run is done.
public enum RunState: String, Sendable, Codable {
    /// Its process is alive.
    case running
    /// All children are done and the best is tested.
    case finished
    /// It was stopped or killed; it can be resumed.
    case interrupted
}

/// A run as a list shows it.
public struct RunSummary: Sendable {
    /// The number of the run in its store.
    public let run: Int64
    /// Whether it is done.
    public private(set) var state: RunState
    /// The number of children done.
    public let children: Int
    /// What is searched.
    public let configuration: SearchConfiguration
    /// When it was started.
    public let started: Date
    /// How long it took, once it is finished.
    public let seconds: Double?
    /// The test accuracy of the best child, once it is finished.
    public let test: Double?

    /// The same run, whose process is gone.
    var interrupted: RunSummary {
        var run = self
        run.state = .interrupted
        return run
    }
}

extension RunSummary {
    /// A row of the store, which may hold anything.
    static func read(_ row: Row) -> Result<RunSummary, InvalidArgument> {
        Result { () throws(InvalidArgument) in
            // SQLite lets the key of a table be nothing but an integer.
            let id: Int64 = row["id"]
            func column<Value: DatabaseValueConvertible>(_ name: String) throws(InvalidArgument) -> Value {
                do {
                    return try row.decode(Value.self, forColumn: name)
                } catch {
                    throw InvalidArgument("run \(id): the column '\(name)' can't be read")
                }
            }
            let text: String = try column("state")
            guard let state = RunState(rawValue: text) else {
                throw InvalidArgument("run \(id): a run can't be '\(text)'")
            }
            return RunSummary(
                run: id, state: state, children: try column("children"),
                configuration: try decode(try column("configuration"), "run \(id): the configuration"),
                started: try column("started"), seconds: try column("seconds"), test: try column("test"))
        }
    }
}

/// A value as the store keeps it.
///
/// - Throws: ``InvalidArgument`` for numbers that JSON has no text for.
func encode(_ value: some Encodable, _ name: String) throws(InvalidArgument) -> String {
    do {
        return String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
    } catch {
        throw InvalidArgument("\(name) can't be stored: a number in it is infinite, or none at all")
    }
}

/// A value from the store, which may hold anything.
///
/// - Throws: ``InvalidArgument`` with the place in the text that makes no sense.
func decode<Value: Decodable>(_ text: String, _ name: String) throws(InvalidArgument) -> Value {
    do {
        return try JSONDecoder().decode(Value.self, from: Data(text.utf8))
    } catch let error as DecodingError {
        let path: [any CodingKey] =
            switch error {
            case .keyNotFound(let key, let context): context.codingPath + [key]
            case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
                context.codingPath
            @unknown default: []
            }
        let place = path.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
        throw InvalidArgument("\(name) can't be read" + (place.isEmpty ? "" : ": see '\(place)' in it"))
    } catch {
        throw InvalidArgument("\(name) can't be read")
    }
}
