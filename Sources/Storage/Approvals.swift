import GRDB

/// A request of one principal that another decides.
public struct ApprovalRow: Sendable, Equatable {
    public enum State: String, Sendable {
        case pending, granted, denied
        /// Granted, and made use of.
        case used
    }

    public var id: Int64
    public var principal: String
    public var role: String
    public var purpose: String
    public var record: Int64
    public var field: String
    /// Without personal data.
    public var reason: String
    public var askedAt: Int64
    public var expiresAt: Int64
    public var state: State
    public var decidedBy: String?

    /// - Parameter id: 0 for one that is not stored yet.
    public init(
        id: Int64 = 0, principal: String, role: String, purpose: String, record: Int64, field: String, reason: String,
        askedAt: Int64, expiresAt: Int64, state: State, decidedBy: String? = nil
    ) {
        (self.id, self.principal, self.role, self.purpose) = (id, principal, role, purpose)
        (self.record, self.field, self.reason) = (record, field, reason)
        (self.askedAt, self.expiresAt, self.state, self.decidedBy) = (askedAt, expiresAt, state, decidedBy)
    }
}

extension StoreReader {
    /// Requests that have not expired at `now`, oldest first.
    public func approvals(at now: Int64) throws -> [ApprovalRow] {
        try Row.fetchAll(db, sql: "SELECT * FROM approval WHERE expires_at > ? ORDER BY id", arguments: [now]).map { row in
            ApprovalRow(
                id: row["id"], principal: row["principal"], role: row["role"], purpose: row["purpose"], record: row["record"],
                field: row["field"], reason: row["reason"], askedAt: row["asked_at"], expiresAt: row["expires_at"],
                state: ApprovalRow.State(rawValue: row["state"]) ?? .denied, decidedBy: row["decided_by"])
        }
    }
}

extension StoreWriter {
    /// Returns the request's number.
    public func addApproval(_ row: ApprovalRow) throws -> Int64 {
        try db.execute(
            sql: """
                INSERT INTO approval (principal, role, purpose, record, field, reason, asked_at, expires_at, state, decided_by)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                row.principal, row.role, row.purpose, row.record, row.field, row.reason, row.askedAt, row.expiresAt,
                row.state.rawValue, row.decidedBy,
            ])
        return db.lastInsertedRowID
    }

    public func setApproval(_ id: Int64, _ state: ApprovalRow.State, by principal: String?, expiresAt: Int64) throws {
        try db.execute(
            sql: "UPDATE approval SET state = ?, decided_by = ?, expires_at = ? WHERE id = ?",
            arguments: [state.rawValue, principal, expiresAt, id])
    }
}
