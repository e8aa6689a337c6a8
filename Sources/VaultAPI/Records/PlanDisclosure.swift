import RedactedAPI

/// What figures would cost of the budgets of the days that they are about, and what of these is left.
public struct PlanDisclosure: VaultOperation {
    public var purpose: String
    public var groupBy: [String]?
    /// Default: count.
    public var measures: [String]?
    public var `where`: Condition?
    /// Inclusive.
    public var since: Timestamp?
    /// Exclusive.
    public var until: Timestamp?
    /// As in ``AggregateRows/inMonths``.
    public var inMonths: Bool?

    public init(
        purpose: String, groupBy: [String]? = nil, measures: [String]? = nil, where: Condition? = nil, since: Timestamp? = nil,
        until: Timestamp? = nil, inMonths: Bool? = nil
    ) {
        (self.purpose, self.groupBy, self.measures, self.`where`) = (purpose, groupBy, measures, `where`)
        (self.since, self.until, self.inMonths) = (since, until, inMonths)
    }

    /// A period of data about which figures are released.
    public struct Period: Codable, Sendable, Equatable {
        /// Its first day.
        public var from: String
        /// The day after its last.
        public var until: String
        /// What the question would cost; 0: it was released before.
        public var cost: Double
        /// What of the budget is left of the day of which least is.
        public var left: Double

        package init(from: String, until: String, cost: Double, left: Double) { (self.from, self.until, self.cost, self.left) = (from, until, cost, left) }
    }

    /// What the question would cost of ε, where a role has fresh noise.
    public struct Epsilon: Codable, Sendable, Equatable {
        public var cost: Double
        /// To all tokens of the organisation.
        public var left: Double
        /// In any so many days.
        public var budget: Double
        public var days: Int

        package init(cost: Double, left: Double, budget: Double, days: Int) { (self.cost, self.left, self.budget, self.days) = (cost, left, budget, days) }
    }

    public struct Reply: Codable, Sendable, Equatable {
        /// Of each day: so many figures with the noise of a count.
        public var budget: Double
        /// Standard deviation of the noise on a count in the answer.
        public var noise: Double
        public var periods: [Period]
        /// Nil: the role has no budget of its own.
        public var epsilon: Epsilon?

        package init(budget: Double, noise: Double, periods: [Period], epsilon: Epsilon? = nil) {
            (self.budget, self.noise, self.periods, self.epsilon) = (budget, noise, periods, epsilon)
        }
    }

    public static let route = Route.post("/v1/disclosure/plan")
    public static let summary = "What figures would cost of the budgets of their days, and what is left; tells nothing about the data."
    public static let action: String? = "query"
    public static let members: [String: Schema] = [
        "purpose": Members.purpose,
        "group_by": .array(.text("channel, month(occurred_at)", 1...80), count: 0...20),
        "measures": .array(.text(Measure.forms, 1...80), count: 1...20),
    ]
}
