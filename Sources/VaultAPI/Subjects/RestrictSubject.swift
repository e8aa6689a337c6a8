/// Restricts the use of a customer's data (GDPR Art. 18; PIPL Art. 44), or lifts the restriction.
public struct RestrictSubject: VaultOperation {
    /// The customer's pseudonym under the purpose.
    public var subject: String
    public var purpose: String
    /// Without personal data; goes to the audit log.
    public var reason: String
    /// Lifts the restriction.
    public var lift: Bool?
    /// Goes on although others have one of the customer's handles, who may be the same person.
    public var sharersStay: Bool?

    public init(subject: String, purpose: String, reason: String, lift: Bool? = nil, sharersStay: Bool? = nil) {
        (self.subject, self.purpose, self.reason, self.lift, self.sharersStay) = (subject, purpose, reason, lift, sharersStay)
    }

    public typealias Reply = ChangedRecords

    public static let route = Route.post("/v1/subjects/{subject}/restrict")
    public static let summary = "Restricts the use of a customer's data (GDPR Art. 18; PIPL Art. 44), or lifts the restriction."
    public static let action: String? = "subject.restrict"
    public static let members: [String: Schema] = [
        "subject": Members.pseudonym,
        "purpose": Members.purpose,
        "reason": Members.reason,
        "lift": .boolean(about: "ends the restriction"),
    ]
    public static let effort = Effort.rights
    public static let statuses = [404, 409]
}
