/// Where the SQL of SQLite and that of PostgreSQL differ.
enum Dialect: Sendable {
    case sqlite
    case postgres

    /// A number that counts as the nearer end outside of bounds; null stays null, which PostgreSQL's functions would pass over.
    func clamped(_ column: String, _ bounds: ClosedRange<Int64>) -> String {
        switch self {
        case .sqlite: "MIN(MAX(\(column), \(bounds.lowerBound)), \(bounds.upperBound))"
        case .postgres: "CASE WHEN \(column) IS NOT NULL THEN LEAST(GREATEST(\(column), \(bounds.lowerBound)), \(bounds.upperBound)) END"
        }
    }

    /// Makes SQLite read a table in its own order where it would go by an index.
    var inTableOrder: String { self == .sqlite ? " NOT INDEXED" : "" }

    /// Texts of a group with blanks between.
    func joined(_ column: String) -> String { self == .sqlite ? "group_concat(\(column), ' ')" : "string_agg(\(column), ' ' ORDER BY \(column))" }

    /// A column of milliseconds since 1970 cut to a unit, in UTC.
    func time(_ column: String, _ unit: AggregateRequest.Unit) -> String {
        switch (self, unit) {
        case (.sqlite, .day): "strftime('%Y-%m-%d', \(column) / 1000, 'unixepoch')"
        case (.sqlite, .month): "strftime('%Y-%m', \(column) / 1000, 'unixepoch')"
        case (.sqlite, .year): "strftime('%Y', \(column) / 1000, 'unixepoch')"
        case (.postgres, .day): "to_char(to_timestamp(\(column) / 1000) AT TIME ZONE 'UTC', 'YYYY-MM-DD')"
        case (.postgres, .month): "to_char(to_timestamp(\(column) / 1000) AT TIME ZONE 'UTC', 'YYYY-MM')"
        case (.postgres, .year): "to_char(to_timestamp(\(column) / 1000) AT TIME ZONE 'UTC', 'YYYY')"
        }
    }

    /// A measure over numbers. An average is the same floating-point number in both: PostgreSQL's own of integers is a decimal one,
    /// rounded otherwise.
    func measure(_ function: AggregateRequest.Function, _ value: String) -> String {
        self == .postgres && function == .average ? "CAST(SUM(\(value)) AS DOUBLE PRECISION) / COUNT(\(value))" : "\(function.rawValue)(\(value))"
    }

    /// Whether `record` is one of a list of numbers, which is bound as ``numbers(_:)``.
    func isAmong(_ record: String) -> String {
        self == .sqlite ? "\(record) IN (SELECT value FROM json_each(?))" : "\(record) = ANY (CAST(? AS BIGINT[]))"
    }

    func numbers(_ numbers: [Int64]) -> String {
        let list = numbers.map(String.init).joined(separator: ",")
        return self == .sqlite ? "[\(list)]" : "{\(list)}"
    }
}
