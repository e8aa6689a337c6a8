/// What somebody decided about a record of others that may mention a customer.
package struct MentionRow: Sendable, Equatable {
    package enum Decision: Int64, Sendable {
        case theirs = 1
        case somebodyElses = 2
    }

    package var subject: Int64
    package var record: Int64
    package var decision: Decision
    package var decidedBy: String
    /// Milliseconds since 1970.
    package var at: Int64

    package init(subject: Int64, record: Int64, decision: Decision, decidedBy: String, at: Int64) {
        (self.subject, self.record, self.decision, self.decidedBy, self.at) = (subject, record, decision, decidedBy, at)
    }
}

extension StoreReader {
    /// What was decided about mentions of these customers, in the order of the records.
    ///
    /// - Throws: ``StorageError/altered(what:)``.
    package func mentions(of subjects: [Int64]) throws -> [MentionRow] {
        guard try hasRows(.mention) else { return [] }
        try requireUnaltered(.mention)
        return try subjects.flatMap { subject in
            try db.rows("SELECT subject, record, decision, decided_by, at FROM mention WHERE subject = ? ORDER BY record", subject) { row in
                guard let decision = MentionRow.Decision(rawValue: row.integer(2)) else { throw StorageError.altered(what: "mention") }
                return MentionRow(subject: row.integer(0), record: row.integer(1), decision: decision, decidedBy: row.text(3), at: row.integer(4))
            }
        }
        .sorted { $0.record < $1.record }
    }

    /// Records behind `identifier`, in order of their numbers.
    package func sealedRecords(after identifier: Int64, limit: Int) throws -> [SealedRecord] {
        try sealedRecords(where: "r.id > ? ORDER BY r.id LIMIT ?", identifier, limit)
    }
}

extension StoreWriter {
    /// Enters a decision, in the place of an earlier one.
    package func setMention(_ row: MentionRow) throws {
        try changing(.mention, where: "subject = ? AND record = ?", row.subject, row.record) {
            try db.run("DELETE FROM mention WHERE subject = ? AND record = ?", row.subject, row.record)
            try db.run(
                "INSERT INTO mention (subject, record, decision, decided_by, at) VALUES (?, ?, ?, ?, ?)", row.subject, row.record, row.decision.rawValue, row.decidedBy,
                row.at)
        }
    }

    /// Forgets what was decided about a customer, who is gone.
    func deleteMentions(of subject: Int64) throws {
        guard try reader.hasRows(.mention) else { return }
        try changing(.mention, where: "subject = ?", subject) { try db.run("DELETE FROM mention WHERE subject = ?", subject) }
    }

    /// Forgets whom texts mention that are gone.
    package func deleteMentions(inRecords records: [Int64]) throws {
        guard try reader.hasRows(.mention) else { return }
        for record in records { try changing(.mention, where: "record = ?", record) { try db.run("DELETE FROM mention WHERE record = ?", record) } }
    }
}
