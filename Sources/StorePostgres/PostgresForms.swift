import Store

/// What PostgreSQL writes in words of its own.
struct PostgresForms: SQLForms {
    /// `LEAST` and `GREATEST` would pass over null.
    func clamped(_ column: String, _ bounds: ClosedRange<Int64>) -> String {
        "CASE WHEN \(column) IS NOT NULL THEN LEAST(GREATEST(\(column), \(bounds.lowerBound)), \(bounds.upperBound)) END"
    }

    func coded(_ column: String) -> String { "\"opened_\(column)\".value" }

    /// Conditions on codes are decided here, not by the server: see ``PostgresConnection/deciding(_:by:_:)``.
    func isCoded(_ column: String, among list: String) -> String { preconditionFailure("a condition on codes was not decided") }

    func joinLabels(_ column: String, as labels: String) -> String { " JOIN \"labels_\(column)\" \(labels) ON \(labels).record = r.id" }

    func joinOpened(_ columns: Set<String>) -> String {
        columns.sorted().map { " LEFT JOIN \"opened_\($0)\" ON \"opened_\($0)\".record = r.id" }.joined()
    }

    func time(_ column: String, _ unit: AggregateRequest.Unit) -> String {
        let format =
            switch unit {
            case .hour: "YYYY-MM-DD\"T\"HH24"
            case .day: "YYYY-MM-DD"
            case .week: "IYYY-\"W\"IW"
            case .month: "YYYY-MM"
            case .quarter: "YYYY-\"Q\"Q"
            case .year: "YYYY"
            case .weekday: "ID"
            }
        return "to_char(to_timestamp(\(column) / 1000) AT TIME ZONE 'UTC', '\(format)')"
    }

    /// PostgreSQL's own average of integers is a decimal number, rounded otherwise.
    func measure(_ function: AggregateRequest.Function, _ value: String) -> String {
        switch function {
        case .average: "CAST(SUM(\(value)) AS DOUBLE PRECISION) / COUNT(\(value))"
        case .squares: "SUM(CAST(\(value) AS BIGINT) * (\(value)))"
        default: "\(function.rawValue)(\(value))"
        }
    }

    func recordSum(_ uid: String) -> String {
        "CAST(COALESCE(SUM(CAST(CAST('x' || encode(substring(\(uid) FROM 1 FOR 8), 'hex') AS BIT(64)) AS BIGINT)), 0) AS TEXT)"
    }

    func isAmong(_ column: String, _ numbers: [Int64]) -> (sql: String, value: String) {
        ("\(column) = ANY (CAST(? AS BIGINT[]))", "{\(numbers.map(String.init).joined(separator: ","))}")
    }

    /// PostgreSQL refuses where both types are known, and would else take a literal's from the column.
    func compared(_ column: String, with literals: [StoredValue], areNumbers: Bool, _ write: (String, [String]) -> String) -> String {
        write(column, literals.map { "CAST(? AS \($0.type))" })
    }

    func extended(_ bytes: String) -> String { "\(bytes) || ?" }
}

extension StoredValue {
    fileprivate var type: String {
        switch self {
        case .null, .text: "TEXT"
        case .integer: "BIGINT"
        case .real: "DOUBLE PRECISION"
        }
    }
}
