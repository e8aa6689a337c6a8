import RedactedAPI

/// Records of others whose texts may mention a customer: they have a name or a handle of the customer. Many people have one name, so somebody has
/// to decide about each (``DecideMention``).
public struct ListMentions: VaultOperation {
    /// The customer's pseudonym under the purpose.
    public var subject: String
    public var purpose: String
    /// Also those about which somebody has decided.
    public var all: Bool?

    public init(subject: String, purpose: String, all: Bool? = nil) { (self.subject, self.purpose, self.all) = (subject, purpose, all) }

    public struct Reply: Codable, Sendable, Equatable {
        public var mentions: [SubjectMention]

        package init(mentions: [SubjectMention]) { self.mentions = mentions }
    }

    public static let route = Route.get("/v1/subjects/{subject}/mentions")
    public static let summary = "Records of others whose texts may mention a customer."
    public static let action: String? = "subject.link"
    public static let members: [String: Schema] = ["subject": Members.pseudonym, "purpose": Members.purpose]
    public static let effort = Effort.rights
    public static let statuses = [404]
}

/// A record of others that may mention a customer.
public struct SubjectMention: Codable, Sendable, Equatable {
    /// Pseudonym under the purpose.
    public var record: String
    public var channel: String
    public var occurred: Timestamp
    /// Fields of the customer whose values the text has.
    public var fields: [String]
    /// Null: nobody has decided.
    @Nullable public var decision: MentionDecision?

    package init(record: String, channel: String, occurred: Timestamp, fields: [String], decision: MentionDecision?) {
        (self.record, self.channel, self.occurred) = (record, channel, occurred)
        (self.fields, self.decision) = (fields, decision)
    }
}

/// Whom a text means.
public enum MentionDecision: String, Word {
    /// The customer.
    case theirs
    /// Somebody else of the same name.
    case another
}
