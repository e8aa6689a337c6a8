/// Deletes a customer together with their key (GDPR Art. 17; PIPL Art. 47).
public struct EraseSubject: VaultOperation {
    /// The customer's pseudonym under the purpose.
    public var subject: String
    public var purpose: String
    /// Without personal data; goes to the audit log.
    public var reason: String
    /// Changes nothing; says what the same request would do now.
    public var dryRun: Bool?
    /// Goes on although others have one of the customer's handles, who may be the same person and stay, or may mention the customer; does not look for
    /// mentions then.
    public var sharersStay: Bool?

    public init(subject: String, purpose: String, reason: String, dryRun: Bool? = nil, sharersStay: Bool? = nil) {
        (self.subject, self.purpose, self.reason, self.dryRun, self.sharersStay) = (subject, purpose, reason, dryRun, sharersStay)
    }

    public typealias Reply = ChangedRecords

    public static let route = Route.post("/v1/subjects/{subject}/erase")
    public static let summary = "Deletes a customer with their key (GDPR Art. 17; PIPL Art. 47)."
    public static let action: String? = "subject.erase"
    public static let members: [String: Schema] = [
        "subject": Members.pseudonym,
        "purpose": Members.purpose,
        "reason": Members.reason,
        "dry_run": Members.dryRun,
    ]
    public static let effort = Effort.rights
    public static let statuses = [404, 409]
}
