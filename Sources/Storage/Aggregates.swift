/// Groups with measures.
public struct AggregateRequest: Sendable {
    public enum Function: String, Sendable {
        case count = "COUNT"
        case average = "AVG"
        case sum = "SUM"
        case minimum = "MIN"
        case maximum = "MAX"
        case distinct
    }

    public struct Measure: Sendable {
        public var function: Function
        /// nil: rows.
        public var column: String?
        /// Values outside count as its ends.
        public var bounds: ClosedRange<Int64>?

        public init(_ function: Function, _ column: String? = nil, bounds: ClosedRange<Int64>? = nil) {
            (self.function, self.column, self.bounds) = (function, column, bounds)
        }
    }

    public enum Unit: Sendable, Hashable {
        case day, month, year
    }

    /// A column to group by, as it is or, of milliseconds since 1970, cut to a unit of time (UTC).
    public enum Grouping: Sendable, Hashable {
        case column(String)
        case time(column: String, Unit)
    }

    public var groupBy: [Grouping]
    public var measures: [Measure]
    public var condition: StoredCondition
    /// Most rows of one subject that count, its oldest ones; nil: all.
    public var contribution: Int?

    public init(groupBy: [Grouping], measures: [Measure], condition: StoredCondition, contribution: Int? = nil) {
        (self.groupBy, self.measures, self.condition, self.contribution) = (groupBy, measures, condition, contribution)
    }
}

public struct AggregateRow: Sendable {
    public var group: [StoredValue]
    public var measures: [StoredValue]
    /// Distinct subjects, where they were counted.
    public var subjects: Int?
    /// Equal for equal sets of rows, and hardly ever else; where it was asked for.
    public var rowSet: [Int64] = []
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
    public func aggregate(
        _ request: AggregateRequest, minimumSubjects: Int, hiding: Set<[StoredValue]> = [], countingSubjects: Bool = false, residual: Residual?
    ) throws -> (rows: [AggregateRow], suppressed: Int) {
        // Distinct subjects of every group cost half as much again as the count itself; a look at
        // the first few rows of each group mostly does. Under a residual each look would decrypt, and PostgreSQL would
        // look at all of them.
        let mayLook = db.dialect == .sqlite && residual == nil && request.contribution == nil && hiding.isEmpty && !countingSubjects
        if mayLook, !request.groupBy.contains(where: Self.isMultiple) {
            let groups = try groups(request, counting: .rows, residual: nil)
            if groups.count <= 1000, try groups.allSatisfy({ try hasSubjects(minimumSubjects, in: $0, of: request) }) {
                return (groups.map(\.row), 0)
            }
        }
        let groups = try groups(request, counting: .subjects, residual: residual)
        let shown = Suppression(groups.map { ($0.row.group, $0.count) }, minimum: minimumSubjects, hiding: hiding).shown()
        return (shown.map { groups[$0].row }, groups.count - shown.count)
    }

    /// All groups, with their subjects and row sets.
    public func groups(_ request: AggregateRequest, residual: Residual?) throws -> [AggregateRow] {
        try groups(request, counting: .subjects, residual: residual).map(\.row)
    }

    /// How many distinct subjects stand behind the rows of a condition; looks for `limit` at most.
    public func subjects(of condition: StoredCondition, limit: Int, residual: Residual? = nil) throws -> Int {
        if let residual, db.dialect == .postgres { return try searchedSubjects(of: condition, limit: limit, residual: residual) }
        var arguments: [StoredValue] = []
        let filter = sql(condition, &arguments)
        let joins = residual == nil ? db.dialect.inTableOrder : Self.sealedJoin
        let text = "SELECT COUNT(*) FROM (SELECT DISTINCT r.subject FROM record r\(joins) WHERE \(filter) LIMIT ?) few"
        return try withResidual(residual) { try db.rows(text, values: arguments + [.integer(Int64(limit))]) { $0.int(0) }[0] }
    }

    private enum Counting {
        case rows, subjects
    }

