/// Rows of a query, newest first.
public struct Page: Sendable, Equatable {
    public var columns: [String]
    public var rows: [[Value]]
    /// Requests the next page; nil at the end.
    public var nextCursor: String?
    /// Records that would belong here, but are not as the vault left them: their pseudonyms.
    public var leftOut: [String]
    /// Number of the audit entry that records this access.
    public var receipt: Int64

    public init(columns: [String], rows: [[Value]], nextCursor: String?, leftOut: [String] = [], receipt: Int64) {
        (self.columns, self.rows, self.nextCursor, self.leftOut, self.receipt) = (columns, rows, nextCursor, leftOut, receipt)
    }
}

/// Groups with their figures, ordered by group. Nothing tells whether there are others, which have fewer customers than the policy demands.
public struct AggregateTable: Sendable, Equatable {
    public var columns: [String]
    public var rows: [[Value]]
    /// Standard deviation of the noise on counts; nil: figures are exact.
    public var noise: Double?
    /// Of each row's measures, half the width of the interval that holds the figure without its noise in 95 of 100 cases; nil: figures are exact.
    package var margins: [[Double?]]?
    /// Number of the audit entry that records this access.
    public var receipt: Int64

    public init(columns: [String], rows: [[Value]], noise: Double? = nil, receipt: Int64) {
        (self.columns, self.rows, self.noise, self.receipt) = (columns, rows, noise, receipt)
    }
}

/// The only access that analysis has to the vault's data: everything behind it is redacted.
public protocol RedactedSource: Sendable {
    /// - Throws: if the policy denies it or the query is wrong, an error whose description is safe to show.
    func page(_ query: Query) async throws -> Page
    func aggregate(_ query: AggregateQuery) async throws -> AggregateTable
}
