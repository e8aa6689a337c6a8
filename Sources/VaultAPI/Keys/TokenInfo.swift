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
    /// Whether somebody else has, or had, to agree to it; nil: nobody.
    @Nullable public var agreement: TokenAgreement?
    /// Who issued a token that somebody else has, or had, to agree to.
    @Nullable public var issuedBy: String?
    @Nullable public var decidedBy: String?

    package init(
        id: String, principal: String, role: String, scope: [String]?, created: Timestamp, expires: Timestamp?, revoked: Timestamp?, agreement: TokenAgreement?,
        issuedBy: String?, decidedBy: String?
    ) {
        (self.id, self.principal, self.role, self.scope) = (id, principal, role, scope)
        (self.created, self.expires, self.revoked) = (created, expires, revoked)
        (self.agreement, self.issuedBy, self.decidedBy) = (agreement, issuedBy, decidedBy)
    }
}

/// What a second person has said to a token.
public enum TokenAgreement: String, Word {
    /// Nothing yet: it does not work.
    case waiting
    case granted
    /// There was no second person when it was issued.
    case bootstrap
}