    private func groups(
        _ request: AggregateRequest, counting: Counting, residual: Residual?
    ) throws -> [(row: AggregateRow, count: Int)] {
        try resolving(request.condition, residual) { condition, residual in
            var arguments: [StoredValue] = []
            let isBounded = request.contribution != nil
            let groups = request.groupBy.map { sql($0, isBounded: isBounded) }
            let measures = request.measures.map { sql($0) }
            let extra = counting == .rows ? ["COUNT(*)"] : ["COUNT(DISTINCT r.subject)", "COUNT(*)", Self.rowSet.0, Self.rowSet.1]
            let filter = sql(condition, &arguments)
            var source = "FROM record r\(residual == nil ? "" : Self.sealedJoin)\(request.groupBy.map(Self.join).joined()) WHERE \(filter)"
            if let contribution = request.contribution {
                let labels = request.groupBy.compactMap(Self.multiple)
                let names = labels.map { ", a_\($0).label AS label_\($0)" }.joined()
                let order = labels.map { ", a_\($0).label" }.joined()
                source = """
                    FROM (SELECT r.*\(names), ROW_NUMBER() OVER (PARTITION BY r.subject ORDER BY r.id\(order)) AS nth \(source)) r
                    WHERE r.nth <= \(contribution)
                    """
            }
            let positions = (1...max(groups.count, 1)).map(String.init)
            let order = positions.map { "\($0) NULLS FIRST" }.joined(separator: ", ")
            let text = """
                SELECT \((groups + measures + extra).joined(separator: ", ")) \(source)
                \(groups.isEmpty ? "" : "GROUP BY \(positions.joined(separator: ", ")) ORDER BY \(order)")
                """
            return try withResidual(residual) {
                try db.rows(text, values: arguments) { row in
                    let end = groups.count + measures.count
                    var aggregate = AggregateRow(
                        group: groups.indices.map { row.value($0) }, measures: measures.indices.map { row.value(groups.count + $0) })
                    let count = row.int(end)
                    if counting == .subjects {
                        aggregate.subjects = count
                        aggregate.rowSet = (1...3).map { row.integer(end + $0) }
                    }
                    return (aggregate, count)
                }
            }
        }
    }

    /// Sums over the rows' ids that differ, but for rare chance, when the rows do.
    private static let rowSet = (
        "COALESCE(SUM(r.id % 4294967291), 0)", "COALESCE(SUM(r.id % 4294967291 * (r.id % 1073741789 % 65521 + 1) % 4294967291), 0)"
    )

    /// Whether a group, whose `count` is its number of rows, has at least `minimum` distinct subjects.
    private func hasSubjects(
        _ minimum: Int, in group: (row: AggregateRow, count: Int), of request: AggregateRequest
    ) throws -> Bool {
        guard group.count >= minimum else { return false }
        var arguments: [StoredValue] = []
        var conditions = [sql(request.condition, &arguments)]
        for (grouping, value) in zip(request.groupBy, group.row.group) {
            conditions.append("\(sql(grouping, isBounded: false)) IS NOT DISTINCT FROM ?")
            arguments.append(value)
        }
        arguments.append(.integer(Int64(minimum)))
        let sql = """
            SELECT COUNT(*) FROM (
                SELECT DISTINCT r.subject FROM record r\(db.dialect.inTableOrder) WHERE \(conditions.joined(separator: " AND ")) LIMIT ?) few
            """
        return try db.rows(sql, values: arguments) { $0.int(0) }[0] >= minimum
    }

    /// The module whose many labels a grouping is by.
    private static func multiple(_ grouping: AggregateRequest.Grouping) -> String? {
        if case .column(let name) = grouping, AnnotationModule(rawValue: name)?.isMultiple == true { name } else { nil }
    }

    private static func isMultiple(_ grouping: AggregateRequest.Grouping) -> Bool { multiple(grouping) != nil }

    /// A record counts once for each of its labels.
    static func join(_ grouping: AggregateRequest.Grouping) -> String {
        guard let name = multiple(grouping) else { return "" }
        return " JOIN annotation a_\(name) ON a_\(name).record = r.id AND a_\(name).subject = r.subject AND a_\(name).module = '\(name)'"
    }

    func sql(_ grouping: AggregateRequest.Grouping, isBounded: Bool) -> String {
        if let name = Self.multiple(grouping) { return isBounded ? "r.label_\(name)" : "a_\(name).label" }
        return switch grouping {
        case .column(let name): column(name)
        case .time(let column, let unit): db.dialect.time("r.\"\(column)\"", unit)
        }
    }

    private func sql(_ measure: AggregateRequest.Measure) -> String {
        guard let name = measure.column else { return "COUNT(*)" }
        if measure.function == .distinct { return "COUNT(DISTINCT \(column(name)))" }
        let value = measure.bounds.map { bounds in
            db.dialect.least(db.dialect.greatest(column(name), "\(bounds.lowerBound)"), "\(bounds.upperBound)")
        }
        return db.dialect.measure(measure.function, value ?? column(name))
    }
}
