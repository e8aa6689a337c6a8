import RedactedAPI

/// Entries of the audit log, newest first.
public struct ListAuditEntries: VaultOperation {
    public var principal: String?
    public var role: String?
    public var action: String?
    public var purpose: String?
    public var outcome: LoggedEntry.Outcome?
    /// A pseudonym, as in the entry, or a token's id.
    public var target: String?
    /// A customer's pseudonym under any purpose.
    public var subject: String?
    /// A record's pseudonym under any purpose.
    public var record: String?
    public var field: String?
    /// Part of the reason.
    public var reason: String?
    /// Inclusive.
    public var since: Timestamp?
    /// Exclusive.
    public var until: Timestamp?
    /// How many of the newest; default 100.
    public var limit: Int?
    /// Whether views of one principal that stand in a row count as one; up to 10,000 entries are returned then.
    public var fold: Bool?

    public init(
        principal: String? = nil, role: String? = nil, action: String? = nil, purpose: String? = nil, outcome: LoggedEntry.Outcome? = nil,
        target: String? = nil, subject: String? = nil, record: String? = nil, field: String? = nil, reason: String? = nil,
        since: Timestamp? = nil, until: Timestamp? = nil, limit: Int? = nil, fold: Bool? = nil
    ) {
        (self.principal, self.role, self.action, self.purpose) = (principal, role, action, purpose)
        (self.outcome, self.target, self.subject, self.record) = (outcome, target, subject, record)
        (self.field, self.reason, self.since, self.until) = (field, reason, since, until)
        (self.limit, self.fold) = (limit, fold)
    }

    public struct Reply: Codable, Sendable, Equatable {
        public var entries: [LoggedEntry]

        package init(entries: [LoggedEntry]) { self.entries = entries }
    }

    public static let route = Route.get("/v1/audit/entries")
    public static let summary = "Entries, newest first."
    public static let action: String? = "audit.read"
    public static let members: [String: Schema] = [
        "principal": .text("who", 1...64),
        "role": .text("in which role", 1...64),
        "action": .text("what, such as query, reveal, subject.erase", 1...64),
        "purpose": .text("for which purpose", 1...64),
        "target": .text("a pseudonym exactly as in the entry", 1...64),
        "subject": .text("a customer's pseudonym under any purpose", 1...64),
        "record": .text("a record's pseudonym under any purpose", 1...64),
        "field": .text("which field", 1...64),
        "reason": .text("part of the reason", 1...64),
        "limit": .integer(1...10_000, about: "how many entries, newest first; 100 by default"),
        "fold": .boolean(about: "entries that only record that one principal looked at pages count as one where they stand in a row"),
    ]
    public static let effort = Effort.long
    public static let statuses = [404]
}
