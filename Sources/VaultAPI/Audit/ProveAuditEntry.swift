/// Proves that an entry is in the signed log (C2SP tlog-proof).
public struct ProveAuditEntry: VaultOperation {
    /// The entry's number, from 0.
    public var number: Int64

    public init(number: Int64) {
        self.number = number
    }

    public typealias Reply = String

    public static let route = Route.get("/v1/audit/entries/{number}/proof")
    public static let summary = "Proves that an entry is in the signed log (C2SP tlog-proof)."
    public static let action: String? = "audit.read"
    public static let members: [String: Schema] = ["number": Members.entry]
    public static let effort = Effort.long
    public static let form = ReplyForm.text("text/plain; charset=utf-8", about: "tlog-proof with the entry as its extra data")
    public static let statuses = [404]
}
