/// An index whose keys come in random order, kept in two tables of one shape.
///
/// A batch of random keys touches most leaves of a large B-tree, so that storing it would rewrite
/// the index again and again (measured at 1,000,000 records: 5.7 KB of pages a record). New entries
/// gather in a small table instead, and with every ``stride`` records one of ``slices`` ranges of
/// keys moves on to the large one, neighbours together: the idea of a log-structured merge tree
/// (O'Neil, Cheng, Gawlick, O'Neil 1996) with two components. A view of the index's name shows both.
///
/// In PostgreSQL it is one table, and there is none of records by customer: `record` itself is kept by customer there.
struct LookupIndex: Sendable {
    let name: String
    /// In the order of the primary key; ranges of the first one move together.
    let columns: [(name: String, kind: BulkColumn.Kind)]

    /// Idempotency keys of records.
    static let records = LookupIndex(name: "record_uid", columns: [("uid", .bytes)])
    /// Records by customer.
    static let subjects = LookupIndex(name: "subject_record", columns: [("subject", .integer), ("record", .integer)])
    /// Customers by the tags of their values.
    static let tags = LookupIndex(name: "blind_index", columns: [("tag", .bytes), ("field", .integer), ("subject", .integer)])

    static let all = [records, subjects, tags]

    private static let stride: Int64 = 8192
    private static let slices: Int64 = 16

    private var recent: String { name + "_recent" }
    var settled: String { name + "_settled" }

    var definition: String {
        let columnList = columns.map(\.name).joined(separator: ", ")
        let tables = [recent, settled].map { table in
            """
            CREATE TABLE \(table) (\(columns.map { "\($0.name) \($0.kind == .bytes ? "BLOB" : "INTEGER") NOT NULL" }.joined(separator: ", ")),
                PRIMARY KEY (\(columnList))) WITHOUT ROWID;
            """
        }
        return tables.joined(separator: "\n") + """

            CREATE VIEW \(name) AS
                SELECT \(columnList) FROM \(recent) UNION ALL SELECT \(columnList) FROM \(settled);
            """
    }

    /// Nil where there is no table to take it.
    func inserter(_ db: any Connection) throws -> (any BulkInserter)? {
        guard let table = tables(db).first else { return nil }
        return try db.inserter(into: table, columns.map { BulkColumn($0.name, $0.kind) }, ignoringPresent: true)
    }

    /// The tables that hold its entries: the small one first.
    func tables(_ db: any Connection) -> [String] {
        switch db.dialect {
        case .sqlite: [recent, settled]
        case .postgres: name == Self.subjects.name ? [] : [name]
        }
    }

    /// Statements that delete the entries that fulfil `condition`, one a table.
    func deleters(_ db: any Connection, where condition: String) throws -> [any Statement] {
        try tables(db).map { try db.statement("DELETE FROM \($0) WHERE \(condition)") }
    }

    /// Moves on what is due after records up to `last` were added to those up to `first`.
    static func settle(_ db: any Connection, from first: Int64, to last: Int64) throws {
        guard db.dialect == .sqlite else { return }
        let due = Set((first / stride..<last / stride).suffix(Int(slices)).map { $0 % slices })
        guard !due.isEmpty else { return }
        let subjects = try db.integer("SELECT MAX(id) FROM subject") ?? 0
        for slice in due.sorted() {
            let isLast = slice == slices - 1
            try Self.subjects.move(db, from: subjects * slice / slices, to: isLast ? .max : subjects * (slice + 1) / slices)
            // A blob sorts after its own prefix.
            let width = UInt8(256 / slices)
            let lower = [UInt8(slice) * width]
            let upper = isLast ? [UInt8](repeating: 0xFF, count: 17) : [UInt8(slice + 1) * width]
            for index in [records, tags] { try index.move(db, from: lower, to: upper) }
        }
    }

    /// Moves on everything.
    static func settleAll(_ db: any Connection) throws {
        for index in all { try index.moveAll(db) }
    }

    private func moveAll(_ db: any Connection) throws {
        try db.run("INSERT OR IGNORE INTO \(settled) SELECT * FROM \(recent)")
        try db.run("DELETE FROM \(recent)")
    }

    private func move(_ db: any Connection, from lower: any Bindable, to upper: any Bindable) throws {
        let range = "\(columns[0].name) >= ? AND \(columns[0].name) < ?"
        try db.run("INSERT OR IGNORE INTO \(settled) SELECT * FROM \(recent) WHERE \(range)", lower, upper)
        try db.run("DELETE FROM \(recent) WHERE \(range)", lower, upper)
    }
}
