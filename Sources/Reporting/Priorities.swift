import RedactedAPI

/// What to improve first: codes, or codes of single products, with the figures behind their scores.
public struct Priority: Sendable, Equatable {
    public var code: String
    /// nil: across all products.
    public var product: String?
    /// Customers who spoke of it, once a month each.
    public var customers: Double
    /// Share of all customers, 0 to 1.
    public var reach: Double
    /// Share of customers with negative feedback, raised by that of those with urgent feedback where it is shown: 0 to 2; nil: the
    /// negative part is not shown.
    public var severity: Double?
    /// Share in the last month divided by that of the months before, limited to between a half and two; 1 if unknown.
    public var trend: Double
    /// Cost of an improvement, 1 to 5.
    public var effort: Double
    /// 100 × reach^a × severity^b × trend^c ÷ effort^d; nil: unknown, as its severity is.
    public var score: Double?

    /// Exponents in the score.
    public struct Weights: Sendable {
        public var reach: Double
        public var severity: Double
        public var trend: Double
        public var effort: Double

        public init(reach: Double = 1, severity: Double = 1, trend: Double = 1, effort: Double = 1) {
            (self.reach, self.severity, self.trend, self.effort) = (reach, severity, trend, effort)
        }
    }

    /// Ranks what a source shows of whole months, most urgent first; behind these, by reach, the codes of which too little is shown to rank
    /// them.
    ///
    /// - Parameters:
    ///   - byProduct: whether to rank products separately.
    ///   - filter: which records count; nil: all.
    ///   - efforts: effort by code; 3 if it is missing.
    public static func ranked(
        from source: some RedactedSource, byProduct: Bool, where filter: Condition? = nil, efforts: [String: Int], weights: Weights, purpose: String, since: Timestamp?,
        until: Timestamp?
    ) async throws -> [Priority] {
        func groups(_ keys: [String], and more: Condition? = nil) async throws -> [[String]: Double] {
            let conditions = [filter, more].compactMap(\.self)
            let table = try await source.aggregate(
                AggregateQuery(
                    groupBy: keys.map { GroupKey($0) }, measures: [.distinct("subject")], filter: conditions.count < 2 ? conditions.first : .and(conditions), since: since,
                    until: until, inMonths: true, purpose: purpose))
            return Dictionary(
                table.rows.map { row in (row.prefix(keys.count).map(\.description), row[keys.count].number ?? 0) },
                uniquingKeysWith: { first, _ in first })
        }
        let keys = byProduct ? ["topic", "product"] : ["topic"]
        let whole = try await groups([])[[]] ?? 0
        let codes = try await groups(keys)
        let moods = try await groups(keys + ["sentiment"])
        let urgent = try await groups(keys, and: .not(.isNull(field: "urgency")))
        let months = try await groups(keys + ["month(occurred_at)"])
        let totals = try await groups(["month(occurred_at)"])
        let last = totals.keys.map { $0[0] }.max() ?? ""
        return codes.filter { !$0.key.contains("") }.map { key, size in
            let hurry = min((urgent[key] ?? 0) / size, 1)
            let severity = moods[key + ["negative"]].map { min($0 / size, 1) * (1 + hurry) }
            // Months in which it is not shown are left out of both sides.
            let earlier = months.filter { Array($0.key.dropLast()) == key && $0.key.last != last && totals[[$0.key.last!]] != nil }
            let (now, before) = (months[key + [last]] ?? 0, earlier.reduce(0) { $0 + $1.value })
            let (all, allBefore) = (totals[[last]] ?? 0, earlier.reduce(0) { $0 + (totals[[$1.key.last!]] ?? 0) })
            let trend = before > 0 && all > 0 && now > 0 ? min(max((now / all) / (before / allBefore), 0.5), 2) : 1
            var priority = Priority(
                code: key[0], product: byProduct ? key[1] : nil, customers: size, reach: whole > 0 ? min(size / whole, 1) : 0, severity: severity, trend: trend,
                effort: Double(efforts[key[0]] ?? 3))
            priority.score = severity.map {
                100 * Power.of(priority.reach, weights.reach) * Power.of($0, weights.severity) * Power.of(priority.trend, weights.trend)
                    / Power.of(priority.effort, weights.effort)
            }
            return priority
        }.sorted { ($1.score ?? -1, $1.reach, $0.code, $0.product ?? "") < ($0.score ?? -1, $0.reach, $1.code, $1.product ?? "") }
    }
}

/// Powers of small numbers, without a mathematics library.
enum Power {
    /// `base` to a power from 0 to 10, to about nine digits; `base` must not be negative.
    static func of(_ base: Double, _ exponent: Double) -> Double {
        if exponent == 0 { return 1 }
        guard base > 0 else { return 0 }
        // Multiplication for the whole part of the exponent, square roots for 30 binary digits of the rest.
        var result = (0..<Int(exponent)).reduce(1.0) { product, _ in product * base }
        var (rest, root) = (exponent - exponent.rounded(.down), base)
        for _ in 0..<30 where rest > 0 {
            root = root.squareRoot()
            rest *= 2
            if rest >= 1 {
                result *= root
                rest -= 1
            }
        }
        return result
    }
}
