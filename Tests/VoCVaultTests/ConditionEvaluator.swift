import RedactedAPI

/// What a condition says of a row, worked out in plain Swift from what the row shows: true, false or, nil, unknown.
struct ConditionEvaluator {
    enum Kind {
        case text, labels, integer, decimal, boolean, date, year, time, pseudonym, redactedText
    }

    let kinds: [String: Kind]

    func callAsFunction(_ condition: Condition, _ row: [String: Value]) -> Bool? {
        switch condition {
        case .and(let parts):
            let answers = parts.map { self($0, row) }
            return answers.contains(false) ? false : answers.contains(nil) ? nil : true
        case .or(let parts):
            let answers = parts.map { self($0, row) }
            return answers.contains(true) ? true : answers.contains(nil) ? nil : false
        case .not(let part): return self(part, row).map { !$0 }
        case .isNull(let field): return row[field]! == .null
        case .contains(let field, let words):
            guard case .text(let text) = row[field]! else { return false }
            return text.lowercased().contains(words.lowercased())
        case .compare(let field, let comparison, let value):
            if kinds[field] == .labels { return labels(row[field]!).contains(Self.bytes(value)) == (comparison == .equal) }
            return order(of: row[field]!, and: value, kinds[field]!).map { Self.holds(comparison, $0) }
        case .isIn(let field, let values):
            if kinds[field] == .labels { return values.contains { labels(row[field]!).contains(Self.bytes($0)) } }
            guard row[field]! != .null else { return nil }
            return values.contains { order(of: row[field]!, and: $0, kinds[field]!) == 0 }
        }
    }

    /// Negative where the row's value comes first, 0 where both are equal.
    private func order(of shown: Value, and literal: Value, _ kind: Kind) -> Int? {
        switch (kind, shown, literal) {
        case (_, .null, _): nil
        case (.integer, .integer(let a), .integer(let b)): a < b ? -1 : a == b ? 0 : 1
        case (.time, .time(let a), .time(let b)): a < b ? -1 : a == b ? 0 : 1
        case (.integer, .integer(let a), .decimal(let b)): Self.order(a, b)
        case (.decimal, .decimal(let a), .integer(let b)): a < Double(b) ? -1 : a == Double(b) ? 0 : 1
        case (.decimal, .decimal(let a), .decimal(let b)): a < b ? -1 : a == b ? 0 : 1
        case (.boolean, .boolean(let a), .boolean(let b)): a == b ? 0 : 1
        case (.time, .time(let a), .text(let b)): order(of: .time(a), and: .time(Timestamp(b)!), kind)
        case (.date, .text(let a), .time(let b)):
            // A day is written as such.
            Self.order(a, b.description.hasSuffix("T00:00:00Z") ? String(b.description.prefix(10)) : b.description)
        case (.year, .text(let a), .integer(let b)): Self.order(a, String(b))
        case (_, .text(let a), .text(let b)): Self.order(a, b)
        default: fatalError("\(kind) is not compared so")
        }
    }

    private static func order(_ a: String, _ b: String) -> Int {
        Array(a.utf8) == Array(b.utf8) ? 0 : a.utf8.lexicographicallyPrecedes(b.utf8) ? -1 : 1
    }

    /// Exact where a floating-point number of the first would not be.
    private static func order(_ a: Int64, _ b: Double) -> Int {
        if b >= 0x1p63 { return -1 }
        if b < -0x1p63 { return 1 }
        let below = Int64(b.rounded(.down))
        return a < below ? -1 : a > below ? 1 : b > Double(below) ? -1 : 0
    }

    private static func holds(_ comparison: Condition.Comparison, _ order: Int) -> Bool {
        switch comparison {
        case .equal: order == 0
        case .notEqual: order != 0
        case .less: order < 0
        case .lessOrEqual: order <= 0
        case .greater: order > 0
        case .greaterOrEqual: order >= 0
        }
    }

    private func labels(_ shown: Value) -> [[UInt8]] { shown == .null ? [] : shown.description.split(separator: " ").map { Array($0.utf8) } }

    private static func bytes(_ value: Value) -> [UInt8] { Array(value.description.utf8) }
}
