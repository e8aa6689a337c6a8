/// What came in from a source, in counts.
package struct IntakeCounts: Sendable, Equatable {
    package var stored = 0
    /// Records that took the place of what the vault had.
    package var replaced = 0
    package var duplicates = 0
    package var rejected = 0
    /// Records of customers who were erased, which stay out.
    package var erasedBefore = 0
    /// When the latest of them occurred, in milliseconds since 1970; nil: unknown.
    package var latest: Int64?

    package init() {}

    package static func += (sum: inout IntakeCounts, other: IntakeCounts) {
        sum.stored += other.stored
        sum.replaced += other.replaced
        sum.duplicates += other.duplicates
        sum.rejected += other.rejected
        sum.erasedBefore += other.erasedBefore
        sum.latest = [sum.latest, other.latest].compactMap(\.self).max()
    }
}

/// A run of a file or stream, or all requests of a day.
package struct IntakeRow: Sendable, Equatable {
    package enum State: String, Sendable {
        /// It has not ended, or its process did not live to say so.
        case open
        case done, failed
    }

    package var id: Int64
    package var source: String
    /// Since 1970 in the policy's time zone, of requests; nil for a run.
    package var day: Int64?
    /// In milliseconds since 1970.
    package var beganAt: Int64
    /// When the last records were stored.
    package var lastAt: Int64
    package var state: State
    package var counts: IntakeCounts

    fileprivate static let columns = "id, source, day, began_at, last_at, state, stored, replaced, duplicates, rejected, erased_before, latest"

    fileprivate init(_ row: any Row) {
        (id, source, day) = (row.integer(0), row.text(1), row.optionalInteger(2))
        (beganAt, lastAt, state) = (row.integer(3), row.integer(4), State(rawValue: row.text(5)) ?? .open)
        counts = IntakeCounts(row, from: 6)
    }
}

extension IntakeCounts {
    /// - Parameter column: where `stored` is; the others follow.
    fileprivate init(_ row: any Row, from column: Int) {
        (stored, replaced, duplicates) = (row.int(column), row.int(column + 1), row.int(column + 2))
        (rejected, erasedBefore, latest) = (row.int(column + 3), row.int(column + 4), row.optionalInteger(column + 5))
    }
}

/// What is kept of a source, in total.
package struct IntakeSource: Sendable, Equatable {
    package var source: String
    package var runs: Int
    package var lastAt: Int64
    package var counts: IntakeCounts
}

extension StoreReader {
    /// Runs, the newest first.
    ///
    /// - Parameter source: nil: of all.
    package func runs(of source: String? = nil, limit: Int) throws -> [IntakeRow] {
        let condition = source == nil ? "" : "WHERE source = ?"
        let values: [any Bindable] = [source].compactMap(\.self) + [limit]
        return try db.rows("SELECT \(IntakeRow.columns) FROM intake \(condition) ORDER BY last_at DESC, id DESC LIMIT ?", values: values, read: IntakeRow.init)
    }

    /// Sources, the one that something came in from last first.
    package func intakeSources(limit: Int) throws -> [IntakeSource] {
        let sql = """
            SELECT source, COUNT(*), MAX(last_at), SUM(stored), SUM(replaced), SUM(duplicates), SUM(rejected), SUM(erased_before), MAX(latest) FROM intake
            GROUP BY source ORDER BY MAX(last_at) DESC, source LIMIT ?
            """
        return try db.rows(sql, limit) { IntakeSource(source: $0.text(0), runs: $0.int(1), lastAt: $0.integer(2), counts: IntakeCounts($0, from: 3)) }
    }

    /// - Throws: ``StorageError/altered(what:)`` if the rows are not as the vault left them.
    package func requireUnalteredRuns() throws { try requireUnaltered(.intake) }
}

extension StoreWriter {
    /// Begins a run with what came in first.
    package func beginRun(of source: String, _ counts: IntakeCounts, isLast: Bool, at now: Int64) throws -> Int64 {
        try insertIntake(source, day: nil, isLast ? .done : .open, counts, at: now)
    }

    /// Adds to a run.
    package func extendRun(_ id: Int64, _ counts: IntakeCounts, isLast: Bool, at now: Int64) throws {
        guard let row = try intakeRow("id = ?", [id]) else { return }
        try update(row, adding: counts, isLast ? .done : .open, at: now)
    }

    /// Says how a run ended after its last records.
    package func endRun(_ id: Int64, _ state: IntakeRow.State) throws {
        try changing(.intake, where: "id = ?", id) { try db.run("UPDATE intake SET state = ? WHERE id = ?", state.rawValue, id) }
    }

    /// Counts what came with a request. It is stored at the end of the transaction, once for all requests in it.
    ///
    /// - Parameter day: since 1970 in the policy's time zone.
    package func countArrivals(from source: String, _ counts: IntakeCounts, day: Int64, at now: Int64) {
        let key = WriteGroup.Arrival(source: source, day: day)
        let before = group.arrivals[key]
        group.arrivals[key, default: (IntakeCounts(), now)].counts += counts
        group.undoing.append { [group] in group.arrivals[key] = before }
    }

    func storeArrivals() throws {
        for (key, (counts, now)) in group.arrivals.sorted(by: { ($0.key.source, $0.key.day) < ($1.key.source, $1.key.day) }) {
            if let row = try intakeRow("source = ? AND day = ?", [key.source, key.day]) {
                try update(row, adding: counts, .done, at: now)
            } else {
                _ = try insertIntake(key.source, day: key.day, .done, counts, at: now)
            }
        }
    }

    private func intakeRow(_ condition: String, _ values: [any Bindable]) throws -> IntakeRow? {
        try db.rows("SELECT \(IntakeRow.columns) FROM intake WHERE \(condition) LIMIT 1", values: values, read: IntakeRow.init).first
    }

    private func insertIntake(_ source: String, day: Int64?, _ state: IntakeRow.State, _ counts: IntakeCounts, at now: Int64) throws -> Int64 {
        try adding(.intake) {
            try db.integer(
                """
                INSERT INTO intake (source, day, began_at, last_at, state, stored, replaced, duplicates, rejected, erased_before, latest)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id
                """, source, day, now, now, state.rawValue, counts.stored, counts.replaced, counts.duplicates, counts.rejected, counts.erasedBefore, counts.latest)!
        }
    }

    private func update(_ row: IntakeRow, adding counts: IntakeCounts, _ state: IntakeRow.State, at now: Int64) throws {
        var sum = row.counts
        sum += counts
        try changing(.intake, where: "id = ?", row.id) {
            try db.run(
                "UPDATE intake SET last_at = ?, state = ?, stored = ?, replaced = ?, duplicates = ?, rejected = ?, erased_before = ?, latest = ? WHERE id = ?", now,
                state.rawValue, sum.stored, sum.replaced, sum.duplicates, sum.rejected, sum.erasedBefore, sum.latest, row.id)
        }
    }
}
