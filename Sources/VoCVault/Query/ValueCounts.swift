import RedactedAPI
import Store

/// The values of a field in a group, each with how many records and customers gave it: exact percentiles and deviations are computed from these, and so are the
/// same on both stores.
struct ValueCounts {
    private var values: [(value: Double, rows: Int, customers: Int)] = []

    /// - Parameter customers: those who gave the value.
    mutating func add(_ value: Double, rows: Int, customers: Int) { values.append((value, rows, customers)) }

    private var count: Int { values.reduce(0) { $0 + $1.rows } }

    /// The value below which a share of the values lies, between the two nearest ones where it falls between them.
    ///
    /// - Parameter minimum: so many customers must have given values on either side of it, itself included: else it would be nearly one customer's own, as the
    ///   smallest and the largest value are. Who gave several values counts once for each of them.
    func percentile(_ share: Double, minimum: Int) -> Value {
        let (sorted, count) = (values.sorted { $0.value < $1.value }, count)
        guard count > 0 else { return .null }
        let rank = share * Double(count - 1)
        let (low, high) = (Self.value(at: Int(rank), of: sorted), Self.value(at: min(Int(rank) + 1, count - 1), of: sorted))
        let upper = rank > rank.rounded(.down) ? high : low
        let (below, above) = (sorted.filter { $0.value <= low }, sorted.filter { $0.value >= upper })
        guard [below, above].allSatisfy({ $0.reduce(0) { $0 + $1.customers } >= minimum }) else { return .null }
        return .decimal(Self.rounded(low + (upper - low) * (rank - rank.rounded(.down))))
    }

    private static func value(at rank: Int, of sorted: [(value: Double, rows: Int, customers: Int)]) -> Double {
        var seen = 0
        for entry in sorted {
            seen += entry.rows
            if seen > rank { return entry.value }
        }
        return sorted.last!.value
    }

    /// Of a sample; nobody has one of a single value.
    var deviation: Value {
        let count = Double(count)
        guard count >= 2 else { return .null }
        let mean = values.reduce(0) { $0 + $1.value * Double($1.rows) } / count
        let squares = values.reduce(0) { $0 + ($1.value - mean) * ($1.value - mean) * Double($1.rows) }
        return .decimal(Self.rounded((squares / (count - 1)).squareRoot()))
    }

    /// To nine digits: the order of the additions shows in none of them.
    private static func rounded(_ value: Double) -> Double {
        guard value != 0, value.isFinite else { return value }
        var scale = 1.0
        while abs(value) * scale < 1e8 { scale *= 10 }
        return (value * scale).rounded() / scale
    }
}

extension StoreReader {
    /// The values of a column, in each group of a request.
    func values(of column: String, in request: AggregateRequest, residual: Residual?) throws -> [[StoredValue]: ValueCounts] {
        var request = request
        request.groupBy.append(.column(column))
        request.measures = [.init(.count)]
        var groups: [[StoredValue]: ValueCounts] = [:]
        for row in try countedGroups(request, residual: residual) {
            guard case .integer(let rows) = row.measures[0], let value = row.group.last?.number else { continue }
            groups[Array(row.group.dropLast()), default: ValueCounts()].add(value, rows: Int(rows), customers: row.subjects ?? 0)
        }
        return groups
    }
}

extension StoredValue {
    fileprivate var number: Double? {
        switch self {
        case .integer(let integer): Double(integer)
        case .real(let real): real
        case .null, .text: nil
        }
    }
}
