/// An index whose keys come in random order. How it is kept is each database's own (``Connection/tables(of:)``).
package struct LookupIndex: Sendable {
    package let name: String
    /// In the order of the primary key.
    package let columns: [BulkColumn]

    private init(_ name: String, _ columns: [BulkColumn]) { (self.name, self.columns) = (name, columns) }

    /// Idempotency keys of records.
    package static let records = LookupIndex("record_uid", [BulkColumn("uid", .bytes)])
    /// Records by customer.
    package static let subjects = LookupIndex("subject_record", [BulkColumn("subject", .integer), BulkColumn("record", .integer)])
    /// Customers by the tags of their values.
    package static let tags = LookupIndex("blind_index", [BulkColumn("tag", .bytes), BulkColumn("field", .integer), BulkColumn("subject", .integer)])

    package static let all = [records, subjects, tags]

    /// Nil where there is no table to take it.
    func inserter(_ db: any Connection) throws -> (any BulkInserter)? {
        guard let table = db.tables(of: self).first else { return nil }
        return try db.inserter(into: table, columns, ignoringPresent: true)
    }

    /// Statements that delete the entries that fulfil `condition`, one a table.
    func deleters(_ db: any Connection, where condition: String) throws -> [any Statement] {
        try db.tables(of: self).map { try db.statement("DELETE FROM \($0) WHERE \(condition)") }
    }
}
