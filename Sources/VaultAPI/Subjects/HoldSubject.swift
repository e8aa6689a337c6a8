import RedactedAPI

/// Protects a customer's data from erasure, correction and retention.
public struct HoldSubject: VaultOperation {
    /// The customer's pseudonym under the purpose.
    public var subject: String
    public var purpose: String
    /// Without personal data; goes to the audit log.
    public var reason: String
    /// When the hold ends by itself; nil: it lasts until it is released.
    public var ends: Timestamp?

    public init(subject: String, purpose: String, reason: String, ends: Timestamp? = nil) {
        (self.subject, self.purpose, self.reason, self.ends) = (subject, purpose, reason, ends)
    }

    public struct Reply: Codable, Sendable, Equatable {
        /// The hold's number.
        public var hold: Int64

        package init(hold: Int64) { self.hold = hold }
    }

    public static let route = Route.post("/v1/subjects/{subject}/hold")
    public static let summary = "Protects a customer's data from erasure, correction and retention."
    public static let action: String? = "subject.hold"
    public static let members: [String: Schema] = ["subject": Members.pseudonym, "purpose": Members.purpose, "reason": Members.reason]
    public static let statuses = [404, 409]
}
