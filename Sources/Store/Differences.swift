/// Two sets of rows that somebody could compare.
package struct Comparison: Sendable {
    /// What both lie in.
    package var within: StoredCondition
    package var first: StoredCondition
    package var second: StoredCondition

    package init(within: StoredCondition, first: StoredCondition, second: StoredCondition) {
        (self.within, self.first, self.second) = (within, first, second)
    }
}

extension StoreReader {
    /// Groups in which the two sets differ by the rows of at least one subject, but of fewer than `limit`.
    package func nearlyEqualGroups(
        _ comparison: Comparison, by keys: [AggregateRequest.Grouping], limit: Int, residual: Residual?
    ) throws -> [[StoredValue]] {
        // Mostly the sets differ by many, and a look at the first few rows shows it.
        if keys.isEmpty {
            let sql = "SELECT COUNT(*) FROM (SELECT DISTINCT \(Attribution.somebody) \(members) WHERE r.in_first <> r.in_second LIMIT \(limit)) few"
            let differing = try integer(sql, comparison, residual)
            return differing > 0 && differing < limit ? [[]] : []
        }
        let names = keys.map { self.sql($0, isBounded: false) }.joined(separator: ", ")
        return try rows(
            """
            SELECT \(names) \(members)\(joins(keys)) WHERE r.in_first <> r.in_second
            GROUP BY \(names) HAVING COUNT(DISTINCT \(Attribution.somebody)) < \(limit)
            """, comparison, keys: keys, residual)
    }

    /// Groups of the first set that differ from the whole second set by the rows of at least one subject, but of fewer
    /// than `limit`.
    package func groupsNearly(
        _ comparison: Comparison, by keys: [AggregateRequest.Grouping], limit: Int, residual: Residual?
    ) throws -> [[StoredValue]] {
        let names = keys.map { self.sql($0, isBounded: false) }.joined(separator: ", ")
        let groups = try rows(
            """
            SELECT \(names), COUNT(DISTINCT CASE WHEN NOT r.in_second THEN \(Attribution.somebody) END), COUNT(*) FILTER (WHERE r.in_second)
            \(members)\(joins(keys)) WHERE r.in_first GROUP BY \(names)
            """, comparison, keys: keys, more: 2, residual)
        let all = try integer("SELECT COUNT(*) \(members) WHERE r.in_second", comparison, residual)
        return try groups.compactMap { row in
            guard case .integer(let left) = row[keys.count], case .integer(let shared) = row[keys.count + 1], left < limit else { return nil }
            let key = Array(row.prefix(keys.count))
            if shared == all { return left > 0 ? key : nil }
            // Rows of the second set outside the group.
            let isKey = keys.map { "\(self.sql($0, isBounded: false)) IS NOT DISTINCT FROM ?" }.joined(separator: " AND ")
            let sql = """
                SELECT COUNT(*) FROM (SELECT DISTINCT \(Attribution.somebody) \(members) WHERE r.in_second AND r.id NOT IN (
                    SELECT r.id FROM record r\(joins(keys)) WHERE \(isKey)) LIMIT \(limit)) few
                """
            let outside = try integer(sql, comparison, residual, keys: keys, are: key)
            return left + outside < limit ? key : nil
        }
    }

    /// All rows that both sets lie in, marked with which of them they are in.
    private var members: String {
        """
        FROM (SELECT r.*, \(Self.firstMark) AS in_first, \(Self.secondMark) AS in_second
        FROM record r\(Self.joinsMark) WHERE \(Self.withinMark)) r
        """
    }

    /// What the keys of `r` are read from.
    private func joins(_ keys: [AggregateRequest.Grouping]) -> String {
        let coded = keys.compactMap(\.coded)
        return joins(sealed: false, codes: !coded.isEmpty && db.forms.opensCodes) + keys.map(join).joined()
            + db.forms.joinOpened(Set(coded.filter { !CodedColumn.isMultiple($0) }))
    }

    private static let (firstMark, secondMark, withinMark, joinsMark) = ("{first}", "{second}", "{within}", "{joins}")

