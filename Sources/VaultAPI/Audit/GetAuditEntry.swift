/// One entry, byte for byte as hashed.
public struct GetAuditEntry: VaultOperation {
    /// The entry's number, from 0.
    public var number: Int64

    public init(number: Int64) {
        self.number = number
    }

    public typealias Reply = String

    public static let route = Route.get("/v1/audit/entries/{number}")
    public static let summary = "One entry, byte for byte as hashed."
    public static let action: String? = "audit.read"
    public static let members: [String: Schema] = ["number": Members.entry]
    public static let form = ReplyForm.written(Schema(of: LoggedEntry.self))
    public static let statuses = [404]
}
