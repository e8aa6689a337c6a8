import RedactedAPI

/// Redacted rows.
public struct Rows: Codable, Sendable, Equatable {
    public var columns: [String]
    public var rows: [[Value]]
    /// Requests the next page; nil on the last one.
    public var nextCursor: String?

    package init(columns: [String], rows: [[Value]], nextCursor: String?) { (self.columns, self.rows, self.nextCursor) = (columns, rows, nextCursor) }
}
