/// What a query asked for, from its entry.
public struct ReadQuestion: VaultOperation {
    /// Number of the query's entry.
    public var number: Int64

    public init(number: Int64) { self.number = number }

    public struct Reply: Codable, Sendable, Equatable {
        /// JSON: `select`, `group_by`, `measures`, `where`, `since`, `until` and `limit`, each if it was asked for. Values of personal fields
        /// and words that were searched for are tags.
        public var question: String

        package init(question: String) { self.question = question }
    }

    public static let route = Route.get("/v1/audit/entries/{number}/question")
    public static let summary = "What a query asked for, until retention destroys the key of its month."
    public static let action: String? = "audit.read"
    public static let members: [String: Schema] = ["number": Members.entry]
    public static let statuses = [404]
}
