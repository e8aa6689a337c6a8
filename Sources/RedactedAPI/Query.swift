/// A request for rows.
public struct Query: Sendable, Equatable {
    /// Field names, in the order of the columns.
    public var select: [String]
    public var filter: Condition?
    /// Inclusive.
    public var since: Timestamp?
    /// Exclusive.
    public var until: Timestamp?
    /// Rows per page; nil: as many as the policy allows.
    public var limit: Int?
    /// Where the previous page ended.
    public var cursor: String?
    public var purpose: String

    public init(
        select: [String], filter: Condition? = nil, since: Timestamp? = nil, until: Timestamp? = nil,
        limit: Int? = nil, cursor: String? = nil, purpose: String
    ) {
        (self.select, self.filter, self.since, self.until) = (select, filter, since, until)
        (self.limit, self.cursor, self.purpose) = (limit, cursor, purpose)
    }
}

/// A figure about a group of rows.
public enum Measure: Sendable, Hashable {
    case count
    case average(String)
    case minimum(String)
    case maximum(String)
    case distinct(String)
    case sum(String)
    /// The share of values that are the field's highest, in per cent.
    case topBox(String)
    /// The share of values that are one of the field's two highest, in per cent.
    case csat(String)
    /// The share of values of 9 and 10 less that of 0 to 6, in points (Reichheld 2003).
    case nps(String)

    /// The field that it is computed from.
    public var field: String? {
        switch self {
        case .count: nil
        case .average(let field), .minimum(let field), .maximum(let field), .distinct(let field), .sum(let field), .topBox(let field), .csat(let field), .nps(let field): field
        }
    }

    /// What can be written.
    public static let forms = "count, avg(f), sum(f), min(f), max(f), distinct(f), topbox(f), csat(f) or nps(f)"

    /// Reads `count`, `avg(rating)`, `nps(…)` and the other ``forms``.
    public init?(_ text: String) {
        if text == "count" || text == "count(*)" {
            self = .count
            return
        }
        guard let open = text.firstIndex(of: "("), text.hasSuffix(")") else { return nil }
        let field = String(text[text.index(after: open)...].dropLast())
        switch text[..<open] {
        case "avg": self = .average(field)
        case "min": self = .minimum(field)
        case "max": self = .maximum(field)
        case "distinct": self = .distinct(field)
        case "sum": self = .sum(field)
        case "topbox": self = .topBox(field)
        case "csat": self = .csat(field)
        case "nps": self = .nps(field)
        default: return nil
        }
    }

    public var name: String {
        switch self {
        case .count: "count"
        case .average(let field): "avg(\(field))"
        case .minimum(let field): "min(\(field))"
        case .maximum(let field): "max(\(field))"
        case .distinct(let field): "distinct(\(field))"
        case .sum(let field): "sum(\(field))"
        case .topBox(let field): "topbox(\(field))"
        case .csat(let field): "csat(\(field))"
        case .nps(let field): "nps(\(field))"
        }
    }
}

/// What to group by: a field, or a time cut to a unit.
public enum GroupKey: Sendable, Hashable {
    public enum Unit: String, Sendable, CaseIterable {
        case day, month, year
    }

    case field(String)
    case time(String, Unit)

    /// Reads `channel` or `month(occurred_at)`.
    public init(_ text: String) {
        if let open = text.firstIndex(of: "("), text.hasSuffix(")"), let unit = Unit(rawValue: String(text[..<open])) {
            self = .time(String(text[text.index(after: open)...].dropLast()), unit)
        } else {
            self = .field(text)
        }
    }

    public var field: String {
        switch self {
        case .field(let field), .time(let field, _): field
        }
    }

    public var name: String {
        switch self {
        case .field(let field): field
        case .time(let field, let unit): "\(unit.rawValue)(\(field))"
        }
    }
}

/// A request for figures about groups of rows.
public struct AggregateQuery: Sendable, Equatable {
    public var groupBy: [GroupKey]
    public var measures: [Measure]
    public var filter: Condition?
    /// Inclusive.
    public var since: Timestamp?
    /// Exclusive.
    public var until: Timestamp?
    /// Whether the period is widened to whole months, as far as these are closed. Where figures have noise, those of a month are released
    /// once, and each question about months adds them up: what asks regularly should ask so.
    public var inMonths: Bool
    public var purpose: String

    public init(
        groupBy: [GroupKey], measures: [Measure], filter: Condition? = nil, since: Timestamp? = nil,
        until: Timestamp? = nil, inMonths: Bool = false, purpose: String
    ) {
        (self.groupBy, self.measures, self.filter) = (groupBy, measures, filter)
        (self.since, self.until, self.inMonths, self.purpose) = (since, until, inMonths, purpose)
    }
}
