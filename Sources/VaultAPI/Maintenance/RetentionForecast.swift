/// What one rule of `retention.yaml` would change now.
public struct RetentionPlanRow: Codable, Sendable, Equatable {
    public var rule: String
    /// `record`, or the classes that would be removed.
    public var removes: String
    public var due: Int
    /// Due, but kept because of a legal hold.
    public var held: Int
    /// Records from before this day (UTC) are due.
    public var before: String

    package init(rule: String, removes: String, due: Int, held: Int, before: String) {
        (self.rule, self.removes, self.due, self.held, self.before) = (rule, removes, due, held, before)
    }
}

/// What a run would remove of a kind that is not a record.
public struct KeptPlanRow: Codable, Sendable, Equatable {
    /// As in `kept` of `retention.yaml`; or `tombstones`; or `questions`, by month; or `log`: content of entries.
    public var kind: String
    public var due: Int
    /// What was over before this day (UTC) is due.
    public var before: String

    package init(kind: String, due: Int, before: String) { (self.kind, self.due, self.before) = (kind, due, before) }
}

/// What a retention run would do now.
public struct RetentionForecast: Codable, Sendable, Equatable {
    /// As in `retention.yaml`. A record counts under each rule that would change it; one that an earlier rule deletes counts only
    /// there.
    public var rules: [RetentionPlanRow]
    /// What is not a record. What the policy keeps for ever is absent.
    public var kept: [KeptPlanRow]
    /// Records that would be changed or deleted, each counted once.
    public var records: Int
    /// Customers who would have no record left.
    public var customersErased: Int
    /// Why a run would stop before it deletes anything, and how to confirm that it is meant; nil if it would not stop.
    public var obstacle: String?

    package init(rules: [RetentionPlanRow], kept: [KeptPlanRow] = [], records: Int, customersErased: Int, obstacle: String? = nil) {
        (self.rules, self.kept, self.records, self.customersErased, self.obstacle) = (rules, kept, records, customersErased, obstacle)
    }
}
