import RedactedAPI

/// What waits for a decision about who is who, and what was decided.
public struct ListLinks: VaultOperation {
    public var purpose: String
    /// Also what is done or was rejected.
    public var all: Bool?

    public init(purpose: String, all: Bool? = nil) { (self.purpose, self.all) = (purpose, all) }

    public struct Reply: Codable, Sendable, Equatable {
        public var links: [SubjectLink]

        package init(links: [SubjectLink]) { self.links = links }
    }

    public static let route = Route.get("/v1/links")
    public static let summary = "What waits for a decision about which customers are one person."
    public static let action: String? = "subject.link"
    public static let members: [String: Schema] = ["purpose": Members.purpose]
}

/// A step in who is who.
public struct SubjectLink: Codable, Sendable, Equatable {
    public var number: Int64
    public var kind: LinkKind
    /// Pseudonyms under the purpose.
    public var subject: String
    public var other: String
    @Nullable public var record: String?
    /// The handle that they share.
    @Nullable public var field: String?
    /// What speaks against it: `name`, `id`, `gap` or `protection`.
    @Nullable public var doubt: String?
    /// Who asked; `policy`: the vault itself.
    public var askedBy: String
    public var asked: Timestamp
    /// `proposed`, `done` or `rejected`.
    public var state: String
    @Nullable public var decidedBy: String?

    package init(
        number: Int64, kind: LinkKind, subject: String, other: String, record: String?, field: String?, doubt: String?, askedBy: String, asked: Timestamp, state: String,
        decidedBy: String?
    ) {
        (self.number, self.kind, self.subject, self.other, self.record) = (number, kind, subject, other, record)
        (self.field, self.doubt, self.askedBy, self.asked) = (field, doubt, askedBy, asked)
        (self.state, self.decidedBy) = (state, decidedBy)
    }
}
