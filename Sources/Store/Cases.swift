/// A customer's request, from its opening to its end.
package struct CaseRow: Sendable, Equatable {
    package var id: Int64
    /// access, correction, erasure, restriction, objection, portability
    package var kind: String
    /// Number of the customer.
    package var subject: Int64
    /// open, answered, refused
    package var status: String
    package var openedAt: Int64
    package var dueAt: Int64
    package var closedAt: Int64?
    package var note: SealedNote

    package init(
        id: Int64 = 0, kind: String, subject: Int64, status: String, openedAt: Int64, dueAt: Int64, closedAt: Int64? = nil,
        note: SealedNote
    ) {
        (self.id, self.kind, self.subject, self.status) = (id, kind, subject, status)
        (self.openedAt, self.dueAt, self.closedAt, self.note) = (openedAt, dueAt, closedAt, note)
    }
}

extension StoreReader {
    /// Cases, the most urgent first; closed ones only when `closed`.
    package func cases(closed: Bool) throws -> [CaseRow] {
        let sql = """
            SELECT id, kind, subject, status, opened_at, due_at, closed_at, note FROM subject_case\(closed ? "" : " WHERE closed_at IS NULL")
            ORDER BY closed_at IS NOT NULL, due_at, id
            """
        try requireUnaltered(.subjectCase)
        return try db.rows(sql) { row in
            CaseRow(
                id: row.integer(0), kind: row.text(1), subject: row.integer(2), status: row.text(3), openedAt: row.integer(4), dueAt: row.integer(5),
                closedAt: row.optionalInteger(6), note: SealedNote(row.text(7)))
        }
    }
}

extension StoreWriter {
    /// Returns the case's number.
    package func addCase(_ row: CaseRow) throws -> Int64 {
        try adding(.subjectCase) {
            try db.integer(
                "INSERT INTO subject_case (kind, subject, status, opened_at, due_at, note) VALUES (?, ?, ?, ?, ?, ?) RETURNING id", row.kind, row.subject,
                row.status, row.openedAt, row.dueAt, row.note.text)!
        }
    }

    package func closeCase(_ id: Int64, status: String, note: SealedNote, at now: Int64) throws {
        try changing(.subjectCase, where: "id = ?", id) {
            try db.run("UPDATE subject_case SET status = ?, note = ?, closed_at = ? WHERE id = ?", status, note.text, now, id)
        }
    }

    package func setNote(_ note: SealedNote, ofCase id: Int64) throws {
        try changing(.subjectCase, where: "id = ?", id) { try db.run("UPDATE subject_case SET note = ? WHERE id = ?", note.text, id) }
    }
}
