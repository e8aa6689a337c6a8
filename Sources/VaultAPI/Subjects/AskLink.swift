/// Asks that two customers become one person, that one is taken out of a person again, or that a record becomes another customer's. It is done once
/// a second person agrees (``DecideLink``).
public struct AskLink: VaultOperation {
    public var kind: LinkKind
    /// The customer's pseudonym under the purpose: who is joined, taken out, or gets the record.
    public var subject: String
    /// Whom it is one person with; only for `join`.
    public var other: String?
    /// The record's pseudonym; only for `move`.
    public var record: String?
    public var purpose: String
    /// Without personal data; goes to the audit log.
    public var reason: String

    public init(kind: LinkKind, subject: String, other: String? = nil, record: String? = nil, purpose: String, reason: String) {
        (self.kind, self.subject, self.other, self.record) = (kind, subject, other, record)
        (self.purpose, self.reason) = (purpose, reason)
    }

    public struct Reply: Codable, Sendable, Equatable {
        /// The link's number, for whoever decides.
        public var number: Int64

        package init(number: Int64) { self.number = number }
    }

    public static let route = Route.post("/v1/links")
    public static let summary = "Asks that customers are joined or taken apart, or that a record becomes another's; a second person decides."
    public static let action: String? = "subject.link"
    public static let members: [String: Schema] = [
        "subject": Members.pseudonym, "other": Members.pseudonym, "record": Members.pseudonym, "purpose": Members.purpose, "reason": Members.reason,
    ]
    public static let statuses = [404, 409]
}

/// What is to be done about who is who.
public enum LinkKind: String, Word {
    case join, split, move
}
