/// Revokes a token immediately.
public struct RevokeToken: VaultOperation {
    /// The token's id, as in the list.
    public var id: String
    /// Without personal data; goes to the audit log.
    public var reason: String?
    /// Revokes nothing; says whose token it is.
    public var dryRun: Bool?

    public init(id: String, reason: String? = nil, dryRun: Bool? = nil) {
        (self.id, self.reason, self.dryRun) = (id, reason, dryRun)
    }

    public struct Reply: Codable, Sendable, Equatable {
        public var principal: String
        public var role: String

        package init(principal: String, role: String) { (self.principal, self.role) = (principal, role) }
    }

    public static let route = Route.delete("/v1/tokens/{id}")
    public static let summary = "Revokes a token at once."
    public static let action: String? = "token.revoke"
    public static let members: [String: Schema] = [
        "id": .text("id from the list of tokens", 1...64),
        "reason": Members.reason,
        "dry_run": .boolean(about: "revokes nothing and says whose token it is"),
    ]
    public static let statuses = [404, 409]
}
