/// A request's rows as one statement reads them.
package struct GroupedRows: Sendable {
    /// The groupings, in SQL.
    package var keys: [String]
    /// Of each row what the measures are of, those of a column.
    package var values: [String]
    /// `FROM … WHERE …`, of `record r`.
    package var source: String
    /// Values of ``source``.
    package var arguments: [StoredValue]
}

extension StoreReader {
    /// - Parameters:
    ///   - condition: the request's, as a statement can ask it.
    ///   - readsSealed: whether the sealed bodies are needed for that.
    package func rows(of request: AggregateRequest, _ condition: StoredCondition, readsSealed: Bool) -> GroupedRows {
        var arguments: [StoredValue] = []
        let keys = request.groupBy.map { sql($0, isBounded: request.contribution != nil) }
        let filter = sql(condition, &arguments)
        var source = "FROM record r\(readsSealed ? sealedJoin : "")\(request.groupBy.map(Self.join).joined()) WHERE \(filter)"
        if let contribution = request.contribution {
            let labels = request.groupBy.compactMap(Self.multiple)
            let names = labels.map { ", a_\($0).label AS label_\($0)" }.joined()
            let order = labels.map { ", a_\($0).label" }.joined()
            source = """
                FROM (SELECT r.*\(names), ROW_NUMBER() OVER (PARTITION BY r.subject ORDER BY r.id\(order)) AS nth \(source)) r
                WHERE r.nth <= \(contribution)
                """
        }
        return GroupedRows(keys: keys, values: request.measures.compactMap(value), source: source, arguments: arguments)
    }

    /// The groups as the database's own `GROUP BY` makes them.
    ///
    /// - Parameter subjects: all, or `.enough(0)`.
    package func statedGroups(of request: AggregateRequest, counting subjects: SubjectCounting, residual: Residual?) throws -> [CountedGroup] {
        try db.deciding(request.condition, by: residual) { condition, readsSealed in
            let rows = rows(of: request, condition, readsSealed: readsSealed)
            let (groups, measures) = (rows.keys, request.measures.map { sql($0) })
            let isCounting = if case .all = subjects { true } else { false }
            let extra = isCounting ? ["COUNT(DISTINCT r.subject)", "COUNT(*)", Self.rowSet.0, Self.rowSet.1] : ["0"]
            let positions = (1...max(groups.count, 1)).map(String.init)
            let order = positions.map { "\($0) NULLS FIRST" }.joined(separator: ", ")
            let text = """
                SELECT \((groups + measures + extra).joined(separator: ", ")) \(rows.source)
                \(groups.isEmpty ? "" : "GROUP BY \(positions.joined(separator: ", ")) ORDER BY \(order)")
                """
            return try db.rows(text, values: rows.arguments) { row in
                let end = groups.count + measures.count
                var aggregate = AggregateRow(group: groups.indices.map { row.value($0) }, measures: measures.indices.map { row.value(groups.count + $0) })
                let count = row.int(end)
                if isCounting {
                    aggregate.subjects = count
                    aggregate.rowSet = (1...3).map { row.integer(end + $0) }
                }
                return (aggregate, count)
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
        case .time(let column, let unit): db.forms.time("r.\"\(column)\"", unit)
        }
    }

    private func sql(_ measure: AggregateRequest.Measure) -> String {
        guard let value = value(measure) else { return "COUNT(*)" }
        return measure.function == .distinct ? "COUNT(DISTINCT \(value))" : db.forms.measure(measure.function, value)
    }

    /// What of each row a measure is of; nil: the row itself.
    private func value(_ measure: AggregateRequest.Measure) -> String? {
        guard let name = measure.column else { return nil }
        return measure.bounds.map { db.forms.clamped(column(name), $0) } ?? column(name)
    }
}
