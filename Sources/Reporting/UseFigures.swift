/// How a vault is used, in counts, for the compliance template. The caller of the report fills it in.
public struct UseFigures: Sendable {
    public struct Day: Sendable {
        /// Such as `2026-03-04`.
        public var day: String
        public var allowed: Int
        public var denied: Int

        public init(day: String, allowed: Int, denied: Int) { (self.day, self.allowed, self.denied) = (day, allowed, denied) }
    }

    /// A denial or an alert.
    public struct Event: Sendable {
        public var entry: Int64
        public var time: String
        public var principal: String
        public var action: String
        public var rule: String

        public init(entry: Int64, time: String, principal: String, action: String, rule: String) {
            (self.entry, self.time, self.principal, self.action, self.rule) = (entry, time, principal, action, rule)
        }
    }

    public var days: [Day]
    public var denials: [Event]
    public var alerts: [Event]
    /// Records, customers, open and overdue requests, waiting approvals, records that are due for deletion, audit entries.
    public var records: Int64
    public var customers: Int64
    public var openCases: Int
    public var overdueCases: Int
    public var waitingApprovals: Int
    public var due: Int
    public var auditEntries: Int64
    /// When the log was last verified without a finding.
    public var verified: String?

    public init(
        days: [Day], denials: [Event], alerts: [Event], records: Int64, customers: Int64, openCases: Int, overdueCases: Int, waitingApprovals: Int, due: Int,
        auditEntries: Int64, verified: String?
    ) {
        (self.days, self.denials, self.alerts, self.records, self.customers) = (days, denials, alerts, records, customers)
        (self.openCases, self.overdueCases, self.waitingApprovals, self.due) = (openCases, overdueCases, waitingApprovals, due)
        (self.auditEntries, self.verified) = (auditEntries, verified)
    }
}
