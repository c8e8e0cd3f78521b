import GRDB

/// The tables of a store, and how a file is known to be one.
enum RunStoreSchema {
    /// What a database holds.
    enum Content {
        /// Nothing yet.
        case empty
        /// Runs.
        case runs
        /// Something else, or runs that can't be read.
        case problem(RunStoreProblem.Fact)
    }

    /// The name under which the tables were made first, which every store has.
    private static let identifier = "runs, children and updates"

    static func content(_ database: Database) throws -> Content {
        let names = Set(try String.fetchAll(database, sql: "SELECT name FROM sqlite_master"))
        if names.isEmpty { return .empty }
        guard names.contains("grdb_migrations"),
            try database.columns(in: "grdb_migrations").contains(where: { $0.name == "identifier" })
        else { return .problem(.foreign) }
        let applied = Set(try String.fetchAll(database, sql: "SELECT identifier FROM grdb_migrations"))
        // Earlier versions made this table first, and could be killed before they made the others.
        if applied.isEmpty && !names.contains("run") && !names.contains("child") { return .empty }
        guard applied.contains(identifier) else { return .problem(.foreign) }
        guard applied.count == 1 else { return .problem(.newer) }
        for (table, columns) in columns {
            guard try database.tableExists(table) else { return .problem(.damaged) }
            let found = Set(try database.columns(in: table).map(\.name))
            guard found.isSuperset(of: columns) else { return .problem(.damaged) }
        }
        return .runs
    }

    private static let columns: [String: Set<String>] = [
        "run": [
            "id", "configuration", "state", "process", "started", "seconds", "bestChild", "test", "strategyState",
            "observedChildren",
        ],
        "child": ["run", "number", "child"],
    ]

    /// Makes the tables in a database that is empty.
    ///
    // GRDB's migrator looks for what is missing before its transaction begins, so that two of them make the same tables: this is
    // called in the transaction that has looked. A version that changes the tables adds its identifier to GRDB's list.
    static func make(in database: Database) throws {
        try database.execute(sql: "CREATE TABLE IF NOT EXISTS grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)")
        try database.create(table: "run") { table in
            table.autoIncrementedPrimaryKey("id")
            table.column("configuration", .text).notNull()
            table.column("state", .text).notNull()
            // The number of the process that ran it last: for a person who looks, never for a decision.
            table.column("process", .integer).notNull()
            table.column("started", .datetime).notNull()
            table.column("seconds", .double)
            table.column("bestChild", .integer)
            table.column("test", .double)
            table.column("strategyState", .text)
            table.column("observedChildren", .integer).notNull().defaults(to: 0)
        }
        try database.create(table: "child") { table in
            table.column("run", .integer).notNull().references("run", onDelete: .cascade)
            table.column("number", .integer).notNull()
            table.column("child", .text).notNull()
            table.primaryKey(["run", "number"])
        }
        try database.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES (?)", arguments: [identifier])
    }
}
