/// What a customer decided about purposes, oldest first.
public struct ListConsents: VaultOperation {
    /// The customer's pseudonym under the purpose.
    public var subject: String
    public var purpose: String

    public init(subject: String, purpose: String) { (self.subject, self.purpose) = (subject, purpose) }

    public struct Reply: Codable, Sendable, Equatable {
        public var consents: [SubjectConsent]

        package init(consents: [SubjectConsent]) { self.consents = consents }
    }

    public static let route = Route.get("/v1/subjects/{subject}/consents")
    public static let summary = "What a customer decided about purposes, oldest first."
    public static let action: String? = "subject.consent"
    public static let members: [String: Schema] = ["subject": Members.pseudonym, "purpose": Members.purpose]
    public static let statuses = [404]
}
