/// A request's rows as one statement reads them.
package struct GroupedRows: Sendable {
    /// The groupings, in SQL.
    package var keys: [String]
    /// Of each row what the measures are of, those of a column.
    package var values: [String]
    /// What stands before `SELECT`.
    package var head: String
    /// `FROM … WHERE …`, of `record r`.
    package var source: String
    /// Values of ``head`` and ``source``.
    package var arguments: [StoredValue]
}

extension StoreReader {
    /// - Parameters:
    ///   - condition: the request's, as a statement can ask it.
    ///   - readsSealed: whether the sealed bodies are needed for that.
    ///   - opened: the sealed columns that the request reads.
    ///   - hint: what stands behind `record r`.
    package func rows(
        of request: AggregateRequest, _ condition: StoredCondition, readsSealed: Bool, _ opened: OpenedColumns, hint: String = ""
    ) -> GroupedRows {
        var arguments = opened.arguments
        let isBounded = request.contribution != nil || request.bound != nil
        let keys = request.groupBy.map { sql($0, isBounded: isBounded) }
        let filter = sql(condition, &arguments)
        let columns = request.codedColumns
        let labels = request.groupBy.compactMap(Self.multiple)
        var source = """
            FROM record r\(hint)\(joins(sealed: readsSealed, codes: false))\(request.groupBy.map(join).joined())\(isBounded ? "" : db.forms.joinOpened(columns)) WHERE \(filter)
            """
        if isBounded {
            let names = labels.map { ", a_\($0).value AS label_\($0)" }.joined()
            let order = labels.map { ", a_\($0).value" }.joined()
            source = """
                FROM (SELECT r.*\(names)\(Self.ranks(request, order)) \(source)) r
                """
            if let bound = request.bound {
                // Of each day only one record is left, so that the rank of a record is that of its day.
                source = """
                    FROM (SELECT r.*, DENSE_RANK() OVER (PARTITION BY \(Attribution.person), \(Self.sql("r.occurred_at", in: bound.zone)) / \(DailyBound.day * DailyBound.period) ORDER BY r.id) AS nth_day \(source)
                    WHERE r.nth_record = 1 AND r.nth_label <= \(bound.labels)) r
                    """
            }
            let limits = [request.contribution.map { "r.nth <= \($0)" }, request.bound.map { "r.nth_day <= \($0.days)" }].compactMap(\.self)
            source += """
                \(db.forms.joinOpened(columns))
                WHERE \(limits.joined(separator: " AND "))
                """
        }
        return GroupedRows(keys: keys, values: request.measures.compactMap(value), head: opened.head, source: source, arguments: arguments)
    }

    /// The places of a row among those of its subject, of the subject's day, and of its record.
    private static func ranks(_ request: AggregateRequest, _ order: String) -> String {
        var ranks = request.contribution == nil ? "" : ", ROW_NUMBER() OVER (PARTITION BY \(Attribution.somebody) ORDER BY r.id\(order)) AS nth"
        guard let bound = request.bound else { return ranks }
        ranks += ", DENSE_RANK() OVER (PARTITION BY \(Attribution.person), \(Self.sql("r.occurred_at", in: bound.zone)) / \(DailyBound.day) ORDER BY r.id) AS nth_record"
        return ranks + ", ROW_NUMBER() OVER (PARTITION BY r.id ORDER BY \(order.isEmpty ? "r.id" : String(order.dropFirst(2)))) AS nth_label"
    }

    /// The groups as the database's own `GROUP BY` makes them.
    ///
    /// - Parameter subjects: all, or `.enough(0)`.
    package func statedGroups(of request: AggregateRequest, counting subjects: SubjectCounting, residual: Residual?) throws -> [CountedGroup] {
        try db.deciding(request.condition, by: residual) { condition, readsSealed in
            let labels = Set(request.groupBy.compactMap(Self.multiple))
            return try db.opening(request.codedColumns, labels: labels, of: condition, readsSealed: readsSealed) { opened in
                try statedGroups(of: request, counting: subjects, rows(of: request, condition, readsSealed: readsSealed, opened), opened)
            }
        }
    }

