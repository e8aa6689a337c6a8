/// Looks whether the rules about feedback have something to tell of the last period that is over, and tells it once.
public struct EvaluateAlerts: VaultOperation {
    public var purpose: String

    public init(purpose: String) { self.purpose = purpose }

    /// What became of a rule.
    public enum State: String, Word {
        /// An alert was raised.
        case raised
        /// One was raised for the period before.
        case told
        /// Nothing stands out.
        case quiet
        /// There are no figures of the period, or of too few before it.
        case unknown
        /// The figures were refused.
        case refused
    }

    /// A cell that stands out.
    public struct Finding: Codable, Sendable, Equatable {
        /// What the cell is about: values by field. Empty: all feedback.
        public var cell: [String: String]
        /// Customers in the period.
        public var customers: Double
        /// The average that is compared; absent where it is the number of customers.
        public var average: Double?
        /// As the periods before let expect.
        public var expected: Double
        /// What 97.5 of 100 such periods do not exceed, or fall below.
        public var bound: Double
        /// How many standard deviations it is off.
        public var z: Double
        /// The smallest share of false findings at which this is one.
        public var falseShare: Double

        package init(cell: [String: String], customers: Double, average: Double?, expected: Double, bound: Double, z: Double, falseShare: Double) {
            (self.cell, self.customers, self.average, self.expected) = (cell, customers, average, expected)
            (self.bound, self.z, self.falseShare) = (bound, z, falseShare)
        }
    }

    public struct Rule: Codable, Sendable, Equatable {
        public var name: String
        /// `2026-03-04`, `2026-W10` or `2026-03`.
        public var period: String
        public var state: State
        /// How many cells were looked at.
        public var cells: Int
        /// The most unusual first.
        public var findings: [Finding]
        /// Why the figures were refused.
        public var problem: String?

        package init(name: String, period: String, state: State, cells: Int = 0, findings: [Finding] = [], problem: String? = nil) {
            (self.name, self.period, self.state, self.cells, self.findings, self.problem) = (name, period, state, cells, findings, problem)
        }
    }

    public struct Reply: Codable, Sendable, Equatable {
        /// In the order of `alerts.yaml`.
        public var rules: [Rule]

        package init(rules: [Rule]) { self.rules = rules }
    }

    public static let route = Route.post("/v1/alerts/evaluate")
    public static let summary = "Looks whether the rules about feedback have something to tell of the last period that is over, and raises their alerts, once a period."
    public static let action: String? = "alert.run"
    public static let members: [String: Schema] = ["purpose": Members.purpose]
    public static let effort = Effort.long
    public static let statuses = [409]
}
