import GRDB

/// A field of the blind index under one key.
public struct IndexedField: Sendable, Equatable {
    public enum State: String, Sendable {
        /// Not all customers are in it yet; nobody looks there.
        case building
        case current
        /// Another has taken its place.
        case former
    }

    /// What stands for it in index entries.
    public var number: Int
    public var name: String
    /// Of its key.
    public var version: Int
    public var state: State
    /// The last customer whose entries are in it, while it is built.
    public var built: Int64
    /// The last record that was there when building began, or caught up last.
    public var records: Int64
}

extension StoreReader {
    public func indexedFields(_ state: IndexedField.State? = nil) throws -> [IndexedField] {
        let sql = "SELECT id, name, version, state, built, records FROM indexed_field ORDER BY id"
        return try Row.fetchAll(db, sql: sql).map { row in
            IndexedField(
                number: row[0], name: row[1], version: row[2], state: IndexedField.State(rawValue: row[3]) ?? .former, built: row[4], records: row[5])
        }.filter { state == nil || $0.state == state }
    }

    public func lastRecord() throws -> Int64 { try Int64.fetchOne(db, sql: "SELECT MAX(id) FROM record") ?? 0 }

    public func lastSubject() throws -> Int64 { try Int64.fetchOne(db, sql: "SELECT MAX(id) FROM subject") ?? 0 }

    /// Customers behind `subject` who were not erased, in order.
    public func subjects(after subject: Int64, limit: Int) throws -> [Int64] {
        try Int64.fetchAll(db, sql: "SELECT id FROM subject WHERE id > ? AND erased_at IS NULL ORDER BY id LIMIT ?", arguments: [subject, limit])
    }

    /// Customers of up to `limit` records behind `record`, and the last of these.
    public func subjects(ofRecordsAfter record: Int64, limit: Int) throws -> (subjects: [Int64], last: Int64) {
        let rows = try Row.fetchAll(db, sql: "SELECT id, subject FROM record WHERE id > ? ORDER BY id LIMIT ?", arguments: [record, limit])
        return (Set(rows.map { $0[1] as Int64 }).sorted(), try rows.last.map { $0[0] } ?? lastRecord())
    }
}

extension StoreWriter {
    /// Adds a field to the blind index.
    public func addIndexedField(_ name: String, version: Int, _ state: IndexedField.State) throws {
        try db.execute(
            sql: "INSERT OR IGNORE INTO indexed_field (name, version, state, records) VALUES (?, ?, ?, ?)",
            arguments: [name, version, state.rawValue, reader.lastRecord()])
    }

    /// Notes how far the indexes that are being built have come.
    public func noteIndexing(built subject: Int64? = nil, records: Int64? = nil) throws {
        try db.execute(
            sql: "UPDATE indexed_field SET built = IFNULL(?, built), records = IFNULL(?, records) WHERE state = 'building'",
            arguments: [subject, records])
    }

    /// Puts the indexes that were built in the place of the current ones.
    public func switchIndexes() throws {
        try db.execute(sql: """
            UPDATE indexed_field SET state = 'former' WHERE state = 'current' AND name IN (SELECT name FROM indexed_field WHERE state = 'building');
            UPDATE indexed_field SET state = 'current' WHERE state = 'building';
            """)
    }

    /// Takes the entries of former indexes from up to `limit` customers behind `subject`.
    ///
    /// - Returns: the last of them; nil when none was left.
    public func removeFormerEntries(after subject: Int64, limit: Int) throws -> Int64? {
        let former = Set(try reader.indexedFields(.former).map(\.number))
        let subjects = try reader.subjects(after: subject, limit: limit)
        let finder = try reader.subjectFinder()
        for subject in subjects {
            let entries = try finder.known(subject).entries
            let gone = entries.filter { former.contains($0.field) }
            guard !gone.isEmpty else { continue }
            try removeFromIndex(gone, of: subject)
            try db.execute(sql: "UPDATE subject SET entries = x'' WHERE id = ?", arguments: [subject])
            try subjectInserter().extend(subject, by: entries.filter { !former.contains($0.field) })
        }
        return subjects.last
    }

    public func forgetFormerFields() throws { try db.execute(sql: "DELETE FROM indexed_field WHERE state = 'former'") }
}
