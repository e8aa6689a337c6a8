/// What a record was before its source changed it.
package struct FormerRecord: Sendable, Equatable {
    /// 0 for one that is not stored yet.
    package var id: Int64
    package var record: Int64
    package var subject: Int64
    /// When it was replaced, in milliseconds since 1970.
    package var at: Int64
    package var note: SealedNote

    package init(id: Int64 = 0, record: Int64, subject: Int64, at: Int64, note: SealedNote) {
        (self.id, self.record, self.subject, self.at, self.note) = (id, record, subject, at, note)
    }

    fileprivate static let columns = "id, record, subject, at, note"

    fileprivate init(_ row: any Row) {
        self.init(id: row.integer(0), record: row.integer(1), subject: row.integer(2), at: row.integer(3), note: SealedNote(row.text(4)))
    }
}

extension StoreReader {
    /// What records were, oldest first.
    package func formerRecords() throws -> [FormerRecord] {
        try db.rows("SELECT \(FormerRecord.columns) FROM former_record ORDER BY id", read: FormerRecord.init)
    }

    /// The same of one record.
    package func formerRecords(of record: Int64) throws -> [FormerRecord] {
        try db.rows("SELECT \(FormerRecord.columns) FROM former_record WHERE record = ? ORDER BY id", record, read: FormerRecord.init)
    }
}

extension StoreWriter {
    package func addFormer(_ former: FormerRecord) throws {
        _ = try adding(.formerRecord) {
            try db.integer(
                "INSERT INTO former_record (record, subject, at, note) VALUES (?, ?, ?, ?) RETURNING id", former.record, former.subject, former.at, former.note.text)!
        }
    }

    /// Puts another text in the place of what a record was.
    package func setNote(_ note: SealedNote, ofFormer id: Int64) throws {
        try changing(.formerRecord, where: "id = ?", id) { try db.run("UPDATE former_record SET note = ? WHERE id = ?", note.text, id) }
    }

    func deleteFormer(of subject: Int64) throws {
        try changing(.formerRecord, where: "subject = ?", subject) { try db.run("DELETE FROM former_record WHERE subject = ?", subject) }
    }

    /// What a record was goes with it, and with any part of it.
    package func deleteFormer(ofRecords records: [Int64]) throws {
        guard try reader.hasRows(.formerRecord) else { return }
        for record in records { try changing(.formerRecord, where: "record = ?", record) { try db.run("DELETE FROM former_record WHERE record = ?", record) } }
    }
}
