/// A legal hold on a customer: each has a ground, and perhaps an end, of its own.
package struct HoldRow: Sendable, Equatable {
    package var id: Int64
    /// Number of the customer.
    package var subject: Int64
    package var ground: SealedNote
    /// The principal who set it.
    package var setBy: String
    /// Milliseconds since 1970, as all times here.
    package var setAt: Int64
    /// When it ends by itself; nil: when it is released.
    package var endsAt: Int64?
    package var releasedAt: Int64?

    /// - Parameter id: 0 for one that is not stored yet.
    package init(id: Int64 = 0, subject: Int64, ground: SealedNote, setBy: String, setAt: Int64, endsAt: Int64? = nil, releasedAt: Int64? = nil) {
        (self.id, self.subject, self.ground, self.setBy) = (id, subject, ground, setBy)
        (self.setAt, self.endsAt, self.releasedAt) = (setAt, endsAt, releasedAt)
    }

    /// Whether it keeps its customer's data at a time.
    package func isInForce(at now: Int64) -> Bool { releasedAt == nil && endsAt.map { $0 > now } ?? true }

    /// Whether it says the same, in whatever words.
    package func isSame(as other: HoldRow) -> Bool {
        var other = other
        other.ground = ground
        return self == other
    }

    static let columns = "id, subject, ground, set_by, set_at, ends_at, released_at"

    init(_ row: any Row) {
        self.init(
            id: row.integer(0), subject: row.integer(1), ground: SealedNote(row.text(2)), setBy: row.text(3), setAt: row.integer(4), endsAt: row.optionalInteger(5),
            releasedAt: row.optionalInteger(6))
    }

    /// In SQL: `h` is in force; takes the time as its value.
    static let inForce = "h.released_at IS NULL AND (h.ends_at IS NULL OR h.ends_at > ?)"
}

extension StoreReader {
    /// Every hold that a customer has had, oldest first.
    package func holds(on subject: Int64) throws -> [HoldRow] {
        try holds().filter { $0.subject == subject }
    }

    /// Every hold, oldest first.
    package func holds() throws -> [HoldRow] { try checked(.hold, read: { HoldRow($0) }, collect: { $0 }) }

    /// Holds in force on customers whom the vault does not have: a restore brought back the hold, but not the customer.
    package func holdsOnNobody(at now: Int64) throws -> [HoldRow] {
        try requireUnaltered(.hold)
        return try db.rows(
            "SELECT \(HoldRow.columns) FROM hold h WHERE \(HoldRow.inForce) AND subject NOT IN (SELECT id FROM subject) ORDER BY id", now
        ) { HoldRow($0) }
    }
}

extension StoreWriter {
    /// Returns the hold's number.
    package func addHold(_ row: HoldRow) throws -> Int64 {
        try adding(.hold) {
            try db.integer(
                "INSERT INTO hold (subject, ground, set_by, set_at, ends_at) VALUES (?, ?, ?, ?, ?) RETURNING id", row.subject, row.ground.text, row.setBy, row.setAt,
                row.endsAt)!
        }
    }

    package func releaseHold(_ id: Int64, at now: Int64) throws {
        try changing(.hold, where: "id = ?", id) { try db.run("UPDATE hold SET released_at = ? WHERE id = ?", now, id) }
    }

    /// Puts a hold in the place of the one with its number, or adds it.
    package func setHold(_ row: HoldRow) throws {
        try changing(.hold, where: "id = ?", row.id) {
            try db.run("DELETE FROM hold WHERE id = ?", row.id)
            try db.run(
                "INSERT INTO hold (\(HoldRow.columns)) VALUES (?, ?, ?, ?, ?, ?, ?)", row.id, row.subject, row.ground.text, row.setBy, row.setAt, row.endsAt,
                row.releasedAt)
        }
        try db.skipNumbers(of: "hold", through: row.id)
    }
}
