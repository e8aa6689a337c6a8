/// Ends a legal hold.
public struct ReleaseSubject: VaultOperation {
    /// The customer's pseudonym under the purpose.
    public var subject: String
    /// The hold's number, if the customer has several.
    public var hold: Int64?
    public var purpose: String
    /// Without personal data; goes to the audit log.
    public var reason: String?

    public init(subject: String, hold: Int64? = nil, purpose: String, reason: String? = nil) {
        (self.subject, self.hold, self.purpose, self.reason) = (subject, hold, purpose, reason)
    }

    public struct Reply: Codable, Sendable, Equatable {
        /// The hold's number.
        public var hold: Int64

        package init(hold: Int64) { self.hold = hold }
    }

    public static let route = Route.post("/v1/subjects/{subject}/release")
    public static let summary = "Ends a legal hold."
    public static let action: String? = "subject.release"
    public static let members: [String: Schema] = [
        "subject": Members.pseudonym,
        "hold": .integer(1...Int.max, about: "its number, where there are several"),
        "purpose": Members.purpose,
        "reason": Members.reason,
    ]
    public static let statuses = [404, 409]
}
