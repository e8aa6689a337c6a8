import Foundation
import GRDB

/// Two sets of rows that somebody could compare.
public struct Comparison: Sendable {
    /// What both lie in.
    public var within: StoredCondition
    public var first: StoredCondition
    public var second: StoredCondition

    public init(within: StoredCondition, first: StoredCondition, second: StoredCondition) {
        (self.within, self.first, self.second) = (within, first, second)
    }
}

extension StoreReader {
    /// Groups in which the two sets differ by the rows of at least one subject, but of fewer than `limit`.
    public func nearlyEqualGroups(
        _ comparison: Comparison, by keys: [AggregateRequest.Grouping], limit: Int, residual: Residual?
    ) throws -> [[StoredValue]] {
        // Mostly the sets differ by many, and a look at the first few rows shows it.
        if keys.isEmpty {
            let sql = "SELECT COUNT(*) FROM (SELECT DISTINCT r.subject \(Self.members(residual)) WHERE r.in_first <> r.in_second LIMIT \(limit))"
            let differing = try integers(sql, comparison, columns: 1, residual).first?[0] ?? 0
            return differing > 0 && differing < limit ? [[]] : []
        }
        let names = keys.map { Self.sql($0, isBounded: false) }.joined(separator: ", ")
        return try rows(
            """
            SELECT \(names) \(Self.members(residual))\(keys.map(Self.join).joined()) WHERE r.in_first <> r.in_second
            GROUP BY \(names) HAVING COUNT(DISTINCT r.subject) < \(limit)
            """, comparison, columns: keys.count, residual)
    }

    /// Groups of the first set that differ from the whole second set by the rows of at least one subject, but of fewer
    /// than `limit`.
    public func groupsNearly(
        _ comparison: Comparison, by keys: [AggregateRequest.Grouping], limit: Int, residual: Residual?
    ) throws -> [[StoredValue]] {
        let names = keys.map { Self.sql($0, isBounded: false) }.joined(separator: ", ")
        let groups = try rows(
            """
            SELECT \(names), COUNT(DISTINCT CASE WHEN NOT r.in_second THEN r.subject END), SUM(r.in_second)
            \(Self.members(residual))\(keys.map(Self.join).joined()) WHERE r.in_first GROUP BY \(names)
            """, comparison, columns: keys.count + 2, residual)
        let all = try integers("SELECT COUNT(*) \(Self.members(residual)) WHERE r.in_second", comparison, columns: 1, residual).first?[0] ?? 0
        return try groups.compactMap { row in
            guard case .integer(let left) = row[keys.count], case .integer(let shared) = row[keys.count + 1], left < limit else { return nil }
            let key = Array(row.prefix(keys.count))
            if shared == all { return left > 0 ? key : nil }
            // Rows of the second set outside the group.
            let isKey = keys.map { "\(Self.sql($0, isBounded: false)) IS ?" }.joined(separator: " AND ")
            let sql = """
                SELECT COUNT(*) FROM (SELECT DISTINCT r.subject \(Self.members(residual)) WHERE r.in_second AND r.id NOT IN (
                    SELECT r.id FROM record r\(keys.map(Self.join).joined()) WHERE \(isKey)) LIMIT \(limit))
                """
            let outside = try integers(sql, comparison, columns: 1, residual, more: key).first?[0] ?? 0
            return left + outside < limit ? key : nil
        }
    }

    /// All rows that both sets lie in, marked with which of them they are in.
    private static func members(_ residual: Residual?) -> String {
        "FROM (SELECT r.*, \(firstMark) AS in_first, \(secondMark) AS in_second FROM record r\(residual == nil ? "" : sealedJoin) WHERE \(withinMark)) r"
    }

    private static let (firstMark, secondMark, withinMark) = ("{first}", "{second}", "{within}")

    private func rows(
        _ template: String, _ comparison: Comparison, columns: Int, _ residual: Residual?, more: [StoredValue] = []
    ) throws -> [[StoredValue]] {
        var arguments: [StoredValue] = []
        let sql = template.replacing(Self.firstMark, with: "IFNULL(\(Self.sql(comparison.first, &arguments)), 0)")
            .replacing(Self.secondMark, with: "IFNULL(\(Self.sql(comparison.second, &arguments)), 0)")
            .replacing(Self.withinMark, with: Self.sql(comparison.within, &arguments))
        return try withResidual(residual) {
            let query = try RowWriter(db, sql)
            query.bind(arguments + more)
            var rows: [[StoredValue]] = []
            try query.forEachRow { row in
                rows.append((0..<columns).map { row.value($0) })
                return true
            }
            return rows
        }
    }

    private func integers(
        _ template: String, _ comparison: Comparison, columns: Int, _ residual: Residual?, more: [StoredValue] = []
    ) throws -> [[Int64]] {
        try rows(template, comparison, columns: columns, residual, more: more).map { row in
            row.map { if case .integer(let integer) = $0 { integer } else { 0 } }
        }
    }
}

extension StoreReader {
    /// What a principal asked since a day, sealed, other than `digest`.
    public func asked(principal: String, purpose: String, since day: Int64, except digest: [UInt8]) throws -> [[UInt8]] {
        try Data.fetchAll(
            db, sql: "SELECT query FROM asked WHERE principal = ? AND purpose = ? AND day >= ? AND digest <> ?",
            arguments: [principal, purpose, day, Data(digest)]
        ).map { [UInt8]($0) }
    }

    /// Thousandths of epsilon that a principal has spent for a purpose in a period.
    public func spentBudget(principal: String, purpose: String, period: Int64) throws -> Int {
        try Int.fetchOne(
            db, sql: "SELECT spent FROM privacy_budget WHERE principal = ? AND purpose = ? AND period = ?", arguments: [principal, purpose, period]) ?? 0
    }
}

extension StoreWriter {
    /// Remembers what a principal asked; forgets what is older than `oldest`.
    public func noteAsked(principal: String, purpose: String, digest: [UInt8], query: [UInt8], day: Int64, oldest: Int64) throws {
        try db.execute(sql: "DELETE FROM asked WHERE principal = ? AND purpose = ? AND day < ?", arguments: [principal, purpose, oldest])
        try db.execute(
            sql: "INSERT OR REPLACE INTO asked (principal, purpose, digest, query, day) VALUES (?, ?, ?, ?, ?)",
            arguments: [principal, purpose, Data(digest), Data(query), day])
    }

    public func spendBudget(principal: String, purpose: String, period: Int64, amount: Int) throws {
        try db.execute(
            sql: """
                INSERT INTO privacy_budget (principal, purpose, period, spent) VALUES (?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET spent = spent + excluded.spent
                """, arguments: [principal, purpose, period, amount])
    }
}
