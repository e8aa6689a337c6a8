/// Decides whether a record of others that may mention a customer does. What is decided reaches the customer's copy and erasure.
public struct DecideMention: VaultOperation {
    /// The customer's pseudonym under the purpose.
    public var subject: String
    /// The record's pseudonym under the purpose.
    public var record: String
    public var decision: MentionDecision
    public var purpose: String
    /// Without personal data; goes to the audit log.
    public var reason: String

    public init(subject: String, record: String, decision: MentionDecision, purpose: String, reason: String) {
        (self.subject, self.record, self.decision) = (subject, record, decision)
        (self.purpose, self.reason) = (purpose, reason)
    }

    public typealias Reply = Done

    public static let route = Route.post("/v1/subjects/{subject}/mentions")
    public static let summary = "Decides whether a record of others mentions a customer."
    public static let action: String? = "subject.link"
    public static let members: [String: Schema] = [
        "subject": Members.pseudonym, "record": Members.record, "purpose": Members.purpose, "reason": Members.reason,
    ]
    public static let statuses = [404, 409]
}
