/// Shows that the log goes on from an older checkpoint (C2SP tlog-witness).
public struct ProveConsistency: VaultOperation {
    /// Size of the older checkpoint.
    public var from: Int64

    public init(from: Int64) {
        self.from = from
    }

    public typealias Reply = String

    public static let route = Route.get("/v1/audit/consistency")
    public static let summary = "Proves that the log continues an older checkpoint."
    public static let action: String? = "audit.verify"
    public static let members: [String: Schema] = ["from": .integer(0...Int.max, about: "size of the older checkpoint")]
    public static let effort = Effort.long
    public static let form = ReplyForm.text("text/plain; charset=utf-8", about: "body of a C2SP tlog-witness request")
    public static let statuses = [409]
}
