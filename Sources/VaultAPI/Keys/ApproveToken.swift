/// Agrees to a token that another principal has issued, so that it works.
public struct ApproveToken: VaultOperation {
    /// The token's id, as in the list.
    public var id: String
    /// Without personal data; goes to the audit log.
    public var reason: String?

    public init(id: String, reason: String? = nil) { (self.id, self.reason) = (id, reason) }

    public typealias Reply = RevokeToken.Reply

    public static let route = Route.post("/v1/tokens/{id}/approval")
    public static let summary = "Agrees to a token that somebody else has issued."
    public static let action: String? = "token.issue"
    public static let members: [String: Schema] = ["id": .text("id from the list of tokens", 1...64), "reason": Members.reason]
    public static let statuses = [404, 409]
}
