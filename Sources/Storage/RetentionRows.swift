/// Which records a retention rule applies to.
public struct RetentionScope: Sendable {
    /// Empty: every channel.
    public var channels: [String]
    /// Channels that a more specific rule covers.
    public var exceptChannels: [String]
    public var occurredBefore: Int64
    /// Compartments that the rule removes: records that lack them all are done. 0: the whole record.
    public var compartments: Int

    public init(channels: [String], exceptChannels: [String], occurredBefore: Int64, compartments: Int) {
        (self.channels, self.exceptChannels) = (channels, exceptChannels)
        (self.occurredBefore, self.compartments) = (occurredBefore, compartments)
    }
}

extension StoreReader {
    /// How many records are due, and how many of them a legal hold keeps.
    public func retentionCounts(_ scope: RetentionScope) throws -> (due: Int, held: Int) {
        var arguments: [StoredValue] = []
        let condition = sql(scope, &arguments)
        let sql = """
            SELECT COUNT(*), COUNT(u.hold)
            FROM record r JOIN subject u ON u.id = r.subject WHERE \(condition)
            """
        let (all, held) = try db.rows(sql, values: arguments) { ($0.int(0), $0.int(1)) }[0]
        return (all - held, held)
    }

    /// How many records are due by any of several rules and not kept by a hold, each counted once, and how many there are.
    public func retentionTotal(_ scopes: [RetentionScope]) throws -> (due: Int, all: Int) {
        let all = try db.integer("SELECT COUNT(*) FROM record")!
        guard !scopes.isEmpty else { return (0, Int(all)) }
        var arguments: [StoredValue] = []
        let conditions = scopes.map { "(\(sql($0, &arguments)))" }.joined(separator: " OR ")
        let query = "SELECT COUNT(*) FROM record r JOIN subject u ON u.id = r.subject WHERE u.hold IS NULL AND (\(conditions))"
        return (try db.rows(query, values: arguments) { $0.int(0) }[0], Int(all))
    }

    /// The oldest due records that no hold keeps.
    public func retentionBatch(_ scope: RetentionScope, limit: Int) throws -> [(record: Int64, subject: Int64)] {
        var arguments: [StoredValue] = []
        let condition = sql(scope, &arguments)
        let sql = """
            SELECT r.id, r.subject FROM record r JOIN subject u ON u.id = r.subject
            WHERE \(condition) AND u.hold IS NULL ORDER BY r.occurred_at, r.id LIMIT ?
            """
        arguments.append(.integer(Int64(limit)))
        return try db.rows(sql, values: arguments) { ($0.integer(0), $0.integer(1)) }
    }

    private func sql(_ scope: RetentionScope, _ arguments: inout [StoredValue]) -> String {
        var conditions: [StoredCondition] = [.compare(column: "occurred_at", .less, .integer(scope.occurredBefore))]
        if !scope.channels.isEmpty { conditions.append(.isIn(column: "channel", scope.channels.map { .text($0) })) }
        if !scope.exceptChannels.isEmpty {
            conditions.append(.not(.isIn(column: "channel", scope.exceptChannels.map { .text($0) })))
        }
        var text = sql(.all(conditions), &arguments)
        if scope.compartments != 0 {
            text += " AND r.purged & \(scope.compartments) <> \(scope.compartments)"
        }
        return text
    }
}
