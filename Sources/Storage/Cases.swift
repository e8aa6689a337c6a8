import GRDB

/// A customer's request, from its opening to its end.
public struct CaseRow: Sendable, Equatable {
    public var id: Int64
    /// access, correction, erasure, restriction, objection, portability
    public var kind: String
    /// Number of the customer.
    public var subject: Int64
    /// open, answered, refused
    public var status: String
    public var openedAt: Int64
    public var dueAt: Int64
    public var closedAt: Int64?
    /// Without personal data.
    public var note: String

    public init(
        id: Int64 = 0, kind: String, subject: Int64, status: String, openedAt: Int64, dueAt: Int64, closedAt: Int64? = nil,
        note: String
    ) {
        (self.id, self.kind, self.subject, self.status) = (id, kind, subject, status)
        (self.openedAt, self.dueAt, self.closedAt, self.note) = (openedAt, dueAt, closedAt, note)
    }
}

extension StoreReader {
    /// Cases, the most urgent first; closed ones only when `closed`.
    public func cases(closed: Bool) throws -> [CaseRow] {
        try Row.fetchAll(
            db, sql: "SELECT * FROM subject_case\(closed ? "" : " WHERE closed_at IS NULL") ORDER BY closed_at IS NOT NULL, due_at, id"
        ).map { row in
            CaseRow(
                id: row["id"], kind: row["kind"], subject: row["subject"], status: row["status"], openedAt: row["opened_at"],
                dueAt: row["due_at"], closedAt: row["closed_at"], note: row["note"])
        }
    }
}

extension StoreWriter {
    /// Returns the case's number.
    public func addCase(_ row: CaseRow) throws -> Int64 {
        try db.execute(
            sql: "INSERT INTO subject_case (kind, subject, status, opened_at, due_at, note) VALUES (?, ?, ?, ?, ?, ?)",
            arguments: [row.kind, row.subject, row.status, row.openedAt, row.dueAt, row.note])
        return db.lastInsertedRowID
    }

    public func closeCase(_ id: Int64, status: String, note: String, at now: Int64) throws {
        try db.execute(
            sql: "UPDATE subject_case SET status = ?, note = ?, closed_at = ? WHERE id = ?", arguments: [status, note, now, id])
    }
}
