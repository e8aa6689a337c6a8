/// Which records a retention rule applies to.
package struct RetentionScope: Sendable {
    /// Empty: every channel.
    package var channels: [String]
    /// Channels that a more specific rule covers.
    package var exceptChannels: [String]
    package var occurredBefore: Int64
    /// Compartments that the rule removes: records that lack them all are done. 0: the whole record.
    package var compartments: Int
    /// Holds that are in force then keep their customers' records.
    package var now: Int64
    /// Whether it is about customers of whom nothing occurred since.
    package var needsInactivity = false
    /// The purpose that customers refused before a time.
    package var refusal: (purpose: String, before: Int64)?
    /// What records must fulfil besides; without residual parts.
    package var filter: StoredCondition?

    package init(channels: [String], exceptChannels: [String], occurredBefore: Int64, compartments: Int, now: Int64) {
        (self.channels, self.exceptChannels) = (channels, exceptChannels)
        (self.occurredBefore, self.compartments, self.now) = (occurredBefore, compartments, now)
    }
}

/// What rules would do that are carried out one after the other.
package struct RetentionCounts: Sendable, Equatable {
    /// Records that each rule would delete or strip, in the order of the rules.
    package var due: [Int]
    /// Records that it would, were their customers not on hold.
    package var held: [Int]
    /// Records that any rule would touch.
    package var records: Int
}

extension StoreReader {
    /// What carrying out `scopes` would do, in one pass over the records that are old enough for any.
    ///
    /// A record that an earlier rule deletes is there for no later one, and what an earlier one strips need not be
    /// stripped again: the numbers are those of a run.
    ///
    /// - Parameter scopes: in the order in which they are carried out; those that remove whole records come first.
    package func retentionCounts(_ scopes: [RetentionScope]) throws -> RetentionCounts {
        guard let newest = scopes.map(\.occurredBefore).max() else { return RetentionCounts(due: [], held: [], records: 0) }
        try requireUnaltered(.hold)
        if scopes.contains(where: { $0.refusal != nil }) { try requireUnaltered(.consent) }
        var (columns, arguments): ([String], [StoredValue]) = ([], [])
        func count(_ condition: String, _ values: [StoredValue]) {
            columns.append("COUNT(CASE WHEN \(condition) THEN 1 END)")
            arguments += values
        }
        var touched = Condition(sql: "FALSE")
        for index in scopes.indices {
            let due = condition(of: scopes[index], after: Array(scopes[..<index]))
            count("r.held = 0 AND \(due.sql)", due.values)
            count("r.held = 1 AND \(due.sql)", due.values)
            touched = Condition(sql: "(\(touched.sql) OR \(due.sql))", values: touched.values + due.values)
        }
        count("r.held = 0 AND \(touched.sql)", touched.values)
        let sql = """
            SELECT \(columns.joined(separator: ", "))
            FROM (SELECT r.*, CASE WHEN \(Self.isHeld) THEN 1 ELSE 0 END AS held FROM record r WHERE r.occurred_at < ?) r
            """
        let counts = try db.rows(sql, values: arguments + [.integer(scopes[0].now), .integer(newest)]) { row in columns.indices.map { row.int($0) } }[0]
        return RetentionCounts(
            due: scopes.indices.map { counts[2 * $0] }, held: scopes.indices.map { counts[2 * $0 + 1] }, records: counts[2 * scopes.count])
    }

    /// How many customers would have no record left, and so be erased, when `scopes` have removed whole records.
    package func customersErased(by scopes: [RetentionScope]) throws -> Int {
        guard !scopes.isEmpty else { return 0 }
        try requireUnaltered(.hold)
        if scopes.contains(where: { $0.refusal != nil }) { try requireUnaltered(.consent) }
        let parts = scopes.map { applies($0) }
        let (goes, values) = ("(\(parts.map(\.sql).joined(separator: " OR ")))", parts.flatMap(\.values))
        let sql = """
            SELECT COUNT(*) FROM (
                SELECT DISTINCT r.subject AS subject FROM record r WHERE NOT \(Self.isHeld) AND \(goes)) d
            WHERE NOT EXISTS (
                SELECT 1 FROM subject_record i JOIN record r ON r.id = i.record AND r.subject = i.subject
                WHERE i.subject = d.subject AND \(goes) IS NOT TRUE)
            """
        return try db.rows(sql, values: [.integer(scopes[0].now)] + values + values) { $0.int(0) }[0]
    }

