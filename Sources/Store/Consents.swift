/// What a customer decided about a purpose.
package enum ConsentDecision: Int64, Sendable, CaseIterable {
    case given = 1
    /// A consent that was given is taken back.
    case withdrawn = 2
    /// The customer objects to the use (GDPR Art. 21).
    case objected = 3
}

/// A decision as it stands in the ledger.
package struct ConsentEvent: Sendable, Equatable {
    /// 0 for one that is not stored yet.
    package var id: Int64
    package var subject: Int64
    package var purpose: String
    package var decision: ConsentDecision
    /// When the customer decided. Like all times here, milliseconds since 1970.
    package var at: Int64
    package var recordedAt: Int64
    /// Which text was agreed to, and the proof.
    package var note: SealedNote

    package init(id: Int64 = 0, subject: Int64, purpose: String, decision: ConsentDecision, at: Int64, recordedAt: Int64, note: SealedNote) {
        (self.id, self.subject, self.purpose, self.decision) = (id, subject, purpose, decision)
        (self.at, self.recordedAt, self.note) = (at, recordedAt, note)
    }
}

/// The decision that counts: the last that a customer made about a purpose.
package struct ConsentRow: Sendable, Equatable {
    package var subject: Int64
    package var purpose: String
    package var decision: ConsentDecision
    package var at: Int64
}

/// The decisions that count, of all customers. A person has made those of all customers who are one person; where they differ, because the customers
/// were joined since, a refusal counts.
package struct Consents: Sendable {
    fileprivate struct Decisions: Sendable {
        var given: [String: Set<Int64>] = [:]
        var refused: [String: Set<Int64>] = [:]

        init(_ rows: [ConsentRow]) {
            for row in rows {
                if row.decision == .given { given[row.purpose, default: []].insert(row.subject) } else { refused[row.purpose, default: []].insert(row.subject) }
            }
        }
    }

    fileprivate let decisions: Decisions
    fileprivate let persons: Persons

    /// Whether a purpose may use a customer's data.
    package func allow(_ subject: Int64, _ need: ConsentNeed) -> Bool {
        let members = persons.members(of: subject)
        guard members.allSatisfy({ decisions.refused[need.purpose]?.contains($0) != true }) else { return false }
        return need.kind == .noObjection || members.contains { decisions.given[need.purpose]?.contains($0) == true }
    }
}

/// What a purpose needs of the customers whose data it uses.
package struct ConsentNeed: Sendable, Equatable {
    package enum Kind: Sendable {
        /// That they gave their consent, and did not take it back.
        case consent
        /// That they do not object.
        case noObjection
    }

    package var purpose: String
    package var kind: Kind

    package init(purpose: String, kind: Kind) { (self.purpose, self.kind) = (purpose, kind) }

    /// The condition on a record `r`; takes the purpose ``valueCount`` times. See ``Consents/allow(_:_:)``.
    var sql: String {
        func people(_ decision: String) -> String {
            "(SELECT COALESCE(p.head, c.subject) FROM consent c LEFT JOIN person p ON p.subject = c.subject WHERE c.purpose = ? AND c.decision \(decision) 1)"
        }
        let person = "COALESCE(r.person, r.subject)"
        let isNotRefused = "\(person) NOT IN \(people("<>"))"
        return kind == .noObjection ? isNotRefused : "\(person) IN \(people("=")) AND \(isNotRefused)"
    }

    var valueCount: Int { kind == .noObjection ? 1 : 2 }
}

extension StoreReader {
    /// The decisions that count, all of them and no others.
    ///
    /// - Throws: ``StorageError/altered(what:)``.
    package func consents() throws -> Consents {
        Consents(decisions: try checked(.consent, read: ConsentRow.init, collect: Consents.Decisions.init), persons: try persons())
    }

    /// The decisions of one customer that count, by the names of the purposes.
    package func consents(of subject: Int64) throws -> [ConsentRow] {
        try db.rows("SELECT subject, purpose, decision, at FROM consent WHERE subject = ? ORDER BY purpose", subject, read: ConsentRow.init)
    }

