/// A request of one principal that another decides.
package struct ApprovalRow: Sendable, Equatable {
    package enum State: String, Sendable {
        case pending, granted, denied
        /// Granted, and made use of.
        case used
    }

    package var id: Int64
    package var principal: String
    package var role: String
    package var purpose: String
    package var record: Int64
    package var field: String
    package var reason: SealedNote
    package var askedAt: Int64
    package var expiresAt: Int64
    package var state: State
    package var decidedBy: String?

    /// - Parameter id: 0 for one that is not stored yet.
    package init(
        id: Int64 = 0, principal: String, role: String, purpose: String, record: Int64, field: String, reason: SealedNote,
        askedAt: Int64, expiresAt: Int64, state: State, decidedBy: String? = nil
    ) {
        (self.id, self.principal, self.role, self.purpose) = (id, principal, role, purpose)
        (self.record, self.field, self.reason) = (record, field, reason)
        (self.askedAt, self.expiresAt, self.state, self.decidedBy) = (askedAt, expiresAt, state, decidedBy)
    }
}

extension StoreReader {
    /// Requests that have not expired at `now`, oldest first.
    package func approvals(at now: Int64) throws -> [ApprovalRow] {
        let all = try checked(.approval) { row in
            ApprovalRow(
                id: row.integer(0), principal: row.text(1), role: row.text(2), purpose: row.text(3), record: row.integer(4), field: row.text(5),
                reason: SealedNote(row.text(6)), askedAt: row.integer(7), expiresAt: row.integer(8), state: ApprovalRow.State(rawValue: row.text(9)) ?? .denied,
                decidedBy: row.optionalText(10))
        } collect: {
            $0
        }
        return all.filter { $0.expiresAt > now }
    }
}

extension StoreWriter {
    /// Returns the request's number.
    package func addApproval(_ row: ApprovalRow) throws -> Int64 {
        let sql = """
            INSERT INTO approval (principal, role, purpose, record, field, reason, asked_at, expires_at, state, decided_by)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id
            """
        return try adding(.approval) {
            try db.integer(
                sql, row.principal, row.role, row.purpose, row.record, row.field, row.reason.text, row.askedAt, row.expiresAt, row.state.rawValue, row.decidedBy)!
        }
    }

    /// Makes the next request's number a higher one than `last`.
    package func skipApprovals(through last: Int64) throws { try db.skipNumbers(of: "approval", through: last) }

    package func setApproval(_ id: Int64, _ state: ApprovalRow.State, by principal: String?, expiresAt: Int64) throws {
        try changing(.approval, where: "id = ?", id) {
            try db.run("UPDATE approval SET state = ?, decided_by = ?, expires_at = ? WHERE id = ?", state.rawValue, principal, expiresAt, id)
        }
    }

    package func setReason(_ reason: SealedNote, ofApproval id: Int64) throws {
        try changing(.approval, where: "id = ?", id) { try db.run("UPDATE approval SET reason = ? WHERE id = ?", reason.text, id) }
    }
}
