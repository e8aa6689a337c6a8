/// What may be, or was, done about who is who.
package struct LinkRow: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable {
        /// Two customers are one person.
        case join
        /// A customer is not the person that it belongs to.
        case split
        /// A record is another customer's.
        case move
    }

    package enum State: String, Sendable, CaseIterable {
        case proposed, done, rejected
    }

    package var id: Int64
    package var kind: Kind
    package var subject: Int64
    /// Whom it is, or was, one person with; whose the record is to be.
    package var other: Int64
    package var record: Int64?
    /// The handle that they share.
    package var field: String?
    /// What speaks against it: name, id, gap, restriction, hold.
    package var doubt: String?
    package var askedBy: String
    package var askedAt: Int64
    package var state: State
    package var decidedBy: String?
    package var decidedAt: Int64?

    package init(
        id: Int64 = 0, kind: Kind, subject: Int64, other: Int64, record: Int64? = nil, field: String? = nil, doubt: String? = nil, askedBy: String, askedAt: Int64,
        state: State = .proposed, decidedBy: String? = nil, decidedAt: Int64? = nil
    ) {
        (self.id, self.kind, self.subject, self.other, self.record) = (id, kind, subject, other, record)
        (self.field, self.doubt, self.askedBy, self.askedAt) = (field, doubt, askedBy, askedAt)
        (self.state, self.decidedBy, self.decidedAt) = (state, decidedBy, decidedAt)
    }

    static let columns = "id, kind, subject, other, record, field, doubt, asked_by, asked_at, state, decided_by, decided_at"

    init(_ row: any Row) {
        self.init(
            id: row.integer(0), kind: Kind(rawValue: row.text(1)) ?? .join, subject: row.integer(2), other: row.integer(3), record: row.optionalInteger(4),
            field: row.optionalText(5), doubt: row.optionalText(6), askedBy: row.text(7), askedAt: row.integer(8), state: State(rawValue: row.text(9)) ?? .rejected,
            decidedBy: row.optionalText(10), decidedAt: row.optionalInteger(11))
    }
}

extension StoreReader {
    package func link(_ id: Int64) throws -> LinkRow? {
        try requireUnaltered(.link)
        return try db.first("SELECT \(LinkRow.columns) FROM link WHERE id = ?", id) { LinkRow($0) }
    }

    /// - Parameter state: nil: all of them.
    package func links(_ state: LinkRow.State?) throws -> [LinkRow] {
        try requireUnaltered(.link)
        let wanted = state.map { [StoredValue.text($0.rawValue)] } ?? []
        return try db.rows("SELECT \(LinkRow.columns) FROM link\(wanted.isEmpty ? "" : " WHERE state = ?") ORDER BY id", values: wanted) { LinkRow($0) }
    }

    /// What was asked or decided about two people, any of their customers, newest first.
    package func links(between people: [Int64], and others: [Int64]) throws -> [LinkRow] {
        guard try hasRows(.link) else { return [] }
        var found: [LinkRow] = []
        for one in people {
            for other in others {
                found += try db.rows(
                    "SELECT \(LinkRow.columns) FROM link WHERE subject = ? AND other = ? OR subject = ? AND other = ?", one, other, other, one
                ) { LinkRow($0) }
            }
        }
        return found.sorted { $0.id > $1.id }
    }
}

extension StoreWriter {
    /// Returns the link's number.
    package func addLink(_ row: LinkRow) throws -> Int64 {
        try adding(.link) {
            try db.integer(
                """
                INSERT INTO link (kind, subject, other, record, field, doubt, asked_by, asked_at, state, decided_by, decided_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id
                """, row.kind.rawValue, row.subject, row.other, row.record, row.field, row.doubt, row.askedBy, row.askedAt, row.state.rawValue, row.decidedBy, row.decidedAt)!
        }
    }

    /// Somebody asks for what the vault proposed.
    package func askLink(_ id: Int64, by principal: String, at now: Int64) throws {
        try changing(.link, where: "id = ?", id) { try db.run("UPDATE link SET asked_by = ?, asked_at = ? WHERE id = ?", principal, now, id) }
    }

    package func decideLink(_ id: Int64, _ state: LinkRow.State, by principal: String, at now: Int64) throws {
        try changing(.link, where: "id = ?", id) {
            try db.run("UPDATE link SET state = ?, decided_by = ?, decided_at = ? WHERE id = ?", state.rawValue, principal, now, id)
        }
    }
}
