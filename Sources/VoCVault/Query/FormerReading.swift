import RedactedAPI
import Store

extension ComparedField {
    /// The rows that a comparison meant when it was asked, if its literal is not of the field's type: it may be older than that
    /// rule, or than the field's present type.
    /// SQLite decided then: a number precedes every text; text that reads as a number counts as one beside a column of numbers,
    /// and a number counts as text beside a column of texts (sqlite.org/datatype3.html, section 4).
    func compareAsFormerly(_ comparison: Condition.Comparison, _ value: Value) -> StoredCondition {
        if let condition = try? compare(comparison, value) { return condition }
        if let literal = formerLiteral(value) { return .compare(column: column, comparison.stored, literal) }
        return [.less, .lessOrEqual, .notEqual].contains(comparison) ? everywhere : nowhere
    }

    func isAmongAsFormerly(_ values: [Value]) -> StoredCondition {
        if let condition = try? isAmong(values) { return condition }
        let literals = values.compactMap(formerLiteral)
        return literals.isEmpty ? nowhere : .isIn(column: column, literals)
    }

    /// Nil: text, although the column has numbers.
    private func formerLiteral(_ value: Value) -> StoredValue? {
        switch value {
        case .null: nil
        case .integer(let integer): kind.isNumber ? .integer(integer) : .text(String(integer))
        case .decimal(let decimal): kind.isNumber ? .real(decimal) : .text(String(decimal))
        case .boolean(let boolean): kind.isNumber ? .integer(boolean ? 1 : 0) : .text(boolean ? "1" : "0")
        case .time(let time): kind.isNumber ? nil : .text(time.day ?? time.description)
        case .text(let text) where kind.isNumber: Int64(text).map { .integer($0) } ?? Double(text).map { .real($0) }
        case .text(let text): .text(text)
        }
    }
}
