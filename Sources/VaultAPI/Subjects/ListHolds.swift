/// A customer's holds, past and present, oldest first.
public struct ListHolds: VaultOperation {
    /// The customer's pseudonym under the purpose.
    public var subject: String
    public var purpose: String

    public init(subject: String, purpose: String) {
        (self.subject, self.purpose) = (subject, purpose)
    }

    public struct Reply: Codable, Sendable, Equatable {
        public var holds: [SubjectHold]

        package init(holds: [SubjectHold]) { self.holds = holds }
    }

    public static let route = Route.get("/v1/subjects/{subject}/holds")
    public static let summary = "A customer's holds, past and present, oldest first."
    public static let action: String? = "subject.hold"
    public static let members: [String: Schema] = ["subject": Members.pseudonym, "purpose": Members.purpose]
    public static let statuses = [404]
}
