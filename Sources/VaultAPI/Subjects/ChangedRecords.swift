/// How many records an operation is about.
public struct ChangedRecords: Codable, Sendable, Equatable {
    public var records: Int
    /// What is left to be done of a deletion.
    public var notice: String?

    package init(records: Int, notice: String? = nil) { (self.records, self.notice) = (records, notice) }
}
