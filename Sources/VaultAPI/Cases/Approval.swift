import RedactedAPI

/// The answer to another principal's request.
public enum ApprovalDecision: String, Word {
    case grant, deny
}

/// A request that needs a second principal's approval.
public struct Approval: Codable, Sendable, Equatable {
    public var id: Int64
    /// Who asks.
    public var principal: String
    public var role: String
    public var purpose: String
    /// Pseudonym of the record under that purpose.
    public var record: String
    public var field: String
    public var reason: String
    public var asked: Timestamp
    public var expires: Timestamp
    /// `pending`, `granted`, `denied` or `used`.
    public var state: String
    @Nullable public var decidedBy: String?

    package init(
        id: Int64, principal: String, role: String, purpose: String, record: String, field: String, reason: String, asked: Timestamp, expires: Timestamp,
        state: String, decidedBy: String?
    ) {
        (self.id, self.principal, self.role, self.purpose) = (id, principal, role, purpose)
        (self.record, self.field, self.reason) = (record, field, reason)
        (self.asked, self.expires, self.state, self.decidedBy) = (asked, expires, state, decidedBy)
    }

    private enum CodingKeys: String, CodingKey {
        case id = "number"
        case principal, role, purpose, record, field, reason, asked, expires, state, decidedBy
    }
}
