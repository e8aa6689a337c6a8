import RedactedAPI

/// Figures about groups of rows; groups with too few customers are left out.
public struct AggregateRows: VaultOperation {
    public var purpose: String
    public var groupBy: [String]?
    public var measures: [String]
    public var `where`: Condition?
    /// Inclusive.
    public var since: Timestamp?
    /// Exclusive.
    public var until: Timestamp?
    /// Whether the period is widened to whole months that are closed. See ``AggregateQuery/inMonths``.
    public var inMonths: Bool?
    /// Which groups are shown: a condition on columns of the answer.
    public var having: String?
    /// Columns of the answer, each perhaps with `desc`.
    public var orderBy: [String]?
    /// Whether each figure stands beside that of the period before, with their difference.
    public var compare: Bool?

    public init(
        purpose: String, groupBy: [String]? = nil, measures: [String], where: Condition? = nil, since: Timestamp? = nil,
        until: Timestamp? = nil, inMonths: Bool? = nil, having: String? = nil, orderBy: [String]? = nil, compare: Bool? = nil
    ) {
        (self.purpose, self.groupBy, self.measures, self.`where`) = (purpose, groupBy, measures, `where`)
        (self.since, self.until, self.inMonths) = (since, until, inMonths)
        (self.having, self.orderBy, self.compare) = (having, orderBy, compare)
    }

    public struct Reply: Codable, Sendable, Equatable {
        public var columns: [String]
        public var rows: [[Value]]
        /// Standard deviation of the noise on counts, the largest where groups differ; null where there is none.
        @Nullable public var noise: Double?

        package init(columns: [String], rows: [[Value]], noise: Double?) {
            (self.columns, self.rows, self.noise) = (columns, rows, noise)
        }
    }

    public static var id: String { "aggregate" }
    public static let route = Route.post("/v1/aggregate")
    public static let summary = "Figures about groups of rows, over whole days of the vault's time zone; groups with too few customers are left out."
    public static let action: String? = "query"
    public static let members: [String: Schema] = [
        "purpose": Members.purpose,
        "group_by": .array(.text("channel, month(occurred_at)", 1...80), count: 0...20),
        "measures": .array(.text(Measure.forms, 1...80), count: 1...20),
        "having": .text("count >= 100 and avg(rating) < 3", 1...2000),
        "order_by": .array(.text("avg(rating) desc", 1...100), count: 0...20),
    ]
    public static let effort = Effort.long
    public static let form = ReplyForm.rows
}
