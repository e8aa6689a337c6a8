import RedactedAPI

/// A token, without its secret.
public struct TokenInfo: Codable, Sendable, Equatable {
    public var id: String
    public var principal: String
    public var role: String
    /// The only actions that it allows; nil: all of the role's.
    @Nullable public var scope: [String]?
    public var created: Timestamp
    @Nullable public var expires: Timestamp?
    @Nullable public var revoked: Timestamp?

    package init(id: String, principal: String, role: String, scope: [String]?, created: Timestamp, expires: Timestamp?, revoked: Timestamp?) {
        (self.id, self.principal, self.role, self.scope) = (id, principal, role, scope)
        (self.created, self.expires, self.revoked) = (created, expires, revoked)
    }
}
