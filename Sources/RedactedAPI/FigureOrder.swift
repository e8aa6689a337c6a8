/// By which column the groups of an answer are ordered, and in which direction.
public struct FigureOrder: Sendable, Hashable {
    public var column: String
    public var isDescending: Bool

    public init(column: String, isDescending: Bool = false) { (self.column, self.isDescending) = (column, isDescending) }

    /// Reads `count desc`, `avg(rating) asc` or `product`.
    public init(_ text: String) {
        let parts = text.split(separator: " ")
        let direction = parts.count > 1 ? parts.last?.lowercased() : nil
        isDescending = direction == "desc"
        column = Self.name(of: direction == "desc" || direction == "asc" ? parts.dropLast().joined(separator: " ") : parts.joined(separator: " "))
    }

    /// A column as answers name it: `percentile(rating,90)` is `percentile(rating, 90)`.
    private static func name(of column: String) -> String {
        for around in ["before(", "change(", "margin("] where column.hasPrefix(around) && column.hasSuffix(")") {
            return around + name(of: String(column.dropFirst(around.count).dropLast())) + ")"
        }
        return Measure(column)?.name ?? column
    }

    public var description: String { isDescending ? "\(column) desc" : column }
}

extension AggregateQuery {
    /// The columns of the answer.
    public var columns: [String] {
        groupBy.map(\.name) + measures.map(\.name) + (isCompared ? measures.flatMap { ["before(\($0.name))", "change(\($0.name))", "margin(\($0.name))"] } : [])
    }

    /// What is wrong with `having` and `order`; nil: nothing.
    package var arrangementProblem: String? {
        let named = (having?.fields.sorted() ?? []) + order.map(\.column)
        if let unknown = named.first(where: { !columns.contains($0) }) {
            return "'\(unknown)' is not among the columns of this answer (\(columns.joined(separator: "; "))); 'having' and 'order by' name these"
        }
        return having.flatMap { problem(in: $0) }
    }

    private func problem(in condition: Condition) -> String? {
        func problem(_ column: String, _ values: [Value]) -> String? {
            guard columns.dropFirst(groupBy.count).contains(column), !values.allSatisfy({ $0.amount != nil }) else { return nil }
            return "'having' compares '\(column)' with something that is not a number"
        }
        switch condition {
        case .compare(let column, _, let value): return problem(column, [value])
        case .isIn(let column, let values): return problem(column, values)
        case .isNull: return nil
        case .contains: return "'having' takes comparisons, 'in' and 'is null', not 'contains'"
        case .and(let parts), .or(let parts): return parts.lazy.compactMap { self.problem(in: $0) }.first
        case .not(let part): return self.problem(in: part)
        }
    }
}

extension AggregateTable {
    /// The rows that fulfil `having`, in the order that is asked for. Decided by what the rows show, which tells nothing that they do not.
    package func arranged(for query: AggregateQuery) -> AggregateTable {
        guard query.having != nil || !query.order.isEmpty else { return self }
        let places = Dictionary(columns.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        var chosen = rows.indices.filter { index in
            query.having?.holds { places[$0].map { rows[index][$0] } ?? .null } ?? (query.having == nil)
        }
        let order = query.order.compactMap { order in places[order.column].map { (place: $0, isDescending: order.isDescending) } }
        chosen.sort { one, other in
            for (place, isDescending) in order {
                let (first, second) = (rows[one][place], rows[other][place])
                // What is not shown comes last, whatever the direction.
                if first == .null || second == .null {
                    if first == second { continue }
                    return second == .null
                }
                if first.precedes(second) { return !isDescending }
                if second.precedes(first) { return isDescending }
            }
            return one < other
        }
        var table = self
        table.rows = chosen.map { rows[$0] }
        table.margins = margins.map { margins in chosen.map { margins[$0] } }
        return table
    }
}

extension Condition {
    /// Whether it is true of a row (Kleene's logic: nil is unknown).
    fileprivate func holds(_ value: (String) -> Value) -> Bool? {
        switch self {
        case .compare(let column, let comparison, let literal): return comparison.holds(value(column), literal)
        case .isIn(let column, let literals):
            let results = literals.map { Comparison.equal.holds(value(column), $0) }
            return results.contains(true) ? true : results.contains(nil) ? nil : false
        case .contains: return nil
        case .isNull(let column): return value(column) == .null
        case .and(let parts):
            let results = parts.map { $0.holds(value) }
            return results.contains(false) ? false : results.contains(nil) ? nil : true
        case .or(let parts):
            let results = parts.map { $0.holds(value) }
            return results.contains(true) ? true : results.contains(nil) ? nil : false
        case .not(let part): return part.holds(value).map { !$0 }
        }
    }
}

extension Condition.Comparison {
    /// Nil where values cannot be compared.
    fileprivate func holds(_ value: Value, _ literal: Value) -> Bool? {
        guard value != .null, literal != .null, value.isComparable(with: literal) else { return nil }
        let (isLess, isGreater) = (value.precedes(literal), literal.precedes(value))
        return switch self {
        case .equal: !isLess && !isGreater
        case .notEqual: isLess || isGreater
        case .less: isLess
        case .lessOrEqual: !isGreater
        case .greater: isGreater
        case .greaterOrEqual: !isLess
        }
    }
}

extension Value {
    /// The value as a number, if it is one.
    package var amount: Double? {
        switch self {
        case .integer(let integer): Double(integer)
        case .decimal(let decimal): decimal
        default: nil
        }
    }

    fileprivate func isComparable(with other: Value) -> Bool { (amount != nil) == (other.amount != nil) }

    /// Numbers by size, all else by how it is written.
    fileprivate func precedes(_ other: Value) -> Bool {
        if case .integer(let first) = self, case .integer(let second) = other { return first < second }
        if let first = amount, let second = other.amount { return first < second }
        return description.utf8.lexicographicallyPrecedes(other.description.utf8)
    }
}
