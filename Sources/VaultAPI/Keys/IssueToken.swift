/// Issues a token, which only this reply shows.
public struct IssueToken: VaultOperation {
    /// Who will use it.
    public var principal: String
    /// A role of roles.yaml.
    public var role: String
    /// The only actions that it allows; nil: all of the role's.
    public var scope: [String]?
    /// Lifetime; nil: the longest that the policy allows.
    public var days: Int?

    public init(principal: String, role: String, scope: [String]? = nil, days: Int? = nil) {
        (self.principal, self.role, self.scope, self.days) = (principal, role, scope, days)
    }

    public struct Reply: Codable, Sendable, Equatable {
        public var token: String
        public var id: String
        /// Whether somebody else has to agree before it works; nil: nobody.
        @Nullable public var agreement: TokenAgreement?

        package init(token: String, id: String, agreement: TokenAgreement? = nil) { (self.token, self.id, self.agreement) = (token, id, agreement) }
    }

    public static let route = Route.post("/v1/tokens")
    public static let summary = "Issues a token; only this reply shows it."
    public static let action: String? = "token.issue"
    public static let members: [String: Schema] = [
        "principal": .text("who will use it", 1...64),
        "role": .text("a role of roles.yaml", 1...64),
        "scope": .array(Members.action, count: 1...50),
        "days": .integer(0...36_500, about: "lifetime"),
    ]
}
