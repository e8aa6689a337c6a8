/// How many records an operation concerned.
public struct ChangedRecords: Codable, Sendable, Equatable {
    public var records: Int
    /// What remains to be done to complete a deletion.
    public var notice: String?

    package init(records: Int, notice: String? = nil) { (self.records, self.notice) = (records, notice) }
}
