import Store

/// What SQLite writes in words of its own.
struct SQLiteForms: SQLForms {
    func clamped(_ column: String, _ bounds: ClosedRange<Int64>) -> String { "MIN(MAX(\(column), \(bounds.lowerBound)), \(bounds.upperBound))" }

    func joined(_ column: String) -> String { "group_concat(\(column), ' ')" }

    func time(_ column: String, _ unit: AggregateRequest.Unit) -> String {
        let format =
            switch unit {
            case .day: "%Y-%m-%d"
            case .month: "%Y-%m"
            case .year: "%Y"
            }
        return "strftime('\(format)', \(column) / 1000, 'unixepoch')"
    }

    func measure(_ function: AggregateRequest.Function, _ value: String) -> String { "\(function.rawValue)(\(value))" }

    func isAmong(_ column: String, _ numbers: [Int64]) -> (sql: String, value: String) {
        ("\(column) IN (SELECT value FROM json_each(?))", "[\(numbers.map(String.init).joined(separator: ","))]")
    }

    /// SQLite compares any two values, a number coming before every text, and reads one as the other where a column's
    /// declared type says so (sqlite.org/datatype3.html, section 4).
    func compared(_ column: String, with literals: [StoredValue], areNumbers: Bool, _ write: (String, [String]) -> String) -> String {
        "(\(write(column, literals.map { _ in "?" })) AND \(column) \(areNumbers ? "<" : ">=") '')"
    }

    /// What `||` joins is text.
    func extended(_ bytes: String) -> String { "CAST(\(bytes) || ? AS BLOB)" }
}
