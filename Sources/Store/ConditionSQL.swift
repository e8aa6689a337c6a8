extension StoreReader {
    /// The SQL of a condition; values become arguments, so that none is ever part of the text.
    ///
    /// - Parameter isNegated: gives that of its contrary. `not` goes down to the comparisons and turns them round: above them
    ///   nothing negates, so that what is unknown there, a value of the wrong kind among it, is taken by no row.
    package func sql(_ condition: StoredCondition, _ arguments: inout [StoredValue], isNegated: Bool = false) -> String {
        switch condition {
        case .compare(let column, let comparison, let value):
            return sql(column, isNegated ? comparison.contrary : comparison, value, &arguments)
        case .isIn(_, let values) where values.isEmpty:
            return isNegated ? "TRUE" : "FALSE"
        case .isIn(let column, let values):
            return membership(of: column, in: values, &arguments, isNegated: isNegated)
        case .isNull(let column):
            return "\(self.column(column)) IS \(isNegated ? "NOT " : "")NULL"
        case .all(let parts):
            return join(parts, isNegated ? " OR " : " AND ", &arguments, isNegated: isNegated, ofNone: isNegated ? "FALSE" : "TRUE")
        case .any(let parts):
            return join(parts, isNegated ? " AND " : " OR ", &arguments, isNegated: isNegated, ofNone: isNegated ? "TRUE" : "FALSE")
        case .not(let part):
            return sql(part, &arguments, isNegated: !isNegated)
        case .residual(let number):
            return "\(isNegated ? "NOT " : "")vault_residual(\(number), r.uid, r.subject, s.body, k.root, k.wrapped, r.redaction_version, r.purged, r.key_version)"
        case .records(let numbers):
            let isAmong = db.forms.isAmong("r.id", numbers)
            arguments.append(.text(isAmong.value))
            return "\(isNegated ? "NOT " : "")(\(isAmong.sql))"
        case .consented(let need):
            arguments += Array(repeating: .text(need.purpose), count: need.valueCount)
            return "\(isNegated ? "NOT " : "")(\(need.sql))"
        }
    }

    private func join(_ parts: [StoredCondition], _ connective: String, _ arguments: inout [StoredValue], isNegated: Bool, ofNone: String) -> String {
        guard !parts.isEmpty else { return ofNone }
        return "(" + parts.map { sql($0, &arguments, isNegated: isNegated) }.joined(separator: connective) + ")"
    }

    private func sql(_ column: String, _ comparison: StoredCondition.Comparison, _ value: StoredValue, _ arguments: inout [StoredValue]) -> String {
        let isInSet = column == "subject" || CodedColumn.isMultiple(column)
        if isInSet, comparison == .equal || comparison == .notEqual {
            return membership(of: column, in: [value], &arguments, isNegated: comparison == .notEqual)
        }
        return guarded(column, [value], &arguments) { "\($0) \(comparison.rawValue) \($1[0])" }
    }

    /// Whether a column, or one of a record's labels, is among values.
    private func membership(of column: String, in values: [StoredValue], _ arguments: inout [StoredValue], isNegated: Bool) -> String {
        let test = isNegated ? "NOT IN" : "IN"
        let list = values.map { _ in "?" }.joined(separator: ", ")
        if CodedColumn.isMultiple(column) {
            guard values.allSatisfy({ $0.isNumber == false }) else { return "FALSE" }
            arguments += values
            return "\(isNegated ? "NOT " : "")\(db.forms.isCoded(column, among: list))"
        }
        if column == "subject", !isNegated {
            guard values.allSatisfy({ $0.isNumber == true }) else { return "FALSE" }
            arguments += values
            return "r.id IN (SELECT record FROM subject_record WHERE subject IN (\(list)))"
        }
        return guarded(column, values, &arguments) { "\($0) \(test) (\($1.joined(separator: ", ")))" }
    }

    /// A comparison that no value fulfils but one of the literals' kind.
    private func guarded(_ name: String, _ values: [StoredValue], _ arguments: inout [StoredValue], _ write: (String, [String]) -> String) -> String {
        guard let isNumber = values[0].isNumber, values.allSatisfy({ $0.isNumber == isNumber }) else { return "FALSE" }
        let column = column(name)
        if let known = Self.isNumber(name) {
            guard known == isNumber else { return "FALSE" }
            arguments += values
            // Some would take a number's type from the column.
            return write(column, values.map { if case .real = $0 { "CAST(? AS DOUBLE PRECISION)" } else { "?" } })
        }
        arguments += values
        return db.forms.compared(column, with: values, areNumbers: isNumber, write)
    }

    /// Whether a column that every vault has holds numbers, or else text; nil: the policy's schema added it.
    private static func isNumber(_ column: String) -> Bool? {
        switch column {
        case "id", "subject", "occurred_at", "received_at", "redaction_version", "restricted", "purged", "key_version": true
        case "source", "channel": false
        default: CodedColumn.isOne(column) ? false : nil
        }
    }
}

extension StoredCondition.Comparison {
    /// True of the values that this is false of.
    fileprivate var contrary: Self {
        switch self {
        case .equal: .notEqual
        case .notEqual: .equal
        case .less: .greaterOrEqual
        case .lessOrEqual: .greater
        case .greater: .lessOrEqual
        case .greaterOrEqual: .less
        }
    }
}

extension StoredValue {
    /// Nil: it is no value, and compares with nothing.
    fileprivate var isNumber: Bool? {
        switch self {
        case .null: nil
        case .integer, .real: true
        case .text: false
        }
    }
}
