/// Publishes the log and returns its newest checkpoint, to keep elsewhere.
public struct AnchorAudit: VaultOperation {
    public init() {}

    public typealias Reply = String

    public static let route = Route.get("/v1/audit/checkpoint")
    public static let summary = "Publishes the log and returns its newest checkpoint, to keep elsewhere."
    public static let action: String? = "audit.verify"
    public static let effort = Effort.long
    public static let form = ReplyForm.text("text/plain; charset=utf-8", about: "signed note (C2SP tlog-checkpoint)")
}
