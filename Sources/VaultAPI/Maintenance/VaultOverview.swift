/// How the vault is used, in counts.
public struct VaultOverview: Codable, Sendable, Equatable {
    /// Requests on one day in the policy's time zone.
    public struct Day: Codable, Sendable, Equatable {
        /// Such as `2026-03-04`.
        public var day: String
        public var allowed: Int
        public var denied: Int

        package init(day: String, allowed: Int, denied: Int) { (self.day, self.allowed, self.denied) = (day, allowed, denied) }
    }

    /// A denial or an alert.
    public struct Event: Codable, Sendable, Equatable {
        public var entry: Int64
        public var time: String
        public var principal: String
        public var action: String
        public var rule: String

        package init(entry: Int64, time: String, principal: String, action: String, rule: String) {
            (self.entry, self.time, self.principal, self.action, self.rule) = (entry, time, principal, action, rule)
        }
    }

    public var records: Int64
    public var customers: Int64
    /// Oldest first, without gaps.
    public var days: [Day]
    /// Newest first.
    public var denials: [Event]
    public var alerts: [Event]
    public var openCases: Int
    public var overdueCases: Int
    public var waitingApprovals: Int
    /// Records that are due under the retention rules.
    public var due: Int
    public var keys: [KeyStatus]
    /// When the log was last verified without a finding, and its length then.
    @Nullable public var verifiedAt: String?
    @Nullable public var verifiedEntries: Int64?
    public var auditEntries: Int64

    package init(
        records: Int64, customers: Int64, days: [Day], denials: [Event], alerts: [Event], openCases: Int, overdueCases: Int, waitingApprovals: Int, due: Int,
        keys: [KeyStatus], lastVerification: (time: String, entries: Int64)?, auditEntries: Int64
    ) {
        (self.records, self.customers, self.days, self.denials, self.alerts) = (records, customers, days, denials, alerts)
        (self.openCases, self.overdueCases, self.waitingApprovals, self.due) = (openCases, overdueCases, waitingApprovals, due)
        (self.keys, self.auditEntries) = (keys, auditEntries)
        (verifiedAt, verifiedEntries) = (lastVerification?.time, lastVerification?.entries)
    }
}
