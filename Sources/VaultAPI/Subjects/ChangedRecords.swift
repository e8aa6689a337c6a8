/// How many records an operation concerned.
public struct ChangedRecords: Codable, Sendable, Equatable {
    public var records: Int
    /// How many customers, who are one person.
    public var customers: Int?
    /// The handles by which they were looked for.
    public var handles: [FieldCount]?
    /// Others who have one of these handles, and may be the same person.
    public var sharers: [FieldCount]?
    /// Records of others that mention the customer, as somebody has decided; of an erasure, those that do so no more.
    public var mentions: Int?
    /// Records of others that mention the customer, and that a legal hold keeps as they are.
    public var mentionsKept: Int?
    /// Records of others that may mention the customer, where nobody has decided; absent: nobody has looked.
    public var undecidedMentions: Int?
    /// What remains to be done to complete a deletion.
    public var notice: String?

    package init(
        records: Int, customers: Int? = nil, handles: [FieldCount]? = nil, sharers: [FieldCount]? = nil, mentions: Int? = nil, mentionsKept: Int? = nil,
        undecidedMentions: Int? = nil, notice: String? = nil
    ) {
        (self.records, self.customers, self.handles, self.sharers, self.notice) = (records, customers, handles, sharers, notice)
        (self.mentions, self.mentionsKept, self.undecidedMentions) = (mentions, mentionsKept, undecidedMentions)
    }
}

/// What an operation on a customer looked at.
public struct Searched: Codable, Sendable, Equatable {
    /// How many customers, who are one person.
    public var customers: Int
    /// The handles by which they were looked for.
    public var handles: [FieldCount]
    /// Others who have one of these handles, and may be the same person.
    public var sharers: [FieldCount]
    /// Records of others that mention the customer, as somebody has decided.
    public var mentions: Int

    package init(customers: Int, handles: [FieldCount], sharers: [FieldCount], mentions: Int) {
        (self.customers, self.handles, self.sharers, self.mentions) = (customers, handles, sharers, mentions)
    }
}

/// How many there are of a field.
public struct FieldCount: Codable, Sendable, Equatable {
    public var field: String
    public var count: Int

    package init(field: String, count: Int) { (self.field, self.count) = (field, count) }
}

extension [String: Int] {
    /// In the order of the fields' names.
    package var fieldCounts: [FieldCount] { sorted { $0.key < $1.key }.map { FieldCount(field: $0.key, count: $0.value) } }
}
