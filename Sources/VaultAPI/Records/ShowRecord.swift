/// One record, redacted.
public struct ShowRecord: VaultOperation {
    /// The record's pseudonym under the purpose.
    public var record: String
    public var purpose: String
    public var select: [String]?

    public init(record: String, purpose: String, select: [String]? = nil) {
        (self.record, self.purpose, self.select) = (record, purpose, select)
    }

    public typealias Reply = Rows

    public static var id: String { "getRecord" }
    public static let route = Route.get("/v1/records/{record}")
    public static let summary = "One record, redacted."
    public static let action: String? = "query"
    public static let members: [String: Schema] = [
        "record": Members.record,
        "purpose": Members.purpose,
        "select": .array(Members.field, count: 1...20),
    ]
    public static let statuses = [404]
}
