/// Groups with measures.
package struct AggregateRequest: Sendable {
    package enum Function: String, Sendable {
        case count = "COUNT"
        case average = "AVG"
        case sum = "SUM"
        case minimum = "MIN"
        case maximum = "MAX"
        case distinct
    }

    package struct Measure: Sendable {
        package var function: Function
        /// nil: rows.
        package var column: String?
        /// Values outside count as its ends.
        package var bounds: ClosedRange<Int64>?

        package init(_ function: Function, _ column: String? = nil, bounds: ClosedRange<Int64>? = nil) {
            (self.function, self.column, self.bounds) = (function, column, bounds)
        }
    }

    package enum Unit: Sendable, Hashable {
        case day, month, year
    }

    /// A column to group by, as it is or, of milliseconds since 1970, cut to a unit of time (UTC).
    package enum Grouping: Sendable, Hashable {
        case column(String)
        case time(column: String, Unit)
    }

    package var groupBy: [Grouping]
    package var measures: [Measure]
    package var condition: StoredCondition
    /// Most rows of one subject that count, its oldest ones; nil: all.
    package var contribution: Int?

    package init(groupBy: [Grouping], measures: [Measure], condition: StoredCondition, contribution: Int? = nil) {
        (self.groupBy, self.measures, self.condition, self.contribution) = (groupBy, measures, condition, contribution)
    }
}

package struct AggregateRow: Sendable {
    package var group: [StoredValue]
    package var measures: [StoredValue]
    /// Distinct subjects, without those of records that count for nobody; where they were counted.
    package var subjects: Int?
    /// Equal for equal sets of rows, and hardly ever else; where it was asked for.
    package var rowSet: [Int64] = []

    package init(group: [StoredValue], measures: [StoredValue]) { (self.group, self.measures) = (group, measures) }
}

extension StoreReader {
    /// Groups behind which at least `minimumSubjects` distinct subjects stand, and how many were left out.
    ///
    /// Complementary suppression: who knows a total could subtract what is shown. So in the whole table, and in each of
    /// its lines (all keys but one fixed: the totals of a table by fewer keys), what is left out must be two groups or
    /// more and have enough subjects itself; else the smallest groups go as well (Cox 1980, "Suppression Methodology
    /// and Statistical Disclosure Control").
    ///
    /// - Parameters:
    ///   - hiding: groups that are left out whatever their size.
    ///   - countingSubjects: whether the rows' subjects and row sets are wanted.
    package func aggregate(
        _ request: AggregateRequest, minimumSubjects: Int, hiding: Set<[StoredValue]> = [], countingSubjects: Bool = false, residual: Residual?
    ) throws -> (rows: [AggregateRow], suppressed: Int) {
        // All distinct subjects cost half as much again as the groups themselves, and memory; mostly it does that there are
        // enough. Under a residual another pass would decrypt all anew.
        if residual == nil, hiding.isEmpty, !countingSubjects, let groups = try db.groups(of: request, withAtLeast: minimumSubjects) {
            return (groups.map(\.row), 0)
        }
        let groups = try db.groups(of: request, counting: .all, residual: residual)
        let shown = Suppression(groups.map { ($0.row.group, $0.count) }, minimum: minimumSubjects, hiding: hiding).shown()
        return (shown.map { groups[$0].row }, groups.count - shown.count)
    }

    /// All groups, with their subjects and row sets.
    package func groups(_ request: AggregateRequest, residual: Residual?) throws -> [AggregateRow] {
        try db.groups(of: request, counting: .all, residual: residual).map(\.row)
    }

    /// How many distinct subjects stand behind the rows of a condition; looks for `limit` at most.
    package func subjects(of condition: StoredCondition, limit: Int, residual: Residual? = nil) throws -> Int {
        try db.subjects(of: condition, limit: limit, residual: residual)
    }

    /// The same by one statement.
    ///
    /// - Parameter hint: what stands behind `record r` where nothing is read beside it.
    package func countSubjects(of condition: StoredCondition, limit: Int, readsSealed: Bool = false, hint: String = "") throws -> Int {
        var arguments: [StoredValue] = []
        let filter = sql(condition, &arguments)
        let joins = joins(sealed: readsSealed, codes: condition.namesCodes)
        let text =
            "SELECT COUNT(*) FROM (SELECT DISTINCT \(Attribution.customer) FROM record r\(joins.isEmpty ? hint : joins) WHERE \(filter) AND r.unattributed IS NULL LIMIT ?) few"
        return try db.rows(text, values: arguments + [.integer(Int64(limit))]) { $0.int(0) }[0]
    }
}
