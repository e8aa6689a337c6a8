import RedactedAPI

/// A page of redacted rows, newest first.
public struct QueryPage: VaultOperation {
    public var purpose: String
    public var select: [String]
    public var `where`: Condition?
    /// Inclusive.
    public var since: Timestamp?
    /// Exclusive.
    public var until: Timestamp?
    /// Rows on the page; in a stream, rows in total.
    public var limit: Int?
    /// Where the previous page ended.
    public var cursor: String?

    public init(
        purpose: String, select: [String], where: Condition? = nil, since: Timestamp? = nil, until: Timestamp? = nil, limit: Int? = nil,
        cursor: String? = nil
    ) {
        (self.purpose, self.select, self.`where`, self.since) = (purpose, select, `where`, since)
        (self.until, self.limit, self.cursor) = (until, limit, cursor)
    }

    public typealias Reply = Rows

    public static var id: String { "query" }
    public static let route = Route.post("/v1/query")
    public static let summary = "Redacted rows, newest first: a page as JSON, or all of them as NDJSON or CSV, streamed."
    public static let action: String? = "query"
    public static let members: [String: Schema] = [
        "purpose": Members.purpose,
        "select": .array(Members.field, count: 1...100),
        "limit": .integer(1...1_000_000_000, about: "rows of the page, or of the whole stream"),
        "cursor": .text("next_cursor of the previous page", 1...2000),
    ]
    public static let form = ReplyForm.rows
}
