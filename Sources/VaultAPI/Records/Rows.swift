import RedactedAPI

/// Redacted rows.
public struct Rows: Codable, Sendable, Equatable {
    public var columns: [String]
    public var rows: [[Value]]
    /// Requests the next page; nil on the last one.
    public var nextCursor: String?
    /// Records that would belong here and are not as the vault left them; nil if there are none.
    public var leftOut: [String]?

    package init(columns: [String], rows: [[Value]], nextCursor: String?, leftOut: [String]? = nil) {
        (self.columns, self.rows, self.nextCursor, self.leftOut) = (columns, rows, nextCursor, leftOut)
    }
}
