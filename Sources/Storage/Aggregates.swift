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
        // All distinct subjects cost half as much again as the groups themselves, and memory; mostly it does that there are
        // enough. Under a residual another pass would decrypt all anew.
        if residual == nil, hiding.isEmpty, !countingSubjects, let groups = try groups(of: request, withAtLeast: minimumSubjects) {
            return (groups.map(\.row), 0)
        }
        let groups = try groups(request, counting: .all, residual: residual)
        let shown = Suppression(groups.map { ($0.row.group, $0.count) }, minimum: minimumSubjects, hiding: hiding).shown()
        return (shown.map { groups[$0].row }, groups.count - shown.count)
    }

    /// All groups, with their subjects and row sets.
    public func groups(_ request: AggregateRequest, residual: Residual?) throws -> [AggregateRow] {
        try groups(request, counting: .all, residual: residual).map(\.row)
    }

    /// All groups, if each has so many distinct subjects; nil otherwise, or where that takes no less than to count them.
    private func groups(of request: AggregateRequest, withAtLeast minimum: Int) throws -> [(row: AggregateRow, count: Int)]? {
        if minimum > 0, request.groupBy.isEmpty, request.contribution == nil, db.dialect == .sqlite {
            // The number of all rows is in every index.
            guard try subjects(of: request.condition, limit: minimum) == minimum else { return nil }
            return try groups(request, counting: .enough(0), residual: nil)
        }
        guard minimum == 0 || minimum <= 50 && gathers(request) else { return nil }
        let groups = try groups(request, counting: .enough(minimum), residual: nil)
        return groups.allSatisfy { $0.count >= minimum } ? groups : nil
    }

    /// Whether a ``GroupTable`` takes the request's rows.
    private func gathers(_ request: AggregateRequest) -> Bool { db.dialect == .sqlite && !request.groupBy.isEmpty && GroupTable.takes(request.measures) }

    /// How many distinct subjects stand behind the rows of a condition; looks for `limit` at most.
    public func subjects(of condition: StoredCondition, limit: Int, residual: Residual? = nil) throws -> Int {
        if let residual, db.dialect == .postgres { return try searchedSubjects(of: condition, limit: limit, residual: residual) }
        var arguments: [StoredValue] = []
        let filter = sql(condition, &arguments)
        let joins = residual == nil ? db.dialect.inTableOrder : sealedJoin
        let text = "SELECT COUNT(*) FROM (SELECT DISTINCT r.subject FROM record r\(joins) WHERE \(filter) LIMIT ?) few"
        return try withResidual(residual) { try db.rows(text, values: arguments + [.integer(Int64(limit))]) { $0.int(0) }[0] }
    }

    /// - Parameter subjects: where they are not all counted, and the request is not gathered, only `.enough(0)`.
    /// - Returns: of each group the number of its subjects, as far as they are counted.
    private func groups(
        _ request: AggregateRequest, counting subjects: GroupTable.Subjects, residual: Residual?
    ) throws -> [(row: AggregateRow, count: Int)] {
        try resolving(request.condition, residual) { condition, residual in
            var arguments: [StoredValue] = []
            let isBounded = request.contribution != nil
            let groups = request.groupBy.map { sql($0, isBounded: isBounded) }
            let filter = sql(condition, &arguments)
            var source = "FROM record r\(residual == nil ? "" : sealedJoin)\(request.groupBy.map(Self.join).joined()) WHERE \(filter)"
            if let contribution = request.contribution {
                let labels = request.groupBy.compactMap(Self.multiple)
                let names = labels.map { ", a_\($0).label AS label_\($0)" }.joined()
                let order = labels.map { ", a_\($0).label" }.joined()
                source = """
                    FROM (SELECT r.*\(names), ROW_NUMBER() OVER (PARTITION BY r.subject ORDER BY r.id\(order)) AS nth \(source)) r
                    WHERE r.nth <= \(contribution)
                    """
            }
            if gathers(request), let connection = db as? SQLiteConnection {
                return try withResidual(residual) {
                    try connection.groups(
                        of: request, keys: groups, values: request.measures.compactMap(value), source: source, arguments: arguments, counting: subjects,
                        isScan: residual == nil && !isBounded && condition.isScan)
                }
            }
            let measures = request.measures.map { sql($0) }
            let isCounting = if case .all = subjects { true } else { false }
            let extra = isCounting ? ["COUNT(DISTINCT r.subject)", "COUNT(*)", Self.rowSet.0, Self.rowSet.1] : ["0"]
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
                    if isCounting {
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

    /// The module whose many labels a grouping is by.
    private static func multiple(_ grouping: AggregateRequest.Grouping) -> String? {
        if case .column(let name) = grouping, AnnotationModule(rawValue: name)?.isMultiple == true { name } else { nil }
    }

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
        guard let value = value(measure) else { return "COUNT(*)" }
        return measure.function == .distinct ? "COUNT(DISTINCT \(value))" : db.dialect.measure(measure.function, value)
    }

    /// What of each row a measure is of; nil: the row itself.
    private func value(_ measure: AggregateRequest.Measure) -> String? {
        guard let name = measure.column else { return nil }
        return measure.bounds.map { db.dialect.clamped(column(name), $0) } ?? column(name)
    }
}
