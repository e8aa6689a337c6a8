/// Groups with measures.
package struct AggregateRequest: Sendable {
    package enum Function: String, Sendable {
        case count = "COUNT"
        case average = "AVG"
        case sum = "SUM"
        /// The sum of the squares of what values are above the lower of their bounds.
        case squares
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
        case hour, day, week, month, quarter, year, weekday
    }

    /// A column to group by, as it is or, of milliseconds since 1970, cut to a unit of time.
    package enum Grouping: Sendable, Hashable {
        case column(String)
        case time(column: String, Unit, ZoneOffsets = .utc)
    }

    package var groupBy: [Grouping]
    package var measures: [Measure]
    package var condition: StoredCondition
    /// Most rows of one subject that count, its oldest ones; nil: all.
    package var contribution: Int?
    package var bound: DailyBound?

    package init(groupBy: [Grouping], measures: [Measure], condition: StoredCondition, contribution: Int? = nil, bound: DailyBound? = nil) {
        (self.groupBy, self.measures, self.condition, self.contribution, self.bound) = (groupBy, measures, condition, contribution, bound)
    }
}

/// Of a subject, one record a day counts, the one with the lowest number, on so many days in each period, those of the records with the lowest
/// numbers; and of a record with several labels, so many rows in the order of the labels.
package struct DailyBound: Sendable {
    /// The length of a period, in days, counted from 1970.
    package static let period: Int64 = 31
    package static let day: Int64 = 86_400_000

    package var days: Int
    package var labels: Int
    /// Whose days they are.
    package var zone: AggregateRequest.ZoneOffsets

    package init(days: Int, labels: Int, zone: AggregateRequest.ZoneOffsets = .utc) { (self.days, self.labels, self.zone) = (days, labels, zone) }
}

/// Which records a group is made of: equal for equal sets, and else hardly ever, as it is made of the records' secret keys.
package struct RecordSet: Sendable, Equatable {
    package var rows: Int64
    /// Of the first 8 bytes of the records' idempotency keys, modulo 2⁶⁴.
    package var sum: UInt64

    package init(rows: Int64, sum: UInt64) { (self.rows, self.sum) = (rows, sum) }
}

package struct AggregateRow: Sendable {
    package var group: [StoredValue]
    package var measures: [StoredValue]
    /// Distinct subjects, without those of records that count for nobody; where they were counted.
    package var subjects: Int?
    /// Where it was asked for.
    package var records: RecordSet?

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
    package func aggregate(
        _ request: AggregateRequest, minimumSubjects: Int, residual: Residual?
    ) throws -> (rows: [AggregateRow], suppressed: Int) {
        // All distinct subjects cost half as much again as the groups themselves, and memory; mostly it does that there are
        // enough. Under a residual another pass would decrypt all anew.
        if residual == nil, let groups = try db.groups(of: request, withAtLeast: minimumSubjects) {
            return (groups.map(\.row), 0)
        }
        let groups = try db.groups(of: request, counting: .all, residual: residual)
        let shown = Suppression(groups.map { ($0.row.group, $0.count) }, minimum: minimumSubjects).shown()
        return (shown.map { groups[$0].row }, groups.count - shown.count)
    }

    /// All groups, with the number of their subjects.
    package func countedGroups(_ request: AggregateRequest, residual: Residual?) throws -> [AggregateRow] {
        try db.groups(of: request, counting: .all, residual: residual).map(\.row)
    }

    /// The same with their record sets; no measure of distinct values among them.
    package func groups(_ request: AggregateRequest, residual: Residual?) throws -> [AggregateRow] {
        try db.groups(of: request, counting: .marked, residual: residual).map(\.row)
    }

    /// The same of the rows in each of several periods of `occurred_at`, one after another; what the request bounds counts in each by itself.
    package func groups(_ request: AggregateRequest, in periods: [Range<Int64>]) throws -> [[AggregateRow]] {
        try db.groups(of: request, in: periods).map { $0.map(\.row) }
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
        let joins = joins(sealed: readsSealed, codes: false)
        let text =
            "SELECT COUNT(*) FROM (SELECT DISTINCT \(Attribution.customer) FROM record r\(joins.isEmpty ? hint : joins) WHERE \(filter) AND r.unattributed IS NULL LIMIT ?) few"
        return try db.rows(text, values: arguments + [.integer(Int64(limit))]) { $0.int(0) }[0]
    }
}

extension Connection {
    /// By a statement for each period.
    package func statedGroups(of request: AggregateRequest, in periods: [Range<Int64>]) throws -> [[CountedGroup]] {
        try periods.map { period in
            var part = request
            part.condition = .all([request.condition, .occurred(in: period)])
            return try groups(of: part, counting: .marked, residual: nil)
        }
    }
}

extension StoredCondition {
    package static func occurred(in period: Range<Int64>) -> StoredCondition {
        .all([.compare(column: "occurred_at", .greaterOrEqual, .integer(period.lowerBound)), .compare(column: "occurred_at", .less, .integer(period.upperBound))])
    }
}
