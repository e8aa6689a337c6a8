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

/// What to group by: a field, or a time cut to a unit.
public enum GroupKey: Sendable, Hashable {
    /// Units of the vault's time zone, and how an answer names them.
    public enum Unit: String, Sendable, CaseIterable {
        /// `2026-03-04T12`.
        case hour
        /// `2026-03-04`.
        case day
        /// `2026-W10`: from Monday, in the year that its Thursday is in (ISO 8601).
        case week
        /// `2026-03`.
        case month
        /// `2026-Q1`.
        case quarter
        /// `2026`.
        case year
        /// 1 for Monday to 7 for Sunday, of all weeks together.
        case weekday
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
    /// Which groups are shown, by their figures as these are shown: names columns of the answer, such as `avg(rating)`.
    public var having: Condition?
    /// The order of the groups; empty: by their keys.
    public var order: [FigureOrder]
    /// Whether each figure stands beside that of the period before.
    public var isCompared: Bool
    public var purpose: String

    public init(
        groupBy: [GroupKey], measures: [Measure], filter: Condition? = nil, since: Timestamp? = nil,
        until: Timestamp? = nil, inMonths: Bool = false, having: Condition? = nil, order: [FigureOrder] = [], isCompared: Bool = false, purpose: String
    ) {
        (self.groupBy, self.measures, self.filter) = (groupBy, measures, filter)
        (self.since, self.until, self.inMonths, self.purpose) = (since, until, inMonths, purpose)
        (self.having, self.order, self.isCompared) = (having, order, isCompared)
    }
}
