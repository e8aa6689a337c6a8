/// Fragments of SQL that databases write in different words. Where they do different things, that is an operation of ``Connection``.
package protocol SQLForms: Sendable {
    /// A number that counts as the nearer end outside of bounds; null stays null.
    func clamped(_ column: String, _ bounds: ClosedRange<Int64>) -> String
    /// What is opened of the codes of `record r` in a column, several labels with blanks between.
    func coded(_ column: String) -> String
    /// Whether one of a record's labels in a column is among a list of values.
    func isCoded(_ column: String, among list: String) -> String
    /// Joins the labels of a record in a column, one a row: `LABELS.value`.
    func joinLabels(_ column: String, as labels: String) -> String
    /// Joins what columns have been opened as for a statement.
    func joinOpened(_ columns: Set<String>) -> String
    /// A column of milliseconds since 1970 cut to a unit, in UTC.
    func time(_ column: String, _ unit: AggregateRequest.Unit) -> String
    /// A measure over numbers. An average is the same floating-point number in every database.
    func measure(_ function: AggregateRequest.Function, _ value: String) -> String
    /// ``RecordSet/sum`` over rows as a whole number of any length, in decimal digits.
    func recordSum(_ uid: String) -> String
    /// Whether a column is among numbers, which are one value of the statement.
    func isAmong(_ column: String, _ numbers: [Int64]) -> (sql: String, value: String)
    /// A comparison of a column that the policy's schema added, which no value fulfils but one of the literals' kind.
    ///
    /// - Parameters:
    ///   - literals: all numbers, or all texts; each becomes a value of the statement.
    ///   - write: given the column and what stands for each literal, the comparison.
    func compared(_ column: String, with literals: [StoredValue], areNumbers: Bool, _ write: (String, [String]) -> String) -> String
    /// Bytes in a column with those of a value behind them.
    func extended(_ bytes: String) -> String
}