    private struct Condition {
        var sql: String
        var values: [StoredValue] = []
    }

    /// Whether a rule is about a record at all.
    private func applies(_ scope: RetentionScope) -> Condition {
        var (whole, condition) = (scope, Condition(sql: ""))
        whole.compartments = 0
        condition.sql = sql(whole, &condition.values)
        return condition
    }

    /// Whether a rule finds something to do in a record when those before it have done their work.
    private func condition(of scope: RetentionScope, after earlier: [RetentionScope]) -> Condition {
        var due = applies(scope)
        var (purged, purgedBy): (String, [StoredValue]) = ("r.purged", [])
        for other in earlier.map({ (applies($0), $0.compartments) }) {
            if other.1 == 0 {
                due = Condition(sql: "\(due.sql) AND NOT \(other.0.sql)", values: due.values + other.0.values)
            } else {
                purged += " | CASE WHEN \(other.0.sql) THEN \(other.1) ELSE 0 END"
                purgedBy += other.0.values
            }
        }
        if scope.compartments != 0 {
            due = Condition(
                sql: "\(due.sql) AND (\(purged)) & \(scope.compartments) <> \(scope.compartments)", values: due.values + purgedBy)
        }
        return Condition(sql: "(\(due.sql))", values: due.values)
    }

    /// The oldest due records that no hold keeps.
    package func retentionBatch(_ scope: RetentionScope, limit: Int) throws -> [(record: Int64, subject: Int64)] {
        try requireUnaltered(.hold)
        if scope.refusal != nil { try requireUnaltered(.consent) }
        var arguments: [StoredValue] = []
        let condition = sql(scope, &arguments)
        let sql = """
            SELECT r.id, r.subject FROM record r WHERE \(condition) AND NOT \(Self.isHeld) ORDER BY r.occurred_at, r.id LIMIT ?
            """
        arguments += [.integer(scope.now), .integer(Int64(limit))]
        return try db.rows(sql, values: arguments) { ($0.integer(0), $0.integer(1)) }
    }

    /// Whether a hold keeps the record `r`; takes the time as its value.
    ///
    /// A hold on one customer keeps the records of all who are one person with it.
    private static let isHeld = """
        EXISTS (SELECT 1 FROM hold h WHERE \(HoldRow.inForce) AND (h.subject = r.subject OR r.person IS NOT NULL AND h.subject = r.person
        OR h.subject IN (SELECT p.subject FROM person p WHERE p.head = COALESCE(r.person, r.subject))))
        """

    private func sql(_ scope: RetentionScope, _ arguments: inout [StoredValue]) -> String {
        var conditions: [StoredCondition] = [.compare(column: "occurred_at", .less, .integer(scope.occurredBefore))]
        if !scope.channels.isEmpty { conditions.append(.isIn(column: "channel", scope.channels.map { .text($0) })) }
        if !scope.exceptChannels.isEmpty {
            conditions.append(.not(.isIn(column: "channel", scope.exceptChannels.map { .text($0) })))
        }
        var text = sql(.all(conditions), &arguments)
        if scope.needsInactivity {
            arguments.append(.integer(scope.occurredBefore))
            text += " AND NOT EXISTS (SELECT 1 FROM subject_record l JOIN record n ON n.id = l.record WHERE l.subject = r.subject AND n.occurred_at >= ?)"
        }
        if let refusal = scope.refusal {
            arguments += [.text(refusal.purpose), .integer(refusal.before)]
            text += " AND r.subject IN (SELECT c.subject FROM consent c WHERE c.purpose = ? AND c.decision <> 1 AND c.at < ?)"
        }
        // What is unknown of a record is not fulfilled, nor is its contrary.
        if let filter = scope.filter { text += " AND (\(sql(filter, &arguments))) IS TRUE" }
        if scope.compartments != 0 {
            text += " AND r.purged & \(scope.compartments) <> \(scope.compartments)"
        }
        return "(\(text))"
    }
}
