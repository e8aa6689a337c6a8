import Foundation
import GRDB

/// An index whose keys come in random order, kept in two tables of one shape.
///
/// A batch of random keys touches most leaves of a large B-tree, so that storing it would rewrite
/// the index again and again (measured at 1,000,000 records: 5.7 KB of pages a record). New entries
/// gather in a small table instead, and with every ``stride`` records one of ``slices`` ranges of
/// keys moves on to the large one, neighbours together: the idea of a log-structured merge tree
/// (O'Neil, Cheng, Gawlick, O'Neil 1996) with two components. A view of the index's name shows both.
struct LookupIndex: Sendable {
    let name: String
    /// In the order of the primary key; ranges of the first one move together.
    let columns: [(name: String, type: String)]

    /// Idempotency keys of records.
    static let records = LookupIndex(name: "record_uid", columns: [("uid", "BLOB")])
    /// Records by customer.
    static let subjects = LookupIndex(name: "subject_record", columns: [("subject", "INTEGER"), ("record", "INTEGER")])
    /// Customers by the tags of their values.
    static let tags = LookupIndex(name: "blind_index", columns: [("tag", "BLOB"), ("field", "INTEGER"), ("subject", "INTEGER")])

    private static let stride: Int64 = 8192
    private static let slices: Int64 = 16

    private var recent: String { name + "_recent" }
    private var settled: String { name + "_settled" }

    var definition: String {
        let columnList = columns.map(\.name).joined(separator: ", ")
        let tables = [recent, settled].map { table in
            """
            CREATE TABLE \(table) (\(columns.map { "\($0.name) \($0.type) NOT NULL" }.joined(separator: ", ")),
                PRIMARY KEY (\(columnList))) WITHOUT ROWID;
            """
        }
        return tables.joined(separator: "\n") + """

            CREATE VIEW \(name) AS
                SELECT \(columnList) FROM \(recent) UNION ALL SELECT \(columnList) FROM \(settled);
            """
    }

    func inserter(_ db: Database) throws -> RowWriter {
        let marks = columns.map { _ in "?" }.joined(separator: ", ")
        return try RowWriter(db, "INSERT OR IGNORE INTO \(recent) VALUES (\(marks))")
    }

    /// Queries of the entries that fulfil `condition`, one a table: the small one first.
    func finders(_ db: Database, _ columns: String, where condition: String, order: String) throws -> [RowWriter] {
        try [recent, settled].map { try RowWriter(db, "SELECT \(columns) FROM \($0) WHERE \(condition) ORDER BY \(order)") }
    }

    /// Statements that delete the entries that fulfil `condition`, one a table.
    func deleters(_ db: Database, where condition: String) throws -> [RowWriter] {
        try [recent, settled].map { try RowWriter(db, "DELETE FROM \($0) WHERE \(condition)") }
    }

    /// Moves on what is due after records up to `last` were added to those up to `first`.
    static func settle(_ db: Database, from first: Int64, to last: Int64) throws {
        let due = Set((first / stride..<last / stride).suffix(Int(slices)).map { $0 % slices })
        guard !due.isEmpty else { return }
        let subjects = try Int64.fetchOne(db, sql: "SELECT MAX(id) FROM subject") ?? 0
        for slice in due.sorted() {
            let isLast = slice == slices - 1
            let numbers = (subjects * slice / slices, isLast ? .max : subjects * (slice + 1) / slices)
            try Self.subjects.move(db, from: numbers.0.databaseValue, to: numbers.1.databaseValue)
            // A blob sorts after its own prefix.
            let width = UInt8(256 / slices)
            let lower = Data([UInt8(slice) * width])
            let upper = isLast ? Data(repeating: 0xFF, count: 17) : Data([UInt8(slice + 1) * width])
            for index in [records, tags] { try index.move(db, from: lower.databaseValue, to: upper.databaseValue) }
        }
    }

    private func move(_ db: Database, from lower: DatabaseValue, to upper: DatabaseValue) throws {
        let range = "\(columns[0].name) >= ? AND \(columns[0].name) < ?"
        let insert = try db.cachedStatement(sql: "INSERT OR IGNORE INTO \(settled) SELECT * FROM \(recent) WHERE \(range)")
        try insert.execute(arguments: [lower, upper])
        try db.cachedStatement(sql: "DELETE FROM \(recent) WHERE \(range)").execute(arguments: [lower, upper])
    }
}
