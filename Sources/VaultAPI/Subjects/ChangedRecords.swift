/// How many records an operation concerned.
public struct ChangedRecords: Codable, Sendable, Equatable {
    public var records: Int
    /// How many customers, who are one person.
    public var customers: Int?
    /// The handles by which they were looked for.
    public var handles: [FieldCount]?
    /// Others who have one of these handles, and may be the same person.
    public var sharers: [FieldCount]?
    /// What remains to be done to complete a deletion.
    public var notice: String?

    package init(records: Int, customers: Int? = nil, handles: [FieldCount]? = nil, sharers: [FieldCount]? = nil, notice: String? = nil) {
        (self.records, self.customers, self.handles, self.sharers, self.notice) = (records, customers, handles, sharers, notice)
    }
}

/// How many there are of a field.
public struct FieldCount: Codable, Sendable, Equatable {
    public var field: String
    public var count: Int

    package init(field: String, count: Int) { (self.field, self.count) = (field, count) }
}
