import RedactedAPI

/// What waits for whoever has signed in, of all that their role decides or works on, in counts. Leaves no audit entry: the lists do.
public struct ShowInbox: VaultOperation {
    public init() {}

    public struct Reply: Codable, Sendable, Equatable {
        public var principal: String
        /// One for each kind that the role has to do with, also where nothing waits.
        public var items: [InboxItem]

        package init(principal: String, items: [InboxItem]) { (self.principal, self.items) = (principal, items) }
    }

    public static var id: String { "inbox" }
    public static let route = Route.get("/v1/inbox")
    public static let summary = "What waits for whoever has signed in, in counts."
    public static let action: String? = nil
}

/// Things of one kind that wait for somebody.
public struct InboxItem: Codable, Sendable, Equatable {
    public enum Kind: String, Word {
        /// Requests of others that need a second person.
        case approvals
        /// Tokens that others have issued.
        case tokens
        /// Customers who may be one person, and other steps in who is who that others have asked for.
        case links
        /// Customers' requests.
        case cases
        /// Improvements that were proposed.
        case proposals
        /// Improvements that were carried out.
        case results
        /// Improvements that the person carries out.
        case work
    }

    public var kind: Kind
    public var count: Int
    /// How many of them are late.
    public var overdue: Int
    /// When the next one is due, or expires.
    @Nullable public var due: Timestamp?

    package init(_ kind: Kind, count: Int, overdue: Int = 0, due: Timestamp? = nil) {
        (self.kind, self.count, self.overdue, self.due) = (kind, count, overdue, due)
    }
}
