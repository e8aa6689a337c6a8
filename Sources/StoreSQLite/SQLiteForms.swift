import Store

/// What SQLite writes in words of its own.
struct SQLiteForms: SQLForms {
    func clamped(_ column: String, _ bounds: ClosedRange<Int64>) -> String { "MIN(MAX(\(column), \(bounds.lowerBound)), \(bounds.upperBound))" }

    func coded(_ column: String) -> String { "vault_code('\(column)', r.id)" }

    func isCoded(_ column: String, among list: String) -> String { "vault_is_code('\(column)', r.id, \(list))" }

    func joinLabels(_ column: String, as labels: String) -> String { " JOIN \(LabelModule.name)('\(column)', r.id) \(labels)" }

    /// They are read where they stand.
    func joinOpened(_ columns: Set<String>) -> String { "" }

    func time(_ column: String, _ unit: AggregateRequest.Unit) -> String {
        func part(_ format: String, _ shift: String = "") -> String { "strftime('\(format)', \(column) / 1000, 'unixepoch'\(shift))" }
        return switch unit {
        case .hour: part("%Y-%m-%dT%H")
        case .day: part("%Y-%m-%d")
        // That of its Thursday: the format for it came with SQLite 3.46.
        case .week: part("%Y-W", Self.thursday) + " || printf('%02d', (" + part("%j", Self.thursday) + " + 6) / 7)"
        case .month: part("%Y-%m")
        case .quarter: part("%Y-Q") + " || ((" + part("%m") + " + 2) / 3)"
        case .year: part("%Y")
        case .weekday: "CAST((" + part("%w") + " + 6) % 7 + 1 AS TEXT)"
        }
    }

    private static let thursday = ", '-3 days', 'weekday 4'"

    func measure(_ function: AggregateRequest.Function, _ value: String) -> String {
        function == .squares ? "SUM(\(value) * \(value))" : "\(function.rawValue)(\(value))"
    }

    /// Its sums end at 64 bits: a ``GroupTable`` adds up.
    func recordSum(_ uid: String) -> String { preconditionFailure("record sets are gathered") }

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