    package func consent(of subject: Int64, to purpose: String) throws -> ConsentRow? {
        try db.first("SELECT subject, purpose, decision, at FROM consent WHERE subject = ? AND purpose = ?", subject, purpose, read: ConsentRow.init)
    }

    /// Everything that a customer decided, oldest first.
    package func consentEvents(of subject: Int64) throws -> [ConsentEvent] {
        try db.rows("SELECT \(ConsentEvent.columns) FROM consent_event WHERE subject = ? ORDER BY at, id", subject, read: ConsentEvent.init)
    }

    /// Everything that anybody decided.
    package func consentEvents() throws -> [ConsentEvent] {
        try db.rows("SELECT \(ConsentEvent.columns) FROM consent_event ORDER BY id", read: ConsentEvent.init)
    }

    /// The decisions that take data out of use.
    package func refusals() throws -> [ConsentEvent] {
        let sql = """
            SELECT \(ConsentEvent.columns) FROM consent_event e WHERE e.decision <> 1
            AND e.id = (SELECT f.id FROM consent_event f WHERE f.subject = e.subject AND f.purpose = e.purpose ORDER BY f.at DESC, f.id DESC LIMIT 1) ORDER BY e.id
            """
        return try db.rows(sql, read: ConsentEvent.init)
    }
}

extension ConsentRow {
    fileprivate init(_ row: any Row) {
        // What nobody can have written counts as a refusal; the sum of the table tells that it is not the vault's.
        self.init(subject: row.integer(0), purpose: row.text(1), decision: ConsentDecision(rawValue: row.integer(2)) ?? .objected, at: row.integer(3))
    }
}

extension ConsentEvent {
    fileprivate static let columns = "id, subject, purpose, decision, at, recorded_at, note"

    fileprivate init(_ row: any Row) {
        self.init(
            id: row.integer(0), subject: row.integer(1), purpose: row.text(2), decision: ConsentDecision(rawValue: row.integer(3)) ?? .objected, at: row.integer(4),
            recordedAt: row.integer(5), note: SealedNote(row.text(6)))
    }
}

extension StoreWriter {
    /// Adds a decision to the ledger. The last that the customer made counts, in whatever order they arrive.
    ///
    /// - Returns: whether it counts now.
    package func addConsent(_ event: ConsentEvent) throws -> Bool {
        let before = try reader.consent(of: event.subject, to: event.purpose)
        _ = try adding(.consentEvent) {
            try db.integer(
                "INSERT INTO consent_event (subject, purpose, decision, at, recorded_at, note) VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
                event.subject, event.purpose, event.decision.rawValue, event.at, event.recordedAt, event.note.text)!
        }
        guard before.map({ $0.at <= event.at }) ?? true else { return false }
        try changing(.consent, where: "subject = ? AND purpose = ?", event.subject, event.purpose) {
            try db.run("DELETE FROM consent WHERE subject = ? AND purpose = ?", event.subject, event.purpose)
            try db.run(
                "INSERT INTO consent (subject, purpose, decision, at) VALUES (?, ?, ?, ?)", event.subject, event.purpose, event.decision.rawValue, event.at)
        }
        if before?.decision != event.decision { try noteChanges(ofRecordsOf: reader.members(of: event.subject)) }
        return true
    }

    /// Puts another text in the place of a decision's.
    package func setNote(_ note: SealedNote, ofConsent id: Int64) throws {
        try changing(.consentEvent, where: "id = ?", id) { try db.run("UPDATE consent_event SET note = ? WHERE id = ?", note.text, id) }
    }

    /// Deletes what a customer decided.
    func deleteConsents(of subject: Int64) throws {
        try changing(.consent, where: "subject = ?", subject) { try db.run("DELETE FROM consent WHERE subject = ?", subject) }
        try changing(.consentEvent, where: "subject = ?", subject) { try db.run("DELETE FROM consent_event WHERE subject = ?", subject) }
    }
}