    private func statedGroups(of request: AggregateRequest, counting subjects: SubjectCounting, _ rows: GroupedRows, _ opened: OpenedColumns) throws -> [CountedGroup] {
        let (groups, measures) = (rows.keys, request.measures.map { sql($0) })
        let (isCounting, isMarked) =
            switch subjects {
            case .enough: (false, false)
            case .all: (true, false)
            case .marked: (true, true)
            }
        let extra = [isCounting ? "COUNT(DISTINCT \(Attribution.customer))" : "0"] + (isMarked ? ["COUNT(*)", db.forms.recordSum("r.uid")] : [])
        let positions = (1...max(groups.count, 1)).map(String.init)
        let order = positions.map { "\($0) NULLS FIRST" }.joined(separator: ", ")
        let text = """
            \(rows.head)SELECT \((groups + measures + extra).joined(separator: ", ")) \(rows.source)
            \(groups.isEmpty ? "" : "GROUP BY \(positions.joined(separator: ", ")) ORDER BY \(order)")
            """
        return try db.rows(text, values: rows.arguments) { row in
            let end = groups.count + measures.count
            var aggregate = AggregateRow(
                group: groups.indices.map { opened.value(row.value($0), of: request.groupBy[$0]) },
                measures: measures.indices.map { opened.value(row.value(groups.count + $0), of: request.measures[$0].valueColumn) })
            let count = row.int(end)
            if isCounting { aggregate.subjects = count }
            if isMarked {
                guard let sum = Int128(row.text(end + 2)) else { throw StorageError.altered(what: "record") }
                aggregate.records = RecordSet(rows: row.integer(end + 1), sum: UInt64(truncatingIfNeeded: sum))
            }
            return (aggregate, count)
        }
    }

    /// The module whose many labels a grouping is by.
    private static func multiple(_ grouping: AggregateRequest.Grouping) -> String? {
        grouping.coded.flatMap { CodedColumn.isMultiple($0) ? $0 : nil }
    }

    /// A record counts once for each of its labels.
    func join(_ grouping: AggregateRequest.Grouping) -> String {
        guard let name = Self.multiple(grouping) else { return "" }
        return db.forms.joinLabels(name, as: "a_\(name)")
    }

    func sql(_ grouping: AggregateRequest.Grouping, isBounded: Bool) -> String {
        if let name = Self.multiple(grouping) { return isBounded ? "r.label_\(name)" : "a_\(name).value" }
        return switch grouping {
        case .column(let name): column(name)
        case .time(let column, let unit, let local): db.forms.time(Self.sql("r.\"\(column)\"", in: local), unit)
        }
    }

    /// Most rows are of late.
    private static func sql(_ column: String, in local: AggregateRequest.ZoneOffsets) -> String {
        guard !local.changes.isEmpty else { return local.offset == 0 ? column : "(\(column) + \(local.offset))" }
        let changes = local.changes.reversed().map { " WHEN \(column) >= \($0.from) THEN \($0.offset)" }.joined()
        return "(\(column) + CASE\(changes) ELSE \(local.offset) END)"
    }

    private func sql(_ measure: AggregateRequest.Measure) -> String {
        guard let value = value(measure) else { return "COUNT(*)" }
        return measure.function == .distinct ? "COUNT(DISTINCT \(value))" : db.forms.measure(measure.function, value)
    }

    /// What of each row a measure is of; nil: the row itself.
    private func value(_ measure: AggregateRequest.Measure) -> String? {
        guard let name = measure.column else { return nil }
        if name == "subject" { return Attribution.customer }
        guard let bounds = measure.bounds else { return column(name) }
        let clamped = db.forms.clamped(column(name), bounds)
        return measure.function == .squares ? "(\(clamped) - \(bounds.lowerBound))" : clamped
    }
}

extension AggregateRequest.Measure {
    /// The column that its result is a value of, not a number made from several.
    fileprivate var valueColumn: String? { function == .minimum || function == .maximum ? column : nil }
}