    /// - Parameters:
    ///   - columns: how many columns follow the keys.
    ///   - values: of the keys, for the last places of the statement.
    private func rows(
        _ template: String, _ comparison: Comparison, keys: [AggregateRequest.Grouping], more columns: Int = 0, _ residual: Residual?, are values: [StoredValue]? = nil
    ) throws -> [[StoredValue]] {
        // The three conditions are one to the search, so that it looks for a word once: in all rows of either set.
        try db.deciding(.all([.any([comparison.first, comparison.second]), comparison.within]), by: residual) { resolved, readsSealed in
            guard case .all(let both) = resolved, both.count == 2, case .any(let sets) = both[0], sets.count == 2 else {
                preconditionFailure("a condition changed its shape")
            }
            let (parts, coded) = ([sets[0], sets[1], both[1]], Set(keys.compactMap(\.coded)))
            // A key is looked for in all records.
            return try db.opening(
                coded.filter { !CodedColumn.isMultiple($0) }, labels: coded.filter(CodedColumn.isMultiple), of: values == nil ? resolved : .all([]), readsSealed: readsSealed
            ) { opened in
                var arguments = opened.arguments
                let sql = template.replacing(Self.firstMark, with: "COALESCE(\(sql(parts[0], &arguments)), FALSE)")
                    .replacing(Self.secondMark, with: "COALESCE(\(sql(parts[1], &arguments)), FALSE)")
                    .replacing(Self.withinMark, with: sql(parts[2], &arguments))
                    .replacing(Self.joinsMark, with: joins(sealed: readsSealed, codes: resolved.namesCodes))
                arguments += values.map { zip($0, keys).map { opened.stored($0, of: $1) } } ?? []
                let shown = values == nil ? keys : []
                return try db.rows(opened.head + sql, values: arguments) { row in
                    (0..<shown.count + columns).map { $0 < shown.count ? opened.value(row.value($0), of: shown[$0]) : row.value($0) }
                }
            }
        }
    }

    /// The one number of a statement's result.
    private func integer(
        _ template: String, _ comparison: Comparison, _ residual: Residual?, keys: [AggregateRequest.Grouping] = [], are values: [StoredValue] = []
    ) throws -> Int64 {
        let found = try rows(template, comparison, keys: keys, more: 1, residual, are: values).first?[0]
        return if case .integer(let integer)? = found { integer } else { 0 }
    }
}

extension StoreReader {
    /// What a principal asked since a day, sealed, other than `digest`; in an order of its own: which groups are hidden depends on it.
    package func asked(principal: String, purpose: String, since day: Int64, except digest: [UInt8]) throws -> [(digest: [UInt8], query: [UInt8])] {
        try db.rows(
            "SELECT digest, query FROM asked WHERE principal = ? AND purpose = ? AND day >= ? AND digest <> ? ORDER BY digest", principal, purpose, day, digest
        ) { ($0.bytes(0), $0.bytes(1)) }
    }

    /// Digests of what a principal asked since a day, other than `digest`.
    package func askedDigests(principal: String, purpose: String, since day: Int64, except digest: [UInt8]) throws -> Set<[UInt8]> {
        Set(
            try db.rows("SELECT digest FROM asked WHERE principal = ? AND purpose = ? AND day >= ? AND digest <> ?", principal, purpose, day, digest) {
                $0.bytes(0)
            })
    }

    /// What principals have spent of their budgets, in thousandths of epsilon.
    package func spentBudgets() throws -> [(principal: String, purpose: String, period: Int64, spent: Int)] {
        try checked(.budget, read: { ($0.text(0), $0.text(1), $0.integer(2), $0.int(3)) }, collect: { $0 })
    }

    /// Thousandths of epsilon that a principal has spent for a purpose in a period.
    package func spentBudget(principal: String, purpose: String, period: Int64) throws -> Int {
        try spentBudgets().first { $0.principal == principal && $0.purpose == purpose && $0.period == period }?.spent ?? 0
    }
}

extension StoreWriter {
    /// Remembers what a principal asked; forgets what is older than `oldest`.
    package func noteAsked(principal: String, purpose: String, digest: [UInt8], query: [UInt8], day: Int64, oldest: Int64) throws {
        let (isOld, old) = ("principal = ? AND purpose = ? AND day < ?", [principal, purpose, oldest] as [any Bindable])
        try changing(.asked, where: isOld, old[0], old[1], old[2]) { try db.run("DELETE FROM asked WHERE \(isOld)", old[0], old[1], old[2]) }
        let sql = """
            INSERT INTO asked (principal, purpose, digest, query, day) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (principal, purpose, digest) DO UPDATE SET query = excluded.query, day = excluded.day
            """
        try changing(.asked, where: "principal = ? AND purpose = ? AND digest = ?", principal, purpose, digest) {
            try db.run(sql, principal, purpose, digest, query, day)
        }
    }

    package func spendBudget(principal: String, purpose: String, period: Int64, amount: Int) throws {
        // A row of nothing would be taken for none when it is added to.
        guard amount > 0 else { return }
        let sql = """
            INSERT INTO privacy_budget (principal, purpose, period, spent) VALUES (?, ?, ?, ?)
            ON CONFLICT (principal, purpose, period) DO UPDATE SET spent = privacy_budget.spent + excluded.spent
            """
        try accumulating(.budget, adding: [Int64(amount)], from: 3, sql, principal, purpose, period, amount)
    }
}
