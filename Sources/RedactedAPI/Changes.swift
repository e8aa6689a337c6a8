/// A request for what has changed since another.
public struct ChangeQuery: Sendable, Equatable {
    /// Field names, in the order of the columns; `record` among them.
    public var select: [String]
    /// Where the previous page ended; nil: from the beginning.
    public var after: String?
    /// Records per page; nil: as many as the policy allows.
    public var limit: Int?
    public var purpose: String

    public init(select: [String], after: String? = nil, limit: Int? = nil, purpose: String) {
        (self.select, self.after, self.limit, self.purpose) = (select, after, limit, purpose)
    }
}

/// How a record comes into a page of changes.
public enum RecordChange: String, Codable, Sendable, CaseIterable {
    /// It came since.
    case new
    /// It was there, and may be another by now.
    case changed
}

/// What has changed since a place in the vault's history. A record stands in it as it is now, however often it changed.
public struct ChangePage: Sendable, Equatable {
    public var columns: [String]
    public var rows: [[Value]]
    /// Of each row.
    public var changes: [RecordChange]
    /// Records that are gone, or may no longer be used: their pseudonyms.
    public var gone: [String]
    /// Where the next page begins, now or later.
    public var cursor: String
    /// Whether there is more already.
    public var hasMore: Bool
    /// Records that would belong here, but are not as the vault left them: their pseudonyms.
    public var leftOut: [String]
    /// Number of the audit entry that records this access.
    public var receipt: Int64

    public init(
        columns: [String], rows: [[Value]], changes: [RecordChange], gone: [String], cursor: String, hasMore: Bool, leftOut: [String] = [], receipt: Int64
    ) {
        (self.columns, self.rows, self.changes, self.gone) = (columns, rows, changes, gone)
        (self.cursor, self.hasMore, self.leftOut, self.receipt) = (cursor, hasMore, leftOut, receipt)
    }
}

/// A redacted source that tells what has changed.
public protocol FollowedSource: AnnotatedSource {
    func changes(_ query: ChangeQuery) async throws -> ChangePage
}
