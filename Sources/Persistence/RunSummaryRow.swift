import ArchitectureSearch
import Foundation
import GRDB
import TextDisplay

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
