/// Something that an endpoint is to be told.
package struct OutboxRow: Sendable, Equatable {
    /// 0 for one that is not stored yet.
    package var id: Int64
    package var endpoint: String
    /// What it is about: of one endpoint, events about the same arrive in their order.
    package var stream: String
    package var kind: String
    /// Number of the customer; nil: it is about none.
    package var subject: Int64?
    /// JSON without personal data.
    package var body: String
    /// When it happened, in milliseconds since 1970.
    package var at: Int64
    /// How often it was sent.
    package var attempts: Int
    /// When it is sent next.
    package var nextAt: Int64
    /// Why it was not taken the last time.
    package var failure: String?

    package init(endpoint: String, stream: String, kind: String, subject: Int64?, body: String, at: Int64) {
        (id, self.endpoint, self.stream, self.kind, self.subject) = (0, endpoint, stream, kind, subject)
        (self.body, self.at, attempts, nextAt, failure) = (body, at, 0, at, nil)
    }

    fileprivate static let columns = "id, endpoint, stream, kind, subject, body, at, attempts, next_at, failure"

    /// Of an endpoint, at a time: the first of its stream.
    fileprivate static let isDue =
        "endpoint = ? AND next_at <= ? AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.endpoint = outbox.endpoint AND o.stream = outbox.stream AND o.id < outbox.id)"

    fileprivate init(_ row: any Row) {
        self.init(endpoint: row.text(1), stream: row.text(2), kind: row.text(3), subject: row.optionalInteger(4), body: row.text(5), at: row.integer(6))
        (id, attempts, nextAt, failure) = (row.integer(0), row.int(7), row.integer(8), row.optionalText(9))
    }
}

/// How the events of an endpoint stand.
package struct OutboxMeasures: Sendable, Equatable {
    package var endpoint: String
    package var waiting: Int
    /// When the oldest of them happened, in milliseconds since 1970.
    package var oldest: Int64
    /// How many of them were sent and not taken.
    package var failing: Int
    /// Why, of one of them.
    package var failure: String?
}

extension StoreReader {
    /// By the names of endpoints; of those alone for which something waits.
    package func outboxMeasures() throws -> [OutboxMeasures] {
        try db.rows("SELECT endpoint, COUNT(*), MIN(at), COUNT(failure), MAX(failure) FROM outbox GROUP BY endpoint ORDER BY endpoint") {
            OutboxMeasures(endpoint: $0.text(0), waiting: $0.int(1), oldest: $0.integer(2), failing: $0.int(3), failure: $0.optionalText(4))
        }
    }

    /// Whether an endpoint is to be told something now.
    package func hasEvents(for endpoint: String, at now: Int64) throws -> Bool {
        try db.integer("SELECT 1 FROM outbox WHERE \(OutboxRow.isDue) LIMIT 1", endpoint, now) != nil
    }

    /// The events of an endpoint, oldest first.
    package func events(for endpoint: String, limit: Int) throws -> [OutboxRow] {
        try db.rows("SELECT \(OutboxRow.columns) FROM outbox WHERE endpoint = ? ORDER BY id LIMIT ?", endpoint, limit, read: OutboxRow.init)
    }
}

extension StoreWriter {
    /// Adds an event. Where many wait for an endpoint already, one of kind `gap` takes its place, and nothing is added any more.
    package func addEvent(_ row: OutboxRow, atMost room: Int) throws {
        // Counted once for as long as nobody else writes: many may wait.
        let waiting = try group.known.waitingEvents[row.endpoint] ?? Int(db.integer("SELECT COUNT(*) FROM outbox WHERE endpoint = ?", row.endpoint) ?? 0)
        group.known.waitingEvents[row.endpoint] = waiting
        guard waiting < room else { return }
        try insert(waiting < room - 1 ? row : Self.gap(for: row.endpoint, at: row.at))
    }

    private static func gap(for endpoint: String, at now: Int64) -> OutboxRow {
        OutboxRow(endpoint: endpoint, stream: "gap", kind: "gap", subject: nil, body: "{}", at: now)
    }

    private func insert(_ row: OutboxRow) throws {
        group.known.waitingEvents[row.endpoint]? += 1
        _ = try adding(.outbox) {
            try db.integer(
                "INSERT INTO outbox (endpoint, stream, kind, subject, body, at, attempts, next_at) VALUES (?, ?, ?, ?, ?, ?, 0, ?) RETURNING id", row.endpoint, row.stream,
                row.kind, row.subject, row.body, row.at, row.nextAt)!
        }
    }

    /// Takes events that an endpoint is to be told now, the first of each stream; nobody else takes them before a time.
    ///
    /// - Throws: ``StorageError/altered(what:)``: what the vault did not write it does not sign.
    package func takeEvents(for endpoint: String, at now: Int64, until: Int64, limit: Int) throws -> [OutboxRow] {
        try reader.requireUnaltered(.outbox)
        let rows = try db.rows("SELECT \(OutboxRow.columns) FROM outbox WHERE \(OutboxRow.isDue) ORDER BY id LIMIT ?", endpoint, now, limit, read: OutboxRow.init)
        for row in rows { try setNext(until, attempts: row.attempts + 1, row.failure, of: row) }
        return rows
    }

    /// Has an event sent again later.
    package func putOff(_ row: OutboxRow, until: Int64, attempts: Int, failure: String?) throws { try setNext(until, attempts: attempts, failure, of: row) }

    private func setNext(_ time: Int64, attempts: Int, _ failure: String?, of row: OutboxRow) throws {
        try changing(.outbox, where: "id = ?", row.id) { try db.run("UPDATE outbox SET next_at = ?, attempts = ?, failure = ? WHERE id = ?", time, attempts, failure, row.id) }
    }

    /// Removes events that were taken.
    package func removeEvents(_ rows: some Sequence<OutboxRow>) throws {
        group.known.waitingEvents = [:]
        for row in rows { try changing(.outbox, where: "id = ?", row.id) { try db.run("DELETE FROM outbox WHERE id = ?", row.id) } }
    }

    /// Removes the events of endpoints that are no longer there.
    package func removeEvents(exceptFor endpoints: Set<String>) throws {
        group.known.waitingEvents = [:]
        for other in try reader.outboxMeasures() where !endpoints.contains(other.endpoint) {
            try changing(.outbox, where: "endpoint = ?", other.endpoint) { try db.run("DELETE FROM outbox WHERE endpoint = ?", other.endpoint) }
        }
    }

    /// Tells endpoints that events are missing which are about to be given up: those of before a time.
    func noteGaps(before time: Int64) throws {
        let endpoints = try db.rows("SELECT DISTINCT endpoint FROM outbox WHERE at < ? ORDER BY endpoint", time) { $0.text(0) }
        for endpoint in endpoints { try insert(Self.gap(for: endpoint, at: max(group.watch.now(), time))) }
    }
}
