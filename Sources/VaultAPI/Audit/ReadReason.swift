/// Why somebody did what an entry says.
public struct ReadReason: VaultOperation {
    /// The entry's number.
    public var number: Int64

    public init(number: Int64) { self.number = number }

    public struct Reply: Codable, Sendable, Equatable {
        /// `[erased]` once the customer whom it was about is erased.
        public var reason: String

        package init(reason: String) { self.reason = reason }
    }

    public static let route = Route.get("/v1/audit/entries/{number}/reason")
    public static let summary = "The reason that an entry gives; one that is about a customer, until the customer is erased."
    public static let action: String? = "audit.read"
    public static let members: [String: Schema] = ["number": Members.entry]
    public static let statuses = [404]
}
