import RedactedAPI

extension RecordChange: Word {}

/// What has changed since a place in the vault's history, for whoever follows it.
public struct ListChanges: VaultOperation {
    public var purpose: String
    /// `record` among them.
    public var select: [String]
    /// Where the previous page ended; nil: from the beginning.
    public var after: String?
    /// Records on the page.
    public var limit: Int?

    public init(purpose: String, select: [String], after: String? = nil, limit: Int? = nil) {
        (self.purpose, self.select, self.after, self.limit) = (purpose, select, after, limit)
    }

    public struct Reply: Codable, Sendable, Equatable {
        public var columns: [String]
        /// Records as they are now.
        public var rows: [[Value]]
        /// `new` or `changed`, of each row.
        public var changes: [RecordChange]
        /// Records that are gone, or may no longer be used: their pseudonyms.
        public var gone: [String]
        /// Where the next page begins, now or later.
        public var cursor: String
        /// Whether there is more already.
        public var more: Bool
        /// Records that would belong here and are not as the vault left them; nil if there are none.
        public var leftOut: [String]?

        package init(columns: [String], rows: [[Value]], changes: [RecordChange], gone: [String], cursor: String, more: Bool, leftOut: [String]? = nil) {
            (self.columns, self.rows, self.changes, self.gone) = (columns, rows, changes, gone)
            (self.cursor, self.more, self.leftOut) = (cursor, more, leftOut)
        }
    }

    public static let route = Route.get("/v1/changes")
    public static let summary = "Records that are new, have changed or are gone since an earlier page, as they are now."
    public static let action: String? = "query"
    public static let members: [String: Schema] = [
        "purpose": Members.purpose,
        "select": .array(Members.field, count: 1...100),
        "after": .text("cursor of the previous page", 1...2000),
        "limit": .integer(1...1_000_000_000, about: "records of the page"),
    ]
    public static let statuses = [410]
}
