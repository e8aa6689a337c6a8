import RedactedAPI
import Store

extension ComparedField {
    /// The rows that a comparison stood for when it was asked, where its literal is not of the field's type: before literals
    /// had to be, or before the schema gave the field another type.
    ///
    /// SQLite decided then: a number comes before every text; text that reads as a number is one beside a column of
    /// numbers, and a number is text beside a column of texts (sqlite.org/datatype3.html, section 4).
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

    /// Nil: text, where the column holds numbers.
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
